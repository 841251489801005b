"""Exports what users take away: answers and conversations as Markdown and JSON, bad answers as draft cases."""
