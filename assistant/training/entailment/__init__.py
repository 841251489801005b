"""Makes the built-in support checker: prepare, train, export, evaluate; one command each (see its `MODEL_CARD.md`)."""
