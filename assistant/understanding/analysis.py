"""Question -> its analysis: the answer type, the content words, and the names and numbers that an answer must agree with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from index.stopwords import STOP_WORDS

AnswerType = Literal[
    "title", "about", "published", "updated", "filed", "author",
    "who", "when", "where", "number", "duration", "why", "said", "how", "yes_no", "what",
]  # fmt: skip
HEAD_TYPES = frozenset({"title", "about", "published", "updated", "filed", "author"})
"""Answer types of questions about the article itself, answered from its headline, date line, byline and lead."""

_WORD = re.compile(r"\d[\d.,]*\d|\w+(?:[’'-]\w+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"\b[A-Z][\w’'.-]*")
_AUXILIARY = r"(?:did|does|do|is|was|were|are|am|has|have|had|will|would|can|could|should|may|might|must|isn't|wasn't|didn't|doesn't|hasn't|aren't|weren't)"

_ARTICLE_WORDS = frozenset(
    [
        "article",
        "articles",
        "story",
        "piece",
        "text",
        "news",
        "report",
        "document",
        "page",
        "post",
        "item",
        "read",
        "reading",
        "publication",
        "content",
        "source",
    ]
)
_HEAD_WORDS: dict[AnswerType, frozenset[str]] = {
    "title": frozenset(["title", "titled", "headline", "heading", "called", "name", "headlined"]),
    "about": frozenset(
        [
            "topic",
            "subject",
            "summary",
            "summarize",
            "summarise",
            "gist",
            "main",
            "point",
            "idea",
            "theme",
            "happened",
            "happen",
            "overview",
            "cover",
            "covers",
            "deal",
            "tldr",
            "focus",
            "discuss",
            "discusses",
            "key",
            "story",
        ]
    ),
    "published": frozenset(
        [
            "published",
            "publish",
            "publication",
            "date",
            "dated",
            "day",
            "written",
            "posted",
            "released",
            "release",
            "come",
            "came",
            "appear",
            "appeared",
            "issued",
            "year",
            "month",
            "time",
            "printed",
        ]
    ),
    "updated": frozenset(
        "updated update updates modified changed change changes edited edit revised revision corrected last latest recently "
        "date day time year month".split()
    ),
    "filed": frozenset(
        ["filed", "dateline", "reported", "report", "written", "place", "datelined", "location", "city", "sent"]
    ),
    "author": frozenset(
        [
            "author",
            "authors",
            "wrote",
            "write",
            "writer",
            "written",
            "byline",
            "reporter",
            "journalist",
            "reported",
            "byline",
        ]
    ),
}
_HEAD_TRIGGERS: dict[AnswerType, re.Pattern[str]] = {
    "title": re.compile(r"\b(title|titled|headline|headlined|heading)\b"),
    "author": re.compile(r"\b(author|authors|byline|who (?:wrote|reported|is the (?:writer|reporter|journalist)))\b"),
    "filed": re.compile(
        r"\b(dateline|datelined|filed)\b|\b(?:where|(?:which|what) (?:city|place|country|town))\b.*\b(written|reported|report|story|article)\b"
    ),
    # "When was it changed?" may ask about a rule that an article reports on; "last changed" is what documents say of themselves.
    "updated": re.compile(
        r"\b(?:when|date|day|time|year|month)\b.*\b(?:updated?|modified|last (?:changed?|edited|edit|revised|revision|corrected)|"
        r"(?:latest|most recent) (?:change|edit|revision))\b|\blast updated\b|\b(?:update|revision|modification) date\b|"
        r"\bwhen\b.*\b(?:article|story|text|document|page|post|report)\b.*\b(?:changed|edited|revised|corrected)\b"
    ),
    "published": re.compile(
        r"\b(publication date|published|posted|dated|released|issued|appear|appeared|come out|came out|written)\b|\bdate\b"
    ),
    "about": re.compile(
        r"\babout\b|\bsummar\w+|\btl;?dr\b|\bgist\b|\b(?:main|key) (?:topic|point|idea|subject|theme)|\btopic\b|\bwhat happened\b"
        r"|\bsubject\b|\bcovers?\b|\bdeals? with\b"
    ),
}
_PATTERNS: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    ("duration", re.compile(r"\bhow long\b|\bfor how (?:long|many (?:years|months|days|weeks|hours))\b")),
    ("number", re.compile(
        r"\bhow (?:many|much|old|far|tall|big|large|high|fast|heavy|deep|often|wide|hot|cold|strong)\b|\bwhat (?:number|percentage|percent|"
        r"share|proportion|amount|fraction|price|cost|score|age)\b|\bhow long ago\b|\bwhat (?:is|was|were) the (?:\w+ )?(?:number|"
        r"percentage|score|price|cost|size|population|temperature|speed|weight|height|length|distance|rate)\b"
    )),
    ("why", re.compile(r"\bwhy\b|\bfor what (?:reason|purpose)|\bwhat (?:is|was|were) the (?:reason|reasons|cause|purpose|aim|goal)|"
                       r"\bwhat (?:caused|led to|prompted)\b|\bwhat for\b|\bhow come\b")),
    ("said", re.compile(
        rf"\bwhat (?:exactly )?{_AUXILIARY}\b.*\b(?:say|said|claim|state|note|write|tell|told|remark|announce|argue|report|suggest|"
        r"respond|reply|warn|think|believe|call|describe|mean|promise|ask|demand)\b|\bwhat (?:was|were|is) \w+(?:[’']s)? (?:words|quote|comment|remark)"
        r"|\bhow (?:did|does|do|was|were) .*\b(?:describe|respond|react|explain|call|characteri[sz]e)"
    )),
    ("who", re.compile(r"\bwho(?:m|se)?\b|\bwhich (?:person|man|woman|leader|official|player|politician|people|team|country|nation|company|organi[sz]ation)\b"
                       r"|\bwhat (?:person|leader|official|player|country|nation|company|organi[sz]ation|team|people|nations|countries)\b")),
    ("when", re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|time|century|decade|season)\b|\bsince what\b")),
    ("where", re.compile(r"\bwhere\b|\b(?:what|which) (?:city|place|location|town|region|capital|state|stadium|venue|street)\b")),
    ("how", re.compile(r"\bhow\b")),
    ("what", re.compile(r"\bwhat\b|\bwhich\b")),
    ("yes_no", re.compile(rf"^(?:and |so |but |then )?{_AUXILIARY}\b|^(?:is|are) there\b|\b(?:true|false|right|correct) (?:that|\?)")),
)  # fmt: skip


_PLURALS = frozenset(["people", "men", "women", "children", "troops", "police", "staff", "fish", "sheep"])


@dataclass(frozen=True, slots=True)
class QuestionAnalysis:
    """The analysis of a question.

    Attributes:
        text: the question.
        answer_type: what it asks for.
        terms: its content words, lower-cased, in order, each once, without the words that only name the answer type.
        names: those of `terms` that are capitalised in the question, its first word aside.
        numbers: the numbers in the question, as digits.
        focus: the noun that "how many ..." or "which ..." asks for; may be empty.
    """

    text: str
    answer_type: AnswerType
    terms: tuple[str, ...]
    names: frozenset[str]
    numbers: frozenset[str]
    focus: str


def analyse(question: str) -> QuestionAnalysis:
    """Analyse a question."""
    flat = " ".join(question.lower().replace("’", "'").split())
    words = [word.lower().replace("’", "'").removesuffix("'s") for word in _WORD.findall(question)]
    telling = tuple(dict.fromkeys(word for word in words if word not in STOP_WORDS))
    answer_type = _answer_type(flat, telling)
    first = words[0] if words else ""
    names = {m.group().lower().replace("’", "'").removesuffix("'s").rstrip(".") for m in _NAME.finditer(question)}
    capitalised = frozenset(name for name in names if name in telling and name != first)
    noun = _focus(flat)
    terms = tuple(t for t in telling if not _names_answer_type(t, answer_type))
    return QuestionAnalysis(question, answer_type, terms, capitalised, frozenset(_NUMBER.findall(question)), noun)


def _focus(flat: str) -> str:
    """The noun that is counted or chosen: after "how many", the first plural, else the first word; "" if there is none."""
    match = re.search(r"\b(how many|how much|which|what) (?:of the )?((?:[a-z][\w-]*\s?){1,4})", flat)
    words = [word for word in match.group(2).split() if word not in STOP_WORDS] if match else []
    plural = [w for w in words if (w.endswith("s") and not w.endswith("ss")) or w in _PLURALS]
    return (plural or words or [""])[0] if match and match.group(1) == "how many" else (words or [""])[0]


def _answer_type(flat: str, telling: tuple[str, ...]) -> AnswerType:
    for head, trigger in _HEAD_TRIGGERS.items():
        rest = [word for word in telling if word not in _HEAD_WORDS[head] and word not in _ARTICLE_WORDS]
        if not rest and trigger.search(flat):
            return head
    start = [
        (match.start(), n, found) for n, (found, pattern) in enumerate(_PATTERNS) if (match := pattern.search(flat))
    ]
    # The leftmost match decides, as in "Did he say when ...?"; of matches that start together, the more specific type wins.
    return min(start, key=lambda item: (item[0], item[1]))[2] if start else "what"


def _names_answer_type(term: str, answer_type: AnswerType) -> bool:
    """Whether a word only names the answer type ("what year ..."), and so need not stand in the answer."""
    if answer_type == "when":
        return term in {"year", "date", "day", "month", "time", "exactly"}
    if answer_type in {"number", "duration"}:
        return term in {"number", "percentage", "percent", "amount", "long", "many", "often", "ago", "total", "exactly"}
    if answer_type == "why":
        return term in {"reason", "reasons", "cause", "purpose", "come"}
    if answer_type == "said":
        return term in {"say", "said", "quote", "words", "comment", "exactly"}
    if answer_type == "where":
        return term in {"place", "location", "located", "exactly"}
    return term in {"exactly", "kind", "type", "name", "names", "sort", "true", "correct", "mentioned", "called"}
