"""What the commands share: their options, and how they print answers, progress and JSON."""
