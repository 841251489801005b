"""Whether a question is asked in another language than English."""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import Any

_SURE = 0.995
"""From this probability on. Of 25,000 English questions none reaches it; of those in other languages nearly all do."""
_FEWEST_WORDS = 3
"""Fewer words are a name, a term or a slip as often as a question in another language."""
_NO_OTHER = ("en", "pcm", "zxx")
"""English, Nigerian Pidgin, which short and clipped English looks like, and what is no language at all, such as code."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LOADING = threading.Lock()
"""So that two threads do not load the model at once."""


class Languages:
    """Tells languages apart (py3langid, 140 of them). Safe to use from several threads."""

    def warm(self) -> None:
        """Load the model now, once in a process: half a second, some 100 MB.

        Raises:
            OSError: there is no place for temporary files, which it needs once.
        """
        with _LOADING:
            _identifier()

    def is_other(self, question: str) -> bool:
        """Whether a question is surely in another language than English; False where that can't be told.

        It is judged without what may be names: English questions have foreign names, and foreign ones English names.
        """
        own = _own_words(question)
        if not own:
            return False
        try:
            self.warm()
        except OSError:
            return False  # The answer is worth more than a note on it.
        likely: dict[str, float] = dict(_identifier().rank(own))
        return 1.0 - sum(likely.get(name, 0.0) for name in _NO_OTHER) >= _SURE


@cache
def _identifier() -> Any:
    """The model, loaded under `_LOADING`."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _own_words(question: str) -> str:
    """A question without what may be names: without its capitalised words but the first; "" = too few are left to tell.

    In a script without capitals it is taken as it is.
    """
    letters = [letter for letter in question if letter.isalpha()]
    cased = [letter for letter in letters if letter.lower() != letter.upper()]
    if len(cased) < len(letters) / 2:
        return question
    words = _WORD.findall(question.lower() if question.isupper() else question)
    own = [word.lower() for number, word in enumerate(words) if number == 0 or word.islower()]
    return " ".join(own) if len(own) >= _FEWEST_WORDS else ""
