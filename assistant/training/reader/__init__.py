"""How the trained reader is made: prepare, train, export, evaluate; one command each (see `MODEL_CARD.md`)."""
