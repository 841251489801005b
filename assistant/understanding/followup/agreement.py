"""Agreement of pronouns and their antecedents: whether a span of the history can stand for "she", which is no place or man."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.followup.ellipsis import takes_a_place, topic_of
from assistant.understanding.followup.layout import Layout
from assistant.understanding.followup.names import HE, PLURAL, SHE, THING, Sort, names, sort_of
from assistant.understanding.followup.terms import WORD, content_words

_AGREES = 1.5
_MAY_AGREE = 0.5
_UNKNOWN = -1.0
_DISAGREES = -4.0
_OPPOSITE = -8.0
"""Added to a span's log-probability: too little to overrule the network where it is sure, enough to decide where it is not."""

_FEW = 4
_NEW = 2.0
"""For what the last question turned to: "And the ferry?"."""

_WITHOUT_EVIDENCE: dict[Sort, float] = {"name": 0.0, "other": -2.5, "thing": _DISAGREES}
"""For "he" or "she" and a name of which no text says that it is a person's."""

_COMMON = -6.0
"""For "he" or "she" and a common noun: it may be "the teacher", but is more often a thing, such as "the fair"."""

_MANY = frozenset(["people", "men", "women", "children", "troops", "police", "staff", "fish", "sheep", "media"])
"""Irregular plurals, and collective nouns that go with "they"."""


def _names_another(question: str) -> bool:
    """Whether a question only names what the one before is asked of now."""
    topic = topic_of(question)
    turns = topic != question.strip(" ?.!") and bool(content_words(topic))
    return turns and not takes_a_place(topic) and len(WORD.findall(topic)) <= _FEW


class Agreement:
    """Scores how well spans of a layout agree with pronouns, from what the texts say of the names. Made for one question."""

    def __init__(self, layout: Layout, contexts: Sequence[str] = ()) -> None:
        """Reads nothing yet.

        Args:
            layout: the question and its history.
            contexts: passages that were cited, the most relevant first.
        """
        self._layout = layout
        self._contexts = [*contexts, *(utterance.text for utterance in reversed(layout.history))]
        self._sorts: dict[str, Sort] = {}
        asked = [n for n, utterance in enumerate(layout.history) if utterance.role == "user"]
        named = bool(asked) and _names_another(layout.history[asked[-1]].text)
        self._new_topic = asked[-1] if named else -1

    def __call__(self, word: int, first: int, last: int) -> float:
        """How well a span can stand for a word of the question, as a term to add to its log-probability.

        Args:
            word: index of the question's word; -1 = the span is inserted and replaces no word.
            first: index of the span's first word in the history.
            last: index of its last word.
        """
        fit = self._agrees(word, first, last)
        new = word >= 0 and self._layout.said[first].utterance == self._new_topic
        return fit + _NEW if new and fit > _DISAGREES else fit

    def _agrees(self, word: int, first: int, last: int) -> float:
        pronoun = self._layout.asked[word].text.lower() if word >= 0 else ""
        if pronoun in HE | SHE:
            return _COMMON if self._number(last) else self._of_person(pronoun, self._sort(first, last))
        if pronoun in THING and self._sort(first, last) in {"he", "she", "person"}:
            return _DISAGREES
        if pronoun in PLURAL and self._sort(first, last) in {"he", "she"}:
            return _DISAGREES
        number = self._number(last)
        if pronoun in THING and number == "many":
            return _DISAGREES
        # "They" may be a team.
        return _UNKNOWN if pronoun in PLURAL and number == "one" else 0.0

    def _number(self, last: int) -> str:
        """Whether a common noun is "one" or "many"; "" for a name, which may be either."""
        word = self._layout.said[last]
        if word.text[:1].isupper() or not word.stem:
            return ""
        plural = word.text in _MANY or (word.text.endswith("s") and not word.text.endswith(("ss", "us", "is")))
        return "many" if plural else "one"

    def _of_person(self, pronoun: str, sort: Sort) -> float:
        if sort in _WITHOUT_EVIDENCE:
            return _WITHOUT_EVIDENCE[sort]
        if sort == "person":
            return _MAY_AGREE
        return _AGREES if (sort == "he") == (pronoun in HE) else _OPPOSITE

    def _sort(self, first: int, last: int) -> Sort:
        layout = self._layout
        start, end = layout.said[first], layout.said[last]
        text = layout.history[start.utterance].text[start.start : end.end]
        if text not in self._sorts:
            found = names(text)
            # A span of more than one name is not taken for a person.
            self._sorts[text] = sort_of(found[0], self._contexts) if found and text.endswith(found[0]) else "other"
        return self._sorts[text]
