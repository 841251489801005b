"""Grades an answer against what was expected of it, and names the stage that failed."""
