"""What is asked: the kind of question, small talk, and follow-ups made understandable alone."""
