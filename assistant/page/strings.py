"""Every word the page says, in one place."""

from __future__ import annotations

TITLE = "Footnote"
TAGLINE = "Ask the articles. Every answer carries a quote you can check."
WELCOME = "What would you like to know?"
WELCOME_HINT = (
    "The answer comes in the words of the articles, each quote with its source. What they don't say, you are told."
)
ASK = "Ask"
PLACEHOLDER = "Ask a question about the articles"
QUESTION_LABEL = "Your question"
NEW_CONVERSATION = "New conversation"
ARTICLES = "Articles"
NO_ARTICLES = "No articles yet. Add one with: footnote add FILE"
MORE_ARTICLES = "and {count:,} more, asked like these"
PREPARING = "Getting ready …"
PREPARING_LONG = (
    "Getting ready: the first start takes a little longer. You can ask already; the answer comes when all is loaded."
)
LOOKING = "Looking in the articles …"
SEARCHED = "Searched for:"
YOU_ASKED = "You asked"
VERBATIM = "verbatim ✓"
VERBATIM_HINT = "These words stand in the article exactly like this."
STALE = "stale"
STALE_HINT = "The article has changed or gone since this was quoted."
CLOSEST = "closest passages, not an answer"
NO_DATE = "no date"
EARLIER = "{count} earlier questions are kept, but not shown."
IN_MEMORY = "This conversation is not stored: it goes on here, and is gone when the server stops."
FAILED = "Something went wrong and the question was not answered. What exactly stands in the server's log."

CONFIDENCE = (
    (0.9, "very likely right"),
    (0.75, "probably right"),
    (0.5, "unsure: check the quote"),
    (0.0, "a guess: check the quote"),
)
"""(least probability, words), highest first."""
CONFIDENCE_HINT = "Estimated probability that this answer is right: {percent} %"

GENERIC_EXAMPLES = ("What is this about?", "When was it published?", "Who is quoted?")
"""Questions that fit any article."""
