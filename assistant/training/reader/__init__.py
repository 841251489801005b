"""Makes the networks that read, a strong and a small one: train, export, calibrate (see their `MODEL_CARD.md`)."""
