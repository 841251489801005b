"""The file of a question set: read, checked, written."""
