"""Answering with a language model: what it is given, and how its replies are read; the proof decides what of them is said."""
