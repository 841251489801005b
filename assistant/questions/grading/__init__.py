"""Answer + what was expected -> grade, and the stage that went wrong."""
