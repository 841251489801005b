"""Runs a question set on an assistant, and gives a report."""
