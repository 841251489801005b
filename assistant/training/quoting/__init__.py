"""Fits the weights of the quoting reader."""
