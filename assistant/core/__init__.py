"""What every part of the assistant speaks of: questions, answers, turns, events, errors, settings."""
