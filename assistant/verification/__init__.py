"""The proof of an answer: each quote stands in the article, each detail in a quote, and each sentence follows from its quotes."""
