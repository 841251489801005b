"""The networks that run: their files, checked before use, and what they read and say."""
