"""How the built-in support checker is made: train, export, evaluate."""
