"""How the built-in resolver was trained and measured."""
