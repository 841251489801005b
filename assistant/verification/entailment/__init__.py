"""Whether a sentence follows from its quotes."""
