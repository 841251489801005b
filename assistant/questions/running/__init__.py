"""Question set + assistant -> report."""
