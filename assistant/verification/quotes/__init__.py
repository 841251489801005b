"""Finds whether and where a quote stands in a text."""
