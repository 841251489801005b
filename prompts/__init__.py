"""Prompt texts for language models, one file each; nothing here depends on the rest."""
