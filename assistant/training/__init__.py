"""Makes the built-in networks: corpus -> examples -> network -> files with their model card. Not in the installed package."""
