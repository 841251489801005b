"""The grader on hand-made answers, each outcome on purpose; the strict loader on broken sets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Answer, AnswerSentence, Citation
from index.article import Article
from index.errors import ArticleNotFoundError
from tests.questions.grading import (
    Expected,
    broken_law,
    grade,
    load_set,
    token_f1,
    tokens,
)

TEXT = "The mill burned down in 1912. Anna Berg rebuilt it. The mill burned down in 1950 again."
ARTICLE = Article(TEXT, title="The mill", source="mill")
BURNED, REBUILT = "The mill burned down in 1912.", "Anna Berg rebuilt it."


class Shelf:
    """Grading needs no more of an Assistant than this."""

    def article(self, article_id: str) -> Article:
        if article_id != ARTICLE.id:
            raise ArticleNotFoundError(f"no article {article_id}")
        return ARTICLE


def cite(quote: str, number: int = 1) -> Citation:
    start = TEXT.index(quote)
    return Citation(number, ARTICLE.id, ARTICLE.title, start, start + len(quote), quote)


def answered(quote: str, key: str = "") -> Answer:
    text = f"{key} — “{quote}”" if key else f"“{quote}”"
    return Answer("?", "answered", (AnswerSentence(text, (1,), key),), (cite(quote),), 0.9)


REFUSED = Answer("?", "not_found", closest=(cite(BURNED),), message="The articles don't say.")
WHEN = Expected("when", "When did the mill burn down?", ("1912",), ("burned down in 1912",))
WHO = Expected("who", "Who was the miller?", answerable=False)


def test_right_and_cited() -> None:
    outcome = grade(WHEN, answered(BURNED, "1912"), Shelf())
    assert (outcome.verdict, outcome.key_right) == ("right and cited", True)


def test_the_quoted_sentence_counts_where_the_key_words_are_others() -> None:
    outcome = grade(WHEN, answered(BURNED, "The mill"), Shelf())
    assert (outcome.verdict, outcome.key_right) == ("right and cited", False)


def test_right_with_wrong_evidence() -> None:
    expected = replace(WHEN, evidence=("Anna Berg rebuilt it",))
    assert grade(expected, answered(BURNED, "1912"), Shelf()).verdict == "right, wrong evidence"


def test_wrong() -> None:
    assert grade(WHEN, answered(REBUILT, "Anna Berg"), Shelf()).verdict == "wrong"


def test_a_marker_is_not_an_answer() -> None:
    assert grade(replace(WHEN, answers=("1",)), answered(BURNED), Shelf()).verdict == "wrong"


def test_wrong_though_the_right_place_is_cited() -> None:
    assert grade(replace(WHEN, answers=("1950",)), answered(BURNED), Shelf()).verdict == "wrong"


def test_a_number_inside_another_is_not_the_answer() -> None:
    assert grade(replace(WHEN, answers=("12",)), answered(BURNED, "1912"), Shelf()).verdict == "wrong"


def test_without_wordings_the_deciding_sentence_is_right() -> None:
    expected = Expected("did", "Did Anna Berg rebuild it?", evidence=("Anna Berg rebuilt it",))
    assert grade(expected, answered(REBUILT), Shelf()).verdict == "right and cited"
    assert grade(expected, answered(BURNED), Shelf()).verdict == "wrong"
    assert grade(expected, answered(REBUILT), Shelf()).key_right is None


def test_evidence_is_right_wherever_it_stands() -> None:
    expected = Expected("what", "What happened?", evidence=("The mill burned down",))
    assert grade(expected, answered("The mill burned down in 1950 again."), Shelf()).verdict == "right and cited"


def test_evidence_that_only_touches_does_not_overlap() -> None:
    expected = Expected("what", "What happened?", evidence=(" Anna Berg rebuilt it.",))
    assert grade(expected, answered(BURNED), Shelf()).verdict == "wrong"


def test_evidence_mode_all() -> None:
    expected = Expected("both", "What happened?", evidence=("in 1912", "Anna Berg"), all_evidence=True)
    both = Answer(
        "?",
        "answered",
        (AnswerSentence(BURNED, (1,)), AnswerSentence(REBUILT, (2,))),
        (cite(BURNED), cite(REBUILT, 2)),
    )
    assert grade(expected, both, Shelf()).verdict == "right and cited"
    assert grade(expected, answered(BURNED), Shelf()).verdict == "wrong"


def test_a_pattern_as_wording() -> None:
    assert grade(replace(WHEN, answers=("/19(12|13)/",)), answered(BURNED, "1912"), Shelf()).key_right
    assert grade(replace(WHEN, answers=("/^BURNED/",)), answered(BURNED, "1912"), Shelf()).verdict == "wrong"


def test_refused_rightly_and_wrongly() -> None:
    unclear = Answer("?", "unclear", message="What do you mean?")
    assert grade(WHO, REFUSED, Shelf()).verdict == "refused rightly"
    assert grade(WHO, unclear, Shelf()).verdict == "refused rightly"
    assert grade(WHEN, REFUSED, Shelf()).verdict == "refused wrongly"
    assert grade(WHEN, unclear, Shelf()).key_right is False


def test_answered_what_it_should_not() -> None:
    assert grade(WHO, answered(REBUILT, "Anna Berg"), Shelf()).verdict == "answered what it shouldn't"


GOOD = answered(BURNED, "1912")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (replace(GOOD, citations=(replace(GOOD.citations[0], start=1),)), "not verbatim"),
        (replace(GOOD, citations=(replace(GOOD.citations[0], quote="The mill burned down in 1913."),)), "not verbatim"),
        (replace(GOOD, citations=(replace(GOOD.citations[0], start=-88, end=-59),)), "not verbatim"),
        (replace(GOOD, citations=(replace(GOOD.citations[0], start=0, end=0, quote=""),)), "not verbatim"),
        (replace(GOOD, citations=(replace(GOOD.citations[0], article_id="gone"),)), "not in the library"),
        (replace(GOOD, citations=()), "without a citation"),
        (replace(GOOD, sentences=()), "without a sentence"),
        (replace(GOOD, sentences=(AnswerSentence("It burned.", ()),)), "carries no citation"),
        (replace(GOOD, sentences=(AnswerSentence("It burned.", (1, 2)),)), "[2], which do not exist"),
        (replace(GOOD, sentences=(AnswerSentence("1950", (1,), "1950"),)), "not in the first quote"),
        (replace(GOOD, citations=(cite(BURNED), cite(REBUILT))), "same number"),
        (replace(REFUSED, closest=(replace(cite(BURNED), quote="The mill"),)), "not verbatim"),
        (replace(REFUSED, citations=(cite(BURNED),)), "with sentences or citations"),
    ],
)
def test_a_broken_law_comes_before_all_else(answer: Answer, reason: str) -> None:
    for expected in (WHEN, WHO):
        outcome = grade(expected, answer, Shelf())
        assert outcome.verdict == "law broken"
        assert reason in outcome.reason


def test_a_lawful_answer_breaks_no_law() -> None:
    assert broken_law(GOOD, Shelf()) == ""
    assert broken_law(REFUSED, Shelf()) == ""


def test_words_are_compared_as_squad_does() -> None:
    assert (
        tokens("The U.S.’s “nuclear-powered” plan—a cost of 1,250.5!")
        == "us nuclear powered plan cost of 1250.5".split()
    )
    assert token_f1("the United States", "United States and its allies") == pytest.approx(2 * 2 / 7)
    assert token_f1("Berg", "Anna") == 0.0
    assert token_f1("", "Anna") == 0.0


GOOD_SET = """\
version: 1
articles: [mill.txt]
cases:
  - id: when
    question: When did it burn down?
    answers: ["1912", "/19\\\\d2/"]
    evidence: [burned down in 1912]
    tags: [when]
  - id: talk
    turns:
      - question: Who rebuilt it?
        answers: [Anna Berg]
      - question: Who paid?
        answerable: false
