"""Follow-up + history -> standalone question."""
