"""Files, folders and texts -> articles: one module for each kind of file."""
