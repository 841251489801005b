"""Runs to be shown: every outcome, hostile text, characters outside the first plane, and a baseline; made by hand."""

from __future__ import annotations

from dataclasses import replace

from assistant.core.answer import Answer, AnswerSentence, Citation, Dropped, Part, Trace
from assistant.core.draft import Usage
from assistant.core.remarks import Remark
from assistant.questions.comparing.baseline import Baseline, SetOutcomes, compare
from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.metrics.measure import measure
from assistant.questions.reports import ArticleRef, Grade, Outcome, Report, Result, Stage
from assistant.questions.spec.cases import Expected
from index.article import Passage
from index.evidence import Evidence

HOSTILE = "</script><img src=x onerror=alert(1)> [bold red]loud[/] {{ data }} & \x1b[31mred \x00 \u2028 \u202edesrever"
TITLE = "The 🏭 mill <b>of</b> Ærø"
TEXT = (
    f"{TITLE}\n\n"
    "🏭🏭 The 𝔪ill burned down in 1912. It was rebuilt in 1914.\n\n"
    "Anna Berg 👩‍🌾 paid for the new mill. She sold her farm.\n\n"
    f"On its wall stands: {HOSTILE}\n\n"
    "It grinds rye on Mondays.\n\n"
    f"{'The wheel turns slowly and the water runs. ' * 8}"
)
ARTICLE = ArticleRef("mill", TITLE, "ab" * 32)
BURNED = "The 𝔪ill burned down in 1912."


def _passages() -> tuple[Passage, ...]:
    found, start = [], 0
    for ordinal, text in enumerate(TEXT.split("\n\n")):
        found.append(Passage(f"mill-{ordinal}", "mill", start, start + len(text), text, ordinal))
        start += len(text) + 2
    return tuple(found)


PASSAGES = _passages()
"""Title, fire, Anna, wall, rye, wheel."""


def cite(number: int, quote: str) -> Citation:
    """A citation of the article."""
    start = TEXT.index(quote)
    return Citation(number, "mill", TITLE, start, start + len(quote), quote, ARTICLE.content_hash)


def answered(
    question: str, said: str, *quotes: str, found: tuple[int, ...] = (1, 2, 3, 4, 5), searched: str = ""
) -> Answer:
    """An answer, a refusal without `said`; `found` are the numbers of the passages, best first."""
    passages = [PASSAGES[n] for n in found]
    trace = Trace(
        searched or question,
        tuple((passage.id, 1 / rank) for rank, passage in enumerate(passages, 2)),
        {"reading": 0.25},
        "hashed words",
        searched=tuple(passage.id for passage in reversed(passages)),
    )
    evidence = tuple(Evidence(passage, 1 / rank, 0.5, TITLE) for rank, passage in enumerate(passages, 2))
    citations = tuple(cite(n, quote) for n, quote in enumerate(quotes, 1))
    if not said:
        return Answer(
            question, "not_found", confidence=0.2, evidence=evidence, message="The articles don't say.", trace=trace
        )
    sentences = (AnswerSentence(said, tuple(one.number for one in citations), said.split()[0]),)
    return Answer(question, "answered", sentences, citations, 0.9, evidence, trace=trace)


def result(
    expected: Expected,
    answer: Answer,
    outcome: Outcome,
    stage: Stage | None = None,
    reason: str = "",
    seconds: float = 0.25,
) -> Result:
    """A question with its answer; the expected quotes are found in the article."""
    places = tuple((("mill", TEXT.index(quote), TEXT.index(quote) + len(quote)),) for quote in expected.evidence)
    match = "contains" if outcome == "right and cited" and expected.answers else None
    scores = (1.0, 1.0) if match else (0.0, 0.25)
    grade = Grade(outcome, match, expected.answers[0] if match else "", *scores, reason, stage)
    return Result(expected, answer, grade, seconds, places)


