"""Entailment: whether a sentence (the claim) follows from its quotes (the premise)."""
