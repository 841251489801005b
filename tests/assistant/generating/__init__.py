"""Tests of what a language model is given and of how its replies are read."""