RESULTS = (
    result(
        Expected(
            "fire", "When did the mill burn?", ("1912",), ("burned down in 1912. It was",), tags=("when",), line=3
        ),
        answered("When did the mill burn?", "1912 it was.", BURNED),
        "right and cited",
    ),
    result(
        Expected(
            "wall", HOSTILE, (HOSTILE,), (HOSTILE,), must_not_say=("/<b>/",), tags=("what", "<i>tag</i>"), note=HOSTILE
        ),
        answered(HOSTILE, HOSTILE, HOSTILE),
        "wrong",
        "read wrongly",
        f"{HOSTILE!r} is none of the accepted wordings",
    ),
    result(
        Expected("rye", "What does it grind?", ("rye",), ("It grinds rye",), tags=("what",), note="Asked before."),
        answered("What does it grind?", "", found=(1, 2)),
        "refused wrongly",
        "not retrieved",
        "no passage found holds the evidence",
    ),
    result(
        Expected("price", "What did it cost?", answerable=False, tags=("unanswerable",)),
        answered("What did it cost?", ""),
        "refused rightly",
    ),
    result(
        Expected("talk/turn-1", "Who paid for it?", ("Anna Berg",), ("Anna Berg",), tags=("dialogue",)),
        answered("Who paid for it?", "Anna Berg 👩‍🌾.", "Anna Berg 👩‍🌾 paid for the new mill."),
        "right and cited",
    ),
    result(
        Expected(
            "talk/turn-2", "And what did she sell?", ("her farm",), ("sold her farm",), tags=("dialogue",), depth=2
        ),
        answered(
            "And what did she sell?", "1914 then.", "It was rebuilt in 1914.", searched="What did Anna 👩‍🌾 rebuild?"
        ),
        "wrong",
        "follow-up misunderstood",
        "searched for something else",
    ),
    result(
        Expected("slow", "When was it rebuilt?", ("1914",), max_seconds=0.5, tags=("when",)),
        answered("When was it rebuilt?", "1914 then.", "It was rebuilt in 1914."),
        "right and cited",
        seconds=0.75,
    ),
    result(
        Expected("law", "How does the wheel turn?", ("slowly",), tags=("how",)),
        answered("How does the wheel turn?", "Slowly enough.", "The wheel turns slowly", found=(1, 2)),
        "law broken",
        "proof failed",
        "citation 1 is not verbatim",
    ),
)
BEFORE = {
    "fire": "wrong",
    "wall": "right and cited",
    "rye": "refused wrongly",
    "price": "refused rightly",
    "talk/turn-1": "right and cited",
    "slow": "right and cited",
    "law": "law broken",
    "old": "wrong",
}
"""The baseline: one got better, two worse (one of them too slow), one is new, one gone."""


def mill(*, name: str = "mill", baseline: bool = True, seconds: float = 0.0) -> Evaluation:
    """A run with one question of most outcomes; every question `seconds` slower."""
    results = tuple(replace(one, seconds=one.seconds + seconds) for one in RESULTS)
    return evaluated(Report(name, (ARTICLE,), "hashed words", results), baseline=baseline)


def with_model(evaluation: Evaluation, *, seconds: float = 1.25) -> Evaluation:
    """The same run as if a language model had answered two of its questions, so many seconds each."""
    first, second, *others = evaluation.report.results
    results = (
        _by_model(first, Usage(2, 1_300, 40, seconds), "It broke off.", Dropped("It cost 7.", "not proven", "7 & 8")),
        _by_model(second, Usage(1, 100, 10, seconds), "", Dropped("So be it.", "not supported")),
        *others,
    )
    return evaluated(replace(evaluation.report, results=results), baseline=evaluation.comparison is not None)


def _by_model(one: Result, usage: Usage, notice: str, dropped: Dropped) -> Result:
    trace = replace(one.answer.trace, usage=usage, dropped=(dropped,))
    return replace(one, answer=replace(one.answer, notice=notice, trace=trace))


def evaluated(report: Report, *, baseline: bool = False) -> Evaluation:
    """A report with its figures."""
    kept = Baseline({report.name: SetOutcomes(BEFORE, "older words")})
    return Evaluation(report, measure(report, samples=50), compare(report, kept) if baseline else None)


def many(n: int) -> Evaluation:
    """A run of so many questions, no two with the same text or passages; dialogues stay together."""
    found = []
    for number in range(n):
        one = RESULTS[number % len(RESULTS)]
        name, slash, turn = one.expected.id.partition("/")
        copy = number // len(RESULTS)
        expected = replace(one.expected, id=f"{name}-{copy}{slash}{turn}", question=f"{one.expected.question} {number}")
        evidence = tuple(
            replace(
                each,
                passage=replace(each.passage, id=f"{each.passage.id}-{number}", text=f"{each.passage.text} {number}"),
            )
            for each in one.answer.evidence
        )
        found.append(replace(one, expected=expected, answer=replace(one.answer, evidence=evidence)))
    return evaluated(Report("many", (ARTICLE,), "hashed words", tuple(found)))


def laid_out() -> Evaluation:
    """A run of one question, which expects all that can be, of an answer in parts whose verdict and kind are others."""
    question, quotes = "Did it burn, and who paid?", (BURNED, "Anna Berg", "her farm")
    expected = Expected(
        "parts",
        question,
        (),
        quotes,
        all_evidence=True,
        only_evidence=True,
        in_order=True,
        verdict="yes",
        kind="yes_no",
    )
    sentences = (
        AnswerSentence("It burned down and was rebuilt.", (1,), "rebuilt", ("burned",)),
        AnswerSentence("Anna Berg paid.", (2,), "Anna Berg"),
        AnswerSentence("She sold her farm.", (3,)),
    )
    parts = (
        Part(1, HOSTILE, (Remark("others"), Remark("equal"))),
        Part(2, "who paid?", (Remark("counted", (3, 2)),)),
        Part(0, "and why?", (Remark("nothing"),)),
    )
    answer = replace(
        answered(question, "x", *quotes), sentences=sentences, parts=parts, kind="list", verdict="no", written=True
    )
    one = result(expected, answer, "wrong", "kind misunderstood", "the verdict is “no”, and “yes” is expected")
    return evaluated(Report("parts", (ARTICLE,), "hashed words", (one,)))
