"""The readers: standalone question + evidence -> draft of an answer."""
