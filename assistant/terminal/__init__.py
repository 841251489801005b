"""What the commands print: answers, progress, JSON."""
