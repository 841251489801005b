"""How the built-in networks are made: corpus -> examples -> network -> files with their card. Not in the installed package."""
