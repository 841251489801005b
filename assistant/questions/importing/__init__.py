"""Question sets made from other things: promptfoo's and SQuAD's files, or an article."""
