"""Answering with a language model: its prompts, and how its replies are read. The proof decides which sentences are said."""
