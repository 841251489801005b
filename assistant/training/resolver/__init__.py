"""Makes the built-in resolver: prepare, train, export, evaluate; one command each (see its `MODEL_CARD.md`)."""
