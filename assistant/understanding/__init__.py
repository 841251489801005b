"""Understanding questions: question analysis, small talk, and follow-ups rewritten as standalone questions."""
