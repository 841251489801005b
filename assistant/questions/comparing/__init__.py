"""Compares a run with an earlier one: what got worse, and whether the run fails."""
