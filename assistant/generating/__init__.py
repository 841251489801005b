"""Answering with a language model: what it is given, and how its replies are read; the code proves what it says."""
