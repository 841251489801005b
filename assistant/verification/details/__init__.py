"""Checks that each number, date and name of a sentence stands in its quotes."""
