"""The proof of an answer: each quote stands in its article, each detail in a quote, and each sentence follows from its quotes."""
