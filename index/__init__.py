"""Finding: everything from a file to scored passages."""
