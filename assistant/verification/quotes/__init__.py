"""Whether a quote stands in a text, and where."""
