"""A run beside an earlier one: what got worse, and whether the run fails."""