"""


def write_set(folder: Path, text: str) -> Path:
    (folder / "mill.txt").write_text("The mill\n\n" + TEXT, encoding="utf-8")
    path = folder / "set.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_set_is_read(tmp_path: Path) -> None:
    found = load_set(write_set(tmp_path, GOOD_SET))
    assert found.articles == ((tmp_path / "mill.txt").resolve(),)
    assert [expected.id for expected in found.expected] == ["when", "talk/turn-1", "talk/turn-2"]
    assert [case.dialogue for case in found.cases] == [False, True]
    assert found.expected[0].answers == ("1912", r"/19\d2/")
    assert found.expected[2].tags == ("dialogue", "unanswerable")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("version: 1", "version: 2", "version is 2"),
        ("version: 1", "version: 1\ncomment: x", "unknown key 'comment'"),
        ("articles: [mill.txt]", "articles: []", "at least one entry"),
        ("articles: [mill.txt]", "articles: [gone.txt]", "gone.txt does not exist"),
        ("question: When", "quetsion: When", "set.yaml:4: case 'when': unknown key 'quetsion'"),
        ("question: Who paid?", "ask: Who paid?", "set.yaml:13: case 'talk/turn-2': unknown key 'ask'"),
        ("id: talk", "id: when", "id 'when' is used more than once"),
        ("id: when", "id: when did", "case 'when did': `id` must be"),
        ("    tags: [when]", "    tags: [when]\n    tags: [who]", "doubled key 'tags'"),
        ("tags: [when]", "tags: when", "`tags` is 'when'"),
        ('answers: ["1912"', "answers: [1912", "put numbers in quotes"),
        ("evidence: [burned down in 1912]", "evidence: [burned down in 1913]", "case 'when': the expected quote"),
        ("answers: [Anna Berg]", "answers: [the]", "case 'talk/turn-1': the accepted wording 'the'"),
        ("answers: [Anna Berg]", "answers: [/(/]", "not a regular expression"),
        ("        answers: [Anna Berg]\n", "", "case 'talk/turn-1': give `answers` or `evidence`"),
        ("answerable: false", "answerable: false\n        answers: [Anna]", "case 'talk/turn-2': give `answers`"),
        ("answerable: false", "answerable: 'no'", "must be true or false"),
        ("tags: [when]", "evidence_mode: some", "must be any or all"),
        ("    turns:", "    question: And?\n    turns:", "has `turns` and also ['question']"),
        ("articles: [mill.txt]", "articles: [mill.txt", "can't be read"),
    ],
)
def test_a_broken_set_is_refused_by_name(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD_SET
    path = write_set(tmp_path, GOOD_SET.replace(old, new, 1))
    with pytest.raises(ValueError) as caught:
        load_set(path)
    assert complaint in str(caught.value)
    assert "set.yaml" in str(caught.value)


def test_a_set_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="can't be read"):
        load_set(tmp_path / "none.yaml")
