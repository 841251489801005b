"""Assistants that are wrong on purpose, each in one way that is known: what the grading must call by its name.

`CASES` gives for each: the question with what is expected, the turns before, the answer that comes, and the outcome and the
stage that must be named. The answers are made, not found, so that nothing but the grading is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.core.answer import Answer, AnswerSentence, Citation, Dropped, Status, Trace
from assistant.core.turns import Turn
from assistant.questions.reports import Outcome, Stage
from assistant.questions.spec.cases import Case, Expected, QuestionSet
from index.article import Article, Passage
from index.evidence import Evidence

HARBOUR = Article(
    """The harbour of Velm

Marta Oyelaran opened the harbour of Velm in 1931. The quay is 412 metres long.

Jonas Pryce designed the lighthouse. He said that "a light must be seen before it is needed" when it was lit in 1934.

In 1962 a storm broke the quay. Repairs cost 2.5 million crowns, and the town paid half of it.

The ferry to Osk leaves at noon. Children under six travel free; bicycles cost 3 crowns.

In 1988 Ruta Haldane founded the museum. She gave it her own collection of 90 ships in bottles.

The fish market did not close during the strike. It sold 40 tons of cod in a week.""",
    "The harbour of Velm",
    "harbour.txt",
)
OTHER = Article("The tower\n\nThe tower of Osk is 60 metres high. Jonas Pryce never saw it.", "The tower", "tower.txt")
ARTICLES = (HARBOUR, OTHER)


def passage(number: int, article: Article = HARBOUR) -> Passage:
    """A paragraph, counted from 0, the headline."""
    paragraphs = article.text.split("\n\n")
    start = sum(len(paragraph) + 2 for paragraph in paragraphs[:number])
    end = start + len(paragraphs[number])
    return Passage(f"{article.id}-{number}", article.id, start, end, article.text[start:end], number)


def citation(quote: str, number: int = 1, article: Article = HARBOUR) -> Citation:
    """A proven quote: where it stands first."""
    start = article.text.index(quote)
    return Citation(number, article.id, article.title, start, start + len(quote), quote, article.content_hash)


def found(numbers: Sequence[int], article: Article = HARBOUR) -> tuple[Evidence, ...]:
    """Paragraphs as a search gives them."""
    return tuple(Evidence(passage(number, article), 1 / (1 + rank)) for rank, number in enumerate(numbers))


def says(
    question: str,
    *quotes: str,
    key: str = "",
    evidence: Sequence[int] = (),
    standalone: str = "",
    dropped: Sequence[tuple[str, ...]] = (),
) -> Answer:
    """An answer that quotes; with all that was found on its way."""
    citations = tuple(citation(quote, number) for number, quote in enumerate(quotes, start=1))
    sentences = tuple(
        AnswerSentence(f"“{quote}”", (number,), key if number == 1 else "")
        for number, quote in enumerate(quotes, start=1)
    )
    passages = found(evidence)
    trace = Trace(
        standalone or question,
        dropped=tuple(Dropped(*one) for one in dropped),
        searched=tuple(one.passage.id for one in passages),
        fingerprint="made",
    )
    status: Status = "answered" if quotes else "not_found"
    message = "" if quotes else "The articles don't say."
    return Answer(question, status, sentences, citations, 0.7, passages, message=message, trace=trace)


@dataclass(frozen=True)
class Doctored:
    """One wrong (or right) answer, and what it must be called."""

    name: str
    expected: Expected
    answer: Answer
    outcome: Outcome
    stage: Stage | None = None
    before: tuple[Answer, ...] = ()

    @property
    def history(self) -> tuple[Turn, ...]:
        return tuple(Turn(answer.question, answer) for answer in self.before)

    def case(self) -> Case:
        """As a case of a set: a dialogue if there are turns before; what is expected of these is that they answer."""
        if not self.before:
            return Case(self.name, (replace(self.expected, id=self.name),))
        turns = [
            Expected(f"{self.name}/turn-{n}", answer.question, must_not_say=("nothing of the kind",), depth=n)
            for n, answer in enumerate(self.before, start=1)
        ]
        last = len(turns) + 1
        return Case(
            self.name, (*turns, replace(self.expected, id=f"{self.name}/turn-{last}", depth=last)), dialogue=True
        )


class DoctoredAssistant:
    """Gives each question of some cases the answer that was made for it."""

    def __init__(self, cases: Sequence[Doctored], articles: Sequence[Article] = ARTICLES) -> None:
        self._answers = {case.name: (*case.before, case.answer) for case in cases}
        self._articles = tuple(articles)

    def articles(self) -> tuple[Article, ...]:
        return self._articles

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """The question of case "x" is asked as "x: ...", if there are several: the same question may have several answers."""
        name = question.partition(": ")[0] if len(self._answers) > 1 else next(iter(self._answers))
        return self._answers[name][len(history)]


def question_set(cases: Sequence[Doctored]) -> QuestionSet:
    """The cases as a set for `DoctoredAssistant`."""

    def named(case: Case) -> Case:
        return replace(case, turns=tuple(replace(t, question=f"{case.id}: {t.question}") for t in case.turns))

    made = tuple(case.case() for case in cases)
    return QuestionSet("doctored", None, (), made if len(made) == 1 else tuple(map(named, made)))


OPENED = "Who opened the harbour?"
OPENED_IN = "Marta Oyelaran opened the harbour of Velm in 1931."
LONG = "The quay is 412 metres long."
LIGHT = "Jonas Pryce designed the lighthouse."
SAID = 'He said that "a light must be seen before it is needed" when it was lit in 1934.'
STORM = "In 1962 a storm broke the quay."
COST = "Repairs cost 2.5 million crowns, and the town paid half of it."
FERRY = "The ferry to Osk leaves at noon."
FREE = "Children under six travel free; bicycles cost 3 crowns."
MUSEUM = "In 1988 Ruta Haldane founded the museum."
SHIPS = "She gave it her own collection of 90 ships in bottles."
MARKET = "The fish market did not close during the strike."

WHO = Expected("who", OPENED, ("Marta Oyelaran",), (OPENED_IN,))
COSTS = Expected("cost", "What did the repairs cost?", ("2.5 million crowns",), (COST,))
ONLY_QUOTE = Expected("quote", "What broke the quay?", (), (STORM,))
BOTH = Expected(
    "both", "Who founded the museum and what did she give?", ("Haldane",), (MUSEUM, SHIPS), all_evidence=True
)
NOT_THERE = Expected("no", "Who owns the ferry?", answerable=False)
FORBIDDEN = Expected("not", "Who designed the lighthouse?", ("Jonas Pryce",), (LIGHT,), must_not_say=("1934",))


def _law(answer: Answer, **changed: object) -> Answer:
    """An answer whose first citation is not what it was."""
    return replace(answer, citations=(replace(answer.citations[0], **changed), *answer.citations[1:]))  # type: ignore[arg-type]


RIGHT_ANSWER = says(OPENED, OPENED_IN, key="Marta Oyelaran", evidence=[1, 2])
REFUSAL = says(OPENED, evidence=[1, 2])
UNCLEAR = Answer(OPENED, "unclear", message="Whom do you mean?")
SMALL_TALK = Answer(OPENED, "small_talk", message="Hello!")

SINGLE = [
    Doctored("right", WHO, RIGHT_ANSWER, "right and cited"),
    Doctored("right-without-key", WHO, says(OPENED, OPENED_IN, evidence=[1]), "right and cited"),
    Doctored("right-regex", replace(WHO, answers=(r"/\bM\w+ Oyelaran\b/",)), RIGHT_ANSWER, "right and cited"),
    Doctored("right-by-quote-alone", ONLY_QUOTE, says(ONLY_QUOTE.question, STORM, evidence=[3]), "right and cited"),
    Doctored("right-both", BOTH, says(BOTH.question, MUSEUM, SHIPS, evidence=[5]), "right and cited"),
    Doctored("right-without-evidence", replace(WHO, evidence=()), RIGHT_ANSWER, "right and cited"),
    Doctored(
        "right-one-of-two-quotes",
        replace(BOTH, all_evidence=False),
        says(BOTH.question, MUSEUM, evidence=[5]),
        "right and cited",
    ),
    Doctored("refused", NOT_THERE, says(NOT_THERE.question, evidence=[4]), "refused rightly"),
    Doctored("refused-as-unclear", NOT_THERE, replace(UNCLEAR, question=NOT_THERE.question), "refused rightly"),
    Doctored("refused-as-small-talk", NOT_THERE, replace(SMALL_TALK, question=NOT_THERE.question), "refused rightly"),
    Doctored(
        "refused-all-dropped",
        NOT_THERE,
        says(NOT_THERE.question, evidence=[4], dropped=[("Osk Lines.", "quote not found")]),
        "refused rightly",
    ),
    # right, wrong evidence
    Doctored(
        "other-evidence-unfound",
        replace(COSTS, answers=("crowns",)),
        says(COSTS.question, FREE, key="3 crowns", evidence=[4, 6]),
        "right, wrong evidence",
        "not retrieved",
    ),
    Doctored(
        "other-evidence-found",
        replace(COSTS, answers=("crowns",)),
        says(COSTS.question, FREE, key="3 crowns", evidence=[4, 3]),
        "right, wrong evidence",
        "read wrongly",
    ),
    Doctored(
        "half-the-evidence", BOTH, says(BOTH.question, MUSEUM, evidence=[5]), "right, wrong evidence", "read wrongly"
    ),
    Doctored(
        "half-the-evidence-dropped",
        BOTH,
        says(BOTH.question, MUSEUM, evidence=[5], dropped=[(SHIPS, "quote not found")]),
        "right, wrong evidence",
        "proof failed",
    ),
    # wrong
    Doctored("wrong-unfound", WHO, says(OPENED, LIGHT, key="Jonas Pryce", evidence=[2, 3]), "wrong", "not retrieved"),
    Doctored("wrong-found", WHO, says(OPENED, LIGHT, key="Jonas Pryce", evidence=[2, 1]), "wrong", "read wrongly"),
    Doctored(
        "right-sentence-wrong-number",
        replace(COSTS, answers=("3.5 million crowns",)),
        says(COSTS.question, COST, evidence=[3]),
        "wrong",
        "read wrongly",
    ),
    Doctored(
        "wrong-negation",
        Expected("n", "Did it close?", ("The fish market did close during the strike",), (MARKET,)),
        says("Did it close?", MARKET, evidence=[6]),
        "wrong",
        "read wrongly",
    ),
    Doctored("wrong-quote-alone", ONLY_QUOTE, says(ONLY_QUOTE.question, COST, evidence=[3]), "wrong", "read wrongly"),
    Doctored(
        "wrong-quote-unfound", ONLY_QUOTE, says(ONLY_QUOTE.question, LIGHT, evidence=[2]), "wrong", "not retrieved"
    ),
    Doctored(
        "wrong-proof",
        WHO,
        says(OPENED, LIGHT, evidence=[2, 1], dropped=[("Marta Oyelaran did.", "quote not found")]),
        "wrong",
        "proof failed",
    ),
    Doctored(
        "wrong-other-dropped",
        WHO,
        says(OPENED, LIGHT, evidence=[2, 1], dropped=[("In spring.", "quote not found")]),
        "wrong",
        "read wrongly",
    ),
    Doctored("says-forbidden", FORBIDDEN, says(FORBIDDEN.question, LIGHT, SAID, evidence=[2]), "wrong", "read wrongly"),
    Doctored(
        "marker-is-no-number",
        Expected("m", "How many lighthouses?", ("1",), (LIGHT,)),
        says("How many lighthouses?", LIGHT, evidence=[2]),
        "wrong",
        "read wrongly",
    ),
    # refused wrongly
    Doctored("refused-unfound", WHO, says(OPENED, evidence=[3, 4]), "refused wrongly", "not retrieved"),
    Doctored("refused-nothing-found", WHO, says(OPENED), "refused wrongly", "not retrieved"),
    Doctored("refused-found", WHO, REFUSAL, "refused wrongly", "read wrongly"),
    Doctored("refused-half-found", BOTH, says(BOTH.question, evidence=[4]), "refused wrongly", "not retrieved"),
    Doctored(
        "refused-proof",
        WHO,
        says(OPENED, evidence=[1], dropped=[("It was Marta Oyelaran.", "quote not found")]),
        "refused wrongly",
        "proof failed",
    ),
    Doctored(
        "refused-proof-of-other",
        WHO,
        says(OPENED, evidence=[1], dropped=[("It was Pryce.", "quote not found")]),
        "refused wrongly",
        "proof failed",
    ),
    Doctored(
        "not-in-library",
        replace(WHO, evidence=("Ada Lind opened it.",)),
        REFUSAL,
        "refused wrongly",
        "not in the library",
    ),
    Doctored(
        "not-in-library-but-answered",
        replace(WHO, evidence=("Ada Lind opened it.",)),
        says(OPENED, LIGHT, evidence=[2]),
        "wrong",
        "not in the library",
    ),
    Doctored(
        "half-not-in-library",
        replace(BOTH, evidence=(MUSEUM, "Nobody came.")),
        says(BOTH.question, MUSEUM, evidence=[5]),
        "right, wrong evidence",
        "not in the library",
    ),
    # answered what it shouldn't
    Doctored(
        "answered",
        NOT_THERE,
        says(NOT_THERE.question, FERRY, evidence=[4]),
        "answered what it shouldn't",
        "read wrongly",
    ),
    # law broken
    Doctored(
        "shifted", WHO, _law(RIGHT_ANSWER, start=RIGHT_ANSWER.citations[0].start + 1), "law broken", "proof failed"
    ),
    Doctored("altered", WHO, _law(RIGHT_ANSWER, quote=OPENED_IN.replace("1931", "1932")), "law broken", "proof failed"),
    Doctored("other-article", WHO, _law(RIGHT_ANSWER, article_id=OTHER.id), "law broken", "proof failed"),
    Doctored("unknown-article", WHO, _law(RIGHT_ANSWER, article_id="nowhere"), "law broken", "proof failed"),
    Doctored("negative", WHO, _law(RIGHT_ANSWER, start=-3), "law broken", "proof failed"),
    Doctored("empty-quote", WHO, _law(RIGHT_ANSWER, start=5, end=5, quote=""), "law broken", "proof failed"),
    Doctored(
        "uncited",
        WHO,
        replace(RIGHT_ANSWER, sentences=(*RIGHT_ANSWER.sentences, AnswerSentence("It was fun.", ()))),
        "law broken",
        "proof failed",
    ),
    Doctored("no-citation", WHO, replace(RIGHT_ANSWER, citations=()), "law broken", "proof failed"),
    Doctored("no-sentence", WHO, replace(RIGHT_ANSWER, sentences=()), "law broken", "proof failed"),
    Doctored(
        "missing-number",
        WHO,
        replace(RIGHT_ANSWER, sentences=(AnswerSentence("She did.", (2,)),)),
        "law broken",
        "proof failed",
    ),
    Doctored(
        "key-elsewhere",
        WHO,
        replace(RIGHT_ANSWER, sentences=(AnswerSentence("She did.", (1,), "Jonas"),)),
        "law broken",
        "proof failed",
    ),
    Doctored(
        "doubled-number", WHO, replace(RIGHT_ANSWER, citations=RIGHT_ANSWER.citations * 2), "law broken", "proof failed"
    ),
    Doctored(
        "refusal-with-citation",
        NOT_THERE,
        replace(RIGHT_ANSWER, status="not_found", sentences=()),
        "law broken",
        "proof failed",
    ),
    Doctored(
        "false-closest",
        NOT_THERE,
        replace(says(NOT_THERE.question), closest=(replace(citation(FERRY), quote="The ferry"),)),
        "law broken",
        "proof failed",
    ),
]

WHO_PRYCE = says("Who designed the lighthouse?", LIGHT, key="Jonas Pryce", evidence=[2])
WHO_HALDANE = says("Who founded the museum?", MUSEUM, key="Ruta Haldane", evidence=[5])
HE_SAID = Expected("said", "What did he say?", ("seen before it is needed",), (SAID,))
SHE_GAVE = Expected("gave", "What did she give it?", ("ships in bottles",), (SHIPS,))
NEW_TOPIC = Expected("new", "When does the ferry leave?", ("noon",), (FERRY,))

DIALOGUES = [
    Doctored(
        "understood",
        HE_SAID,
        says("What did he say?", SAID, standalone="What did Jonas Pryce say?", evidence=[2]),
        "right and cited",
        before=(WHO_PRYCE,),
    ),
    Doctored(
        "unclear",
        HE_SAID,
        replace(UNCLEAR, question="What did he say?"),
        "refused wrongly",
        "follow-up misunderstood",
        (WHO_PRYCE,),
    ),
    Doctored(
        "not-resolved",
        HE_SAID,
        says("What did he say?", evidence=[1, 4]),
        "refused wrongly",
        "follow-up misunderstood",
        (WHO_PRYCE,),
    ),
    Doctored(
        "not-resolved-though-found",
        SHE_GAVE,
        says("What did she give it?", FREE, evidence=[4, 5]),
        "wrong",
        "follow-up misunderstood",
        (WHO_HALDANE,),
    ),
    Doctored(
        "wrong-person",
        SHE_GAVE,
        says("What did she give it?", OPENED_IN, standalone="What did Marta Oyelaran give it?", evidence=[1, 2]),
        "wrong",
        "follow-up misunderstood",
        (RIGHT_ANSWER, WHO_HALDANE),
    ),
    Doctored(
        "topic-kept",
        NEW_TOPIC,
        says(NEW_TOPIC.question, evidence=[2], standalone="When does the ferry leave (Jonas Pryce)?"),
        "refused wrongly",
        "follow-up misunderstood",
        (WHO_PRYCE,),
    ),
    Doctored(
        "understood-unfound",
        HE_SAID,
        says("What did he say?", standalone="What did Jonas Pryce say?", evidence=[1, 3]),
        "refused wrongly",
        "not retrieved",
        (WHO_PRYCE,),
    ),
    Doctored(
        "understood-misread",
        HE_SAID,
        says("What did he say?", LIGHT, standalone="What did Jonas Pryce say?", evidence=[2]),
        "wrong",
        "read wrongly",
        (WHO_PRYCE,),
    ),
    Doctored(
        "understood-unproven",
        HE_SAID,
        says(
            "What did he say?",
            standalone="What did Jonas Pryce say?",
            evidence=[2],
            dropped=[("A light must be seen before it is needed!", "quote not found")],
        ),
        "refused wrongly",
        "proof failed",
        (WHO_PRYCE,),
    ),
    Doctored(
        "self-contained-unfound",
        NEW_TOPIC,
        says(NEW_TOPIC.question, evidence=[2]),
        "refused wrongly",
        "not retrieved",
        (WHO_PRYCE,),
    ),
    Doctored(
        "self-contained-misread",
        NEW_TOPIC,
        says(NEW_TOPIC.question, FREE, evidence=[4]),
        "wrong",
        "read wrongly",
        (WHO_PRYCE,),
    ),
    Doctored(
        "follow-up-not-there",
        replace(NOT_THERE, question="Who married her?"),
        says("Who married her?", MUSEUM, standalone="Who married Ruta Haldane?", evidence=[5]),
        "answered what it shouldn't",
        "read wrongly",
        (WHO_HALDANE,),
    ),
    Doctored(
        "follow-up-refused",
        replace(NOT_THERE, question="Who married her?"),
        says("Who married her?", standalone="Who married Ruta Haldane?", evidence=[5]),
        "refused rightly",
        before=(WHO_HALDANE,),
    ),
    Doctored(
        "follow-up-not-in-library",
        replace(HE_SAID, evidence=("He said nothing.",)),
        says("What did he say?", evidence=[2]),
        "refused wrongly",
        "not in the library",
        (WHO_PRYCE,),
    ),
]

LATER = Expected("later", "And in 1962?", ("storm broke the quay",), (STORM,))
ASKED_WHOLE = Expected("whole", "And when does the ferry to Osk leave?", ("noon",), (FERRY,))

DIALOGUES += [
    Doctored(
        "ellipsis-not-resolved",
        LATER,
        says(LATER.question, evidence=[2]),
        "refused wrongly",
        "follow-up misunderstood",
        (says("What happened to the quay in 1931?", OPENED_IN, evidence=[1]),),
    ),
    Doctored(
        "whole-question-after-and",
        ASKED_WHOLE,
        says(ASKED_WHOLE.question, FREE, evidence=[4]),
        "wrong",
        "read wrongly",
        (says("Where does the ferry go?", FERRY, evidence=[4]),),
    ),
]

DIALOGUES += [
    Doctored(
        "not-resolved-and-not-there",
        replace(NOT_THERE, question="Who married her?"),
        says("Who married her?", OPENED_IN, evidence=[1]),
        "answered what it shouldn't",
        "follow-up misunderstood",
        (WHO_HALDANE,),
    ),
    Doctored(
        "not-resolved-without-evidence",
        replace(SHE_GAVE, evidence=()),
        says(SHE_GAVE.question, FREE, evidence=[4]),
        "wrong",
        "follow-up misunderstood",
        (WHO_HALDANE,),
    ),
    Doctored(
        "demonstrative-not-resolved",
        Expected("that", "How long does that take?", ("412",), (LONG,)),
        says("How long does that take?", FREE, evidence=[4]),
        "wrong",
        "follow-up misunderstood",
        (says("Who opened the quay?", OPENED_IN, evidence=[1]),),
    ),
]

SINGLE += [
    Doctored(
        "blank-sentence",
        WHO,
        replace(RIGHT_ANSWER, sentences=(AnswerSentence("  ", (1,)),)),
        "law broken",
        "proof failed",
    ),
    Doctored("other-version", WHO, _law(RIGHT_ANSWER, content_hash="0" * 64), "law broken", "proof failed"),
    Doctored("other-version-told", WHO, _law(RIGHT_ANSWER, content_hash="0" * 64, stale=True), "right and cited"),
    Doctored("no-status", NOT_THERE, replace(says(NOT_THERE.question), status="error"), "law broken", "proof failed"),  # type: ignore[arg-type]
    Doctored("unclear-at-first", WHO, UNCLEAR, "refused wrongly", "follow-up misunderstood"),
    Doctored("small-talk-at-first", WHO, SMALL_TALK, "refused wrongly", "follow-up misunderstood"),
    Doctored(
        "small-talk-with-a-citation",
        NOT_THERE,
        replace(SMALL_TALK, citations=RIGHT_ANSWER.citations),
        "law broken",
        "proof failed",
    ),
    Doctored(
        "cited-without-evidence",
        replace(WHO, answers=("Ada Lind",)),
        says(OPENED, OPENED_IN),
        "wrong",
        "read wrongly",
    ),
    Doctored(
        "words-alone-unfound", replace(WHO, evidence=()), says(OPENED, evidence=[3]), "refused wrongly", "not retrieved"
    ),
    Doctored(
        "words-alone-found", replace(WHO, evidence=()), says(OPENED, evidence=[1]), "refused wrongly", "read wrongly"
    ),
]
DIALOGUES += [
    Doctored(
        "only-a-pronoun-near-the-evidence",
        Expected("lit", "When was it lit?", ("1934",), ("when it was lit in 1934",)),
        says("When was it lit?", evidence=[4]),
        "refused wrongly",
        "follow-up misunderstood",
        (says("What did Reyl leave behind?", FERRY, evidence=[4]),),
    ),
    Doctored(
        "question-not-told",
        HE_SAID,
        replace(says(HE_SAID.question, evidence=[4]), trace=Trace("", searched=("x",))),
        "refused wrongly",
        "not retrieved",
        (WHO_PRYCE,),
    ),
    Doctored(
        "its-own-antecedent",
        Expected("own", "Why did the town pay for its quay?", ("storm",), (STORM,)),
        says("Why did the town pay for its quay?", FREE, evidence=[4, 3]),
        "wrong",
        "read wrongly",
        (WHO_PRYCE,),
    ),
]

_SENTENCES = (AnswerSentence(f"“{SHIPS}”", (2,)), AnswerSentence(f"“{MUSEUM}”", (1,)))
TRAVEL = Expected("travel", "Who travels how?", (), (FREE, FERRY), only_evidence=True)
ORDER = Expected("order", "What did she do, in order?", (), (MUSEUM, SHIPS), all_evidence=True, in_order=True)
CLOSED = Expected("closed", "Did the fish market close?", (), (MARKET,), verdict="no")
LISTED = Expected("list", OPENED, ("Marta Oyelaran",), (OPENED_IN,), kind="list")
POEM = Expected("poem", "Write a poem about the ferry", answerable=False, kind="beyond")
NO = replace(says(CLOSED.question, MARKET, evidence=[6]), verdict="no")

SINGLE += [
    Doctored("nothing-besides", TRAVEL, says(TRAVEL.question, FREE, FERRY, evidence=[4]), "right and cited"),
    Doctored("one-is-enough", TRAVEL, says(TRAVEL.question, FERRY, evidence=[4]), "right and cited"),
    Doctored(
        "besides",
        TRAVEL,
        says(TRAVEL.question, FERRY, STORM, evidence=[4, 3]),
        "right, wrong evidence",
        "read wrongly",
    ),
    Doctored(
        "besides-though-dropped",
        TRAVEL,
        says(TRAVEL.question, FERRY, STORM, evidence=[4, 3], dropped=[(FREE, "not supported")]),
        "right, wrong evidence",
        "read wrongly",
    ),
    Doctored(
        "besides-unfound",
        replace(TRAVEL, all_evidence=True, evidence=(FREE, LIGHT)),
        says(TRAVEL.question, FREE, STORM, evidence=[4, 3]),
        "wrong",
        "not retrieved",
    ),
    Doctored("in-order", ORDER, says(ORDER.question, MUSEUM, SHIPS, evidence=[5]), "right and cited"),
    Doctored(
        "out-of-order",
        ORDER,
        says(ORDER.question, SHIPS, MUSEUM, evidence=[5]),
        "right, wrong form",
        "read wrongly",
    ),
    Doctored(
        "out-of-order-by-sentences",
        ORDER,
        replace(NO, citations=(citation(MUSEUM), citation(SHIPS, 2)), sentences=_SENTENCES, verdict=""),
        "right, wrong form",
        "read wrongly",
    ),
    Doctored("verdict", CLOSED, NO, "right and cited"),
    Doctored("verdict-alone", replace(CLOSED, evidence=()), NO, "right and cited"),
    Doctored("no-verdict", CLOSED, replace(NO, verdict=""), "right, wrong form", "read wrongly"),
    Doctored(
        "no-verdict-alone", replace(CLOSED, evidence=()), replace(NO, verdict=""), "right, wrong form", "read wrongly"
    ),
    Doctored("opposite-verdict", CLOSED, replace(NO, verdict="yes"), "wrong", "read wrongly"),
    Doctored(
        "verdict-of-other-words",
        CLOSED,
        replace(says(CLOSED.question, STORM, evidence=[3, 6]), verdict="no"),
        "right, wrong evidence",
        "read wrongly",
    ),
    Doctored(
        "opposite-verdict-unfound",
        CLOSED,
        replace(says(CLOSED.question, STORM, evidence=[3]), verdict="yes"),
        "wrong",
        "not retrieved",
    ),
    Doctored("verdict-refused", CLOSED, says(CLOSED.question, evidence=[6]), "refused wrongly", "read wrongly"),
    Doctored(
        "verdict-without-proof",
        NOT_THERE,
        replace(says(NOT_THERE.question), verdict="no"),
        "law broken",
        "proof failed",
    ),
    Doctored("kind", LISTED, replace(RIGHT_ANSWER, kind="list"), "right and cited"),
    Doctored("kind-of-refusal", POEM, replace(says(POEM.question), kind="beyond"), "refused rightly"),
    Doctored(
        "kind-alone", replace(LISTED, answers=(), evidence=()), replace(RIGHT_ANSWER, kind="list"), "right and cited"
    ),
    Doctored("other-kind", LISTED, RIGHT_ANSWER, "right, wrong form", "kind misunderstood"),
    Doctored("other-kind-of-refusal", POEM, says(POEM.question), "right, wrong form", "kind misunderstood"),
    Doctored("other-kind-and-wrong", LISTED, says(OPENED, LIGHT, evidence=[2]), "wrong", "kind misunderstood"),
    Doctored("other-kind-and-refused", LISTED, says(OPENED, evidence=[2]), "refused wrongly", "kind misunderstood"),
    Doctored("other-kind-answered", POEM, NO, "answered what it shouldn't", "kind misunderstood"),
    Doctored(
        "also-elsewhere",
        WHO,
        replace(RIGHT_ANSWER, sentences=(AnswerSentence("She did.", (1,), "Marta", ("Velm", "Jonas")),)),
        "law broken",
        "proof failed",
    ),
]
DIALOGUES += [
    Doctored(
        "unclear-before-its-kind",
        replace(HE_SAID, kind="said"),
        replace(UNCLEAR, question=HE_SAID.question),
        "refused wrongly",
        "follow-up misunderstood",
        (WHO_PRYCE,),
    ),
]

CASES = [*SINGLE, *DIALOGUES]
