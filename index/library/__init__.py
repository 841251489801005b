"""The store of articles, passages and conversations: one SQLite file, the only truth."""
