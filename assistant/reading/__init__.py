"""The readers: question and evidence -> a draft of an answer."""
