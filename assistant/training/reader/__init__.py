"""Makes the built-in reader: prepare, train, export, evaluate; one command each (see its `MODEL_CARD.md`)."""
