"""The figures of a run, and how sure they are."""
