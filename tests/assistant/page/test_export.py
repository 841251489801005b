"""A chat as Markdown, JSON and draft cases: whole, exact, and hostile text stays text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant import Answer, AnswerSentence, Article, Assistant, Citation, Trace, Turn
from assistant.core.errors import ArticleNotFoundError, ConversationNotFoundError, LibraryError, QuestionError
from assistant.core.turns import KeptTurn, Rating
from assistant.page.chats import Chats
from assistant.page.events.inputs import owner_of, without_reordering
from assistant.page.export.cases import Drafts
from assistant.page.export.exporting import Exporter, as_markdown
from assistant.page.export.footnotes import Origin, answer_as_markdown, plain
from assistant.page.words import say
from assistant.questions import load
from index.library.conversations import StoredConversation
from tests.assistant.page.conftest import ANNA, BEN

ANN = owner_of(ANNA)
HOSTILE = (
    "![x](http://evil.test/x.png) <img src=http://evil.test> [a](javascript:alert(1)) http://evil.test www.evil.test "
    "`code` **bold** | a | [^1] [^9]: note $x$ ~~s~~ &lt; # h\n- item\n1. one\n> quote\n---\n```\nfence\n<!-- c -->\u202egnp.exe"
)
MARKDOWN = MarkdownIt("commonmark", {"html": True})


def rendered(markdown: str) -> list[str]:
    """Types of all tokens that are not text."""
    found = []
    for token in MARKDOWN.parse(markdown):
        found += [child.type for child in token.children or []] if token.type == "inline" else [token.type]
    return found


def shown(markdown: str) -> str:
    """The text that a reader sees."""
    inline = [token for token in MARKDOWN.parse(markdown) if token.type == "inline"]
    return "".join(child.content for token in inline for child in token.children or [])


@given(st.text() | st.text(alphabet=r"a1 \`*_[]()<>#+-.!|~^&:/@$=w" + "\n\t"))
@example(HOSTILE)
@example("1) x")
@example("- [ ] x")
@example("\\")
@example("a  \nb")
@example("setext\n===")
def test_foreign_text_means_nothing_but_itself(text: str) -> None:
    written = plain(text)
    assert "\n" not in written
    assert set(rendered(written)) <= {"paragraph_open", "text", "paragraph_close", "text_special"}
    unseen = re.sub(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]", "\ufffd", without_reordering(text))
    assert shown(written) == " ".join(unseen.split())
    assert not re.search(r"https?://|www\.|mailto:|\[\^", written)


def _answer(*quotes: str, key: str = "", question: str = "When?") -> Answer:
    citations = tuple(
        Citation(n, "a1", HOSTILE, 10 * n, 10 * n + len(quote), quote, "f" * 64, stale=n == 2)
        for n, quote in enumerate(quotes, start=1)
    )
    said = " … ".join(f"“{quote}”" for quote in quotes)
    sentence = AnswerSentence(f"{key} — {said}" if key else said, tuple(c.number for c in citations), key)
    return Answer(question, "answered", (sentence,), citations, 0.8, trace=Trace(question))


def test_an_answer_with_footnotes() -> None:
    written = answer_as_markdown(
        _answer("The ferry leaves at noon.", "So it does.", key="noon"), lambda _: Origin("ferry.txt")
    )
    said, first, second = written.strip().replace("\n\n", "\n").split("\n")
    assert said == "**noon**[^1][^2]"
    assert first.startswith("[^1]: “The ferry leaves at noon.” — *")
    assert "ferry.txt, characters 10–35, SHA-256 of the article " + "f" * 64 in first
    assert "stale" not in first
    assert second.endswith("stale: the article has changed or gone since")


def test_a_refusal_names_the_closest_passages() -> None:
    closest = (Citation(1, "a1", "The ferry", 0, 9, "The ferry", "ff"),)
    refused = Answer("Who?", "not_found", closest=closest, message="The articles don't say.")
    written = answer_as_markdown(refused, lambda _: Origin())
    assert written.startswith("The articles don't say.\n\nClosest passages, not an answer: [^1]\n\n[^1]: “The ferry”")
    thanks = Answer("Thanks!", "small_talk", message="You're welcome.")
    assert answer_as_markdown(thanks, lambda _: Origin()) == "You're welcome.\n"
    unclear = Answer("It?", "unclear", message="What?")
    assert answer_as_markdown(unclear, lambda _: Origin()) == "What?\n"


def test_the_notice_stands_between_what_is_said_and_the_footnotes() -> None:
    notice = "The language model could not be reached; the articles are quoted instead."
    written = answer_as_markdown(replace(_answer("So it does."), notice=f" {notice}\n"), lambda _: Origin())
    said, told, footnote = written.strip().split("\n\n")
    assert (said, told) == ("“So it does.”[^1]", f"*{notice}*")
    assert footnote.startswith("[^1]: ")
    refused = Answer("Who?", "not_found", message="The articles don't say.", notice=notice)
    assert answer_as_markdown(refused, lambda _: Origin()) == f"The articles don't say.\n\n*{notice}*\n"


def test_a_chat_says_what_was_searched_for_where_it_differs_and_no_other_readings() -> None:
    follow_up = replace(said("And when?", standalone="When does it go?"), did_you_mean=("When does the train go?",))
    turns = kept(said("Does it go?", standalone="does it  go"), follow_up, ratings={})
    written = as_markdown(StoredConversation("c", "The ferry", 0.0), turns, lambda _: Origin())
    assert re.findall("Searched for: .*", written) == ["Searched for: When does it go?"]
    assert "train" not in written


def test_hostile_text_in_a_whole_chat_stays_text() -> None:
    answer = replace(_answer(HOSTILE, key="evil", question=HOSTILE), notice=HOSTILE)
    turns = [KeptTurn(n, Turn(HOSTILE, answer)) for n in range(2)]
    turns.append(KeptTurn(2, turns[0].turn, Rating("down", HOSTILE)))
    written = as_markdown(StoredConversation("c", HOSTILE, 0.0), turns, lambda _: Origin(HOSTILE, HOSTILE))
    allowed = {"text", "text_special", "softbreak", "em_open", "em_close", "strong_open", "strong_close"}
    allowed |= {f"{block}_{side}" for block in ("heading", "paragraph") for side in ("open", "close")}
    assert set(rendered(written)) <= allowed
    assert "\u202e" not in written
    labels = re.findall(r"^\[\^(\d+)\]: ", written, re.MULTILINE)
    assert labels == ["1", "2", "3"]
    assert len(re.findall(r"^#", written, re.MULTILINE)) == 4


@pytest.fixture
def chats(ferry: Assistant) -> Chats:
    return Chats(ferry)


@pytest.fixture
def exporter(ferry: Assistant, chats: Chats) -> Exporter:
    return Exporter(ferry, chats, lambda citation: Origin(ferry.article(citation.article_id).source))


def test_json_has_quotes_offsets_hash_and_source_but_no_texts_of_passages(
    ferry: Assistant, chats: Chats, exporter: Exporter
) -> None:
    name = chats.keep(ANN, "", ferry.ask("When does the ferry leave?")).stored.id
    chats.rate(ANN, name, 0, Rating("up", "yes"))
    file = exporter.export(ANN, name, "json")
    assert (file["name"], file["type"]) == ("when-does-the-ferry-leave.json", "application/json")
    data = json.loads(file["text"])
    (turn,) = data["turns"]
    (citation,) = turn["answer"]["citations"]
    article = ferry.article(citation["article_id"])
    assert article.text[citation["start"] : citation["end"]] == citation["quote"]
    assert citation["content_hash"] == article.content_hash
    assert data["articles"][article.id]["source"] == "ferry.txt"
    assert data["articles"][article.id]["title"] == "The ferry"
    assert all("text" not in item["passage"] for item in turn["answer"]["evidence"])
    assert turn["rating"] == {"verdict": "up", "said": "yes", "quote": None}
    ferry.remove(article.id)
    assert json.loads(exporter.export(ANN, name, "json")["text"])["articles"][article.id] is None


def test_a_chat_as_markdown(ferry: Assistant, chats: Chats, exporter: Exporter) -> None:
    name = chats.keep(ANN, "", ferry.ask("When does the ferry leave?")).stored.id
    chats.keep(ANN, name, ferry.ask("How many passengers does it carry?"))
    file = exporter.export(ANN, name, "markdown")
    assert file["name"] == "when-does-the-ferry-leave.md"
    assert file["text"].count("\n## ") == 2
    assert "Confidence: right in about 19 of 20 cases (90 %)" in file["text"]
    assert "[^2]: " in file["text"]


def test_what_is_not_there_is_not_exported(ferry: Assistant, chats: Chats, exporter: Exporter) -> None:
    name = chats.keep(ANN, "", ferry.ask("When does the ferry leave?")).stored.id
    for owner, wanted in ((owner_of(BEN), name), ("", name), (ANN, "nowhere"), (ANN, "")):
        with pytest.raises(ConversationNotFoundError):
            exporter.export(owner, wanted, "json")
    with pytest.raises(QuestionError):
        exporter.export(ANN, name, "pdf")
    with pytest.raises(ConversationNotFoundError, match="thumbs-down"):
        exporter.export(ANN, "", "cases")


# Draft cases

TEXT = (
    'The ferry: "so # it - is"\n\nThe ferry leaves at noon. It\'s: ‘never’ late\\, they say — 5 %.\n\n'
    "It carries ninety passengers\nto the island. {x} [y] & *z* 😀"
)
ARTICLE = Article(TEXT, "The ferry", "ferry.txt")


def quote(words: str) -> Citation:
    start = TEXT.index(words)
    return Citation(1, ARTICLE.id, "The ferry", start, start + len(words), words, ARTICLE.content_hash)


def article_of(article_id: str) -> Article:
    if article_id != ARTICLE.id:
        raise ArticleNotFoundError("gone")
    return ARTICLE


def said(question: str, status: Any = "answered", standalone: str = "", words: str = "leaves at noon") -> Answer:
    cited = (quote(words),)
    sentences = (AnswerSentence(f"“{words}”", (1,)),)
    if status == "answered":
        return Answer(question, status, sentences, cited, 0.9, trace=Trace(standalone or question))
    return Answer(
        question, status, closest=cited if status == "not_found" else (), message="No.", trace=Trace(standalone)
    )


def kept(*answers: Answer, ratings: dict[int, Rating]) -> list[KeptTurn]:
    return [KeptTurn(n, Turn(a.question, a), ratings.get(n)) for n, a in enumerate(answers)]


def cases(folder: Path, *conversations: Sequence[KeptTurn]) -> tuple[list[dict[str, Any]], Any]:
    """The cases as they are written, and the set as its loader reads it."""
    drafts = Drafts(article_of)
    for turns in conversations:
        drafts.add(turns)
    path = folder / "draft.yaml"
    path.write_text(drafts.to_yaml([ARTICLE]), encoding="utf-8", newline="")
    (folder / "ferry.txt").write_text(TEXT, encoding="utf-8", newline="")
    return yaml.safe_load(path.read_text(encoding="utf-8"))["cases"], load(path)


def test_a_chosen_quote_and_a_short_wording_are_what_is_expected(tmp_path: Path) -> None:
    rating = Rating("down", "ninety", quote("ninety passengers"))
    (case,), read = cases(tmp_path, kept(said("How many?"), ratings={0: rating}))
    assert case["evidence"] == ["ninety passengers"]
    assert case["answers"] == ["ninety"]
    assert "Answered wrongly: “leaves at noon” [1]" in case["note"]
    (expected,) = read.expected
    assert (expected.question, expected.answerable) == ("How many?", True)


def test_a_bare_yes_or_no_is_the_verdict(tmp_path: Path) -> None:
    turns = kept(said("Does it go?"), ratings={0: Rating("down", "No!", quote("leaves at noon"))})
    (case,), read = cases(tmp_path, turns)
    assert "answers" not in case
    assert (read.expected[0].verdict, read.expected[0].evidence) == ("no", ("leaves at noon",))


def test_the_turns_before_expect_their_verdicts(tmp_path: Path) -> None:
    first = replace(said("Does it go?", standalone="Does the ferry go?"), verdict="yes")
    turns = kept(first, said("And when?", standalone="When does it go?"), ratings={1: Rating("down", "noon")})
    _, read = cases(tmp_path, turns)
    assert [expected.verdict for expected in read.expected] == ["yes", ""]


def test_a_long_explanation_is_a_note(tmp_path: Path) -> None:
    long = "It should have said that the ferry carries ninety passengers, which stands in the second paragraph."
    (case,), _ = cases(tmp_path, kept(said("How many?"), ratings={0: Rating("down", long, quote("ninety"))}))
    assert "answers" not in case
    assert long in case["note"]


@pytest.mark.parametrize("nothing", ["The article doesn't say.", "nothing", "It is not in the text!", "Not mentioned"])
def test_who_says_that_the_articles_do_not_say_it_makes_it_unanswerable(tmp_path: Path, nothing: str) -> None:
    (case,), read = cases(tmp_path, kept(said("Who?"), ratings={0: Rating("down", nothing)}))
    assert case["answerable"] is False
    assert say("case_undecided") not in case["note"]
    assert not read.expected[0].answerable


def test_where_nothing_is_said_the_note_asks_for_a_decision(tmp_path: Path) -> None:
    (answered, refused), _ = cases(
        tmp_path,
        kept(said("Who?"), ratings={0: Rating("down")}),
        kept(said("When?", "not_found", "When?"), ratings={0: Rating("down")}),
    )
    assert answered["answerable"] is False
    assert say("case_undecided") in answered["note"]
    assert refused["evidence"] == ["leaves at noon"]
    assert say("case_closest") in refused["note"]


def test_a_follow_up_is_a_dialogue_and_a_whole_question_is_not(tmp_path: Path) -> None:
    turns = kept(
        said("Does it go?", standalone="Does the ferry go?"),
        said("Who?", "not_found", "Who?"),
        said("And when?", standalone="When does the ferry go?"),
        said("How many passengers does the ferry carry?"),
        ratings={2: Rating("down", "noon"), 3: Rating("down", "ninety")},
    )
    (follow_up, whole), read = cases(tmp_path, turns)
    assert [turn["question"] for turn in follow_up["turns"]] == ["Does the ferry go?", "Who?", "And when?"]
    assert [turn.get("answerable", True) for turn in follow_up["turns"]] == [True, False, True]
    assert follow_up["turns"][2]["answers"] == ["noon"]
    assert whole["question"] == "How many passengers does the ferry carry?"
    assert [case.dialogue for case in read.cases] == [True, False]


def test_small_talk_is_no_case_and_stands_in_none(tmp_path: Path) -> None:
    thanks = Answer("Thanks!", "small_talk", message="You're welcome.")
    turns = kept(
        said("Does the ferry go?"),
        thanks,
        said("And when?", standalone="When does the ferry go?"),
        ratings={1: Rating("down", "noon", quote("leaves at noon")), 2: Rating("down", "noon")},
    )
    (case,), _ = cases(tmp_path, turns)
    assert [turn["question"] for turn in case["turns"]] == ["Does the ferry go?", "And when?"]


def test_what_stands_in_no_article_any_more_is_not_expected(tmp_path: Path) -> None:
    gone = Citation(1, "gone", "Gone", 0, 4, "gone", "ff")
    old = Citation(1, ARTICLE.id, "The ferry", 0, 9, "The train", "ff")
    first = Answer("First?", "answered", (AnswerSentence("x", (1,)),), (gone,), 0.9, trace=Trace("First?"))
    turns = kept(first, said("And?", standalone="And what?"), ratings={1: Rating("down", "noon", old)})
    (case,), _ = cases(tmp_path, turns)
    assert case["question"] == "And what?"
    assert case["answers"] == ["noon"]
    assert say("case_quote_gone") in case["note"]


def test_ids_differ_and_a_set_without_articles_is_none(tmp_path: Path) -> None:
    turns = kept(said("Who?"), said("Who?"), said("什么?"), ratings=dict.fromkeys(range(3), Rating("down", "x")))
    found, _ = cases(tmp_path, turns, turns)
    assert [case["id"] for case in found] == ["who", "who-2", "case", "who-3", "who-4", "case-2"]
    with pytest.raises(LibraryError):
        Drafts(article_of).to_yaml()


@given(
    st.text(max_size=60)
    | st.sampled_from([HOSTILE, "- x", "# y", "a: b", "'", '"', "|", "\x85", "\u2028", "/[/", "!!x", "~"]),
    st.text(max_size=60) | st.sampled_from([HOSTILE, "/[/", "the", "a", "’", "...", "no", "1.5", "null", "{}"]),
    st.integers(0, len(TEXT)),
    st.integers(0, len(TEXT)),
    st.sampled_from(["answered", "not_found", "unclear", "small_talk"]),
)
def test_any_draft_loads_and_says_the_same(
    tmp_path_factory: pytest.TempPathFactory, asked: str, wording: str, start: int, end: int, status: str
) -> None:
    words = TEXT[start:end]
    rating = Rating("down", wording, quote(words) if words.strip() else None)
    turns = kept(said("Before?"), said(asked, status, "And so?"), ratings={1: rating})
    question = asked.encode("utf-8", "replace").decode().strip()
    if not question or status == "small_talk":  # nothing that could be asked again
        drafts = Drafts(article_of)
        drafts.add(turns)
        assert len(drafts) == 0
        return
    (case,), read = cases(tmp_path_factory.mktemp("set"), turns)
    assert read.cases[0].turns[-1].question == question
    expected = [words] if words.strip() else ["leaves at noon"]
    assert case["turns"][-1].get("evidence", expected) == expected
    assert wording.encode("utf-8", "replace").decode().strip() in case["note"]
