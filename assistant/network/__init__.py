"""Running networks: their files, checked before use, their input and their output."""
