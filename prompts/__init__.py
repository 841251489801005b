"""Prompt texts for language models, one file each, and a loader that checks them; nothing here depends on the rest."""
