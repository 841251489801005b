"""Makes question sets from promptfoo's and SQuAD's files, or from an article."""
