"""What the proof of a sentence is made of: where its quotes stand, its details, and whether it only says its quotes."""
