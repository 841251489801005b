"""Finds passages by their vectors: Chroma, kept in step with the library."""
