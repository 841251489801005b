"""What the page and its exports are told of an answer's layout, of the words of a question in a passage, and of dates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Article, Turn
from assistant.core.turns import KeptTurn, Rating
from assistant.page.events.layout import layout_view
from assistant.page.events.marking import marks
from assistant.page.events.views import turn_view
from assistant.page.export.cases import Drafts
from assistant.page.export.footnotes import Origin, answer_as_markdown
from assistant.questions import load
from tests.assistant.page.laid_out import ARTICLES, COMPARED, FERRY, LIST, NO, OVERVIEW, PARTS, PLAIN, REFUSED, answers
from tests.assistant.page.site import served
from tests.doubles import EagerReader, HashEmbedder, TellingAssistant

ANSWERS = answers()


def _origin(_: object) -> Origin:
    return Origin("ferry.txt", "3 May 2024")


def _said(question: str) -> str:
    """An answer as Markdown, without its footnotes."""
    return answer_as_markdown(ANSWERS[question], _origin).partition("\n\n[^1]: ")[0]


# What the page is told


def test_a_plain_answer_is_one_part_without_anything() -> None:
    part = {"sentences": 1, "heading": "", "listed": False, "before": [], "after": []}
    assert layout_view(ANSWERS[PLAIN]) == {"verdict": "", "columns": False, "parts": [part], "below": []}
    assert layout_view(ANSWERS[REFUSED])["parts"] == []


def test_lists_verdicts_and_columns_are_told() -> None:
    assert layout_view(ANSWERS[LIST])["parts"][0]["listed"]
    assert layout_view(ANSWERS[OVERVIEW])["parts"][0]["listed"]
    assert not layout_view(replace(ANSWERS[PLAIN], kind="list"))["parts"][0]["listed"]
    assert layout_view(ANSWERS[NO])["verdict"] == "No."
    compared = layout_view(ANSWERS[COMPARED])
    assert (compared["columns"], compared["below"]) == (True, ["The second is larger."])
    assert all(part["after"] == [] for part in compared["parts"])
    first, _, last = layout_view(ANSWERS[PARTS])["parts"]
    assert (first["heading"], first["sentences"], first["after"]) == (
        "Who",
        0,
        ["I found no sentence that answers this."],
    )
    assert last["before"] == ["Other articles say:"]


def test_a_comparison_of_one_thing_has_no_columns() -> None:
    alone = replace(ANSWERS[COMPARED], parts=(replace(ANSWERS[COMPARED].parts[1], sentences=2),))
    told = layout_view(alone)
    assert (told["columns"], told["below"], told["parts"][0]["after"]) == (False, [], ["The second is larger."])


def test_all_keys_and_the_dates_are_told() -> None:
    view = turn_view(0, Turn(LIST, ANSWERS[LIST]), _origin)
    assert view["sentences"][0]["keys"] == ["Osby", "Lund", "Mora"]
    assert {citation["date"] for citation in view["citations"]} == {"3 May 2024"}


def test_the_words_of_the_question_are_marked_in_the_closest_passages() -> None:
    view = turn_view(0, Turn(REFUSED, ANSWERS[REFUSED]), _origin)
    quote, found = view["closest"][0]["quote"], view["closest"][0]["marks"]
    assert [quote[start:end] for start, end in found] == ["ferry", "red"]


def test_stop_words_are_not_marked_and_offsets_count_code_points() -> None:
    text = "😀 The ferries are Anna's; who owned the ferry?"
    assert [text[a:b] for a, b in marks("Who owns the ferry of Anna?", text)] == ["ferries", "Anna's", "owned", "ferry"]
    assert marks("What is it?", text) == []


@given(st.text(max_size=40), st.text(max_size=80))
def test_marks_are_words_in_order_none_over_another(question: str, text: str) -> None:
    last = 0
    for start, end in marks(question, text):
        assert last <= start < end <= len(text)
        last = end


def test_dates_come_from_the_library_and_one_of_a_changed_article_is_not_told(tmp_path: Path) -> None:
    with TellingAssistant.open(tmp_path, embedder=HashEmbedder(max_tokens=400), reader=EagerReader()) as assistant:
        assistant.add(list(ARTICLES))
        assistant.give(*ANSWERS.values())
        with served(assistant) as site:
            told = site.stream("chat", "a" * 32, "", COMPARED, None, None)
            assert [e["citations"][0]["date"] for e in told if e["event"] == "sentence"] == ["3 May 2024", ""]
            turn, conversation = told[-1]["turn"], told[-1]["conversation"]["id"]
            assert [citation["date"] for citation in turn["citations"]] == ["3 May 2024", ""]
            assistant.add(Article(FERRY.text + " It sank.", FERRY.title, FERRY.source, FERRY.published))
            (turn,) = site.run("open_conversation", "a" * 32, conversation, None)["turns"]
            assert [(c["stale"], c["date"]) for c in turn["citations"]] == [(True, ""), (False, "")]
            assistant.remove(FERRY.id)
            (turn,) = site.run("open_conversation", "a" * 32, conversation, None)["turns"]
            assert "ferry.txt" not in turn["markdown"]


# What is taken along


def test_a_list_is_a_list_in_markdown_with_all_its_keys_and_what_is_told_of_it() -> None:
    first, *_, last = _said(LIST).splitlines()
    assert first == "- **Osby**, **Lund**, **Mora**[^1]"
    assert last == "The text counts 7; 8 found."
    assert _said(LIST).count("\n- ") == 5
    assert answer_as_markdown(ANSWERS[LIST], _origin).count(", 3 May 2024, ferry.txt, characters ") == 6


def test_verdict_parts_and_remarks_are_in_markdown() -> None:
    assert _said(NO) == "No.\n\n“The train is not red, it is blue.”[^1]"
    assert _said(PARTS) == (
        "### Who\n\nI found no sentence that answers this.\n\n### how many\n\n**ninety passengers**[^1]\n\n"
        "Other articles say:\n\n**four hundred passengers**[^2]"
    )
    assert _said(COMPARED).endswith("**four hundred passengers**[^2]\n\nThe second is larger.")


def test_a_hostile_heading_is_text() -> None:
    hostile = replace(ANSWERS[COMPARED].parts[0], heading="<b>\n# x [a](javascript:alert(1))")
    written = answer_as_markdown(replace(ANSWERS[COMPARED], parts=(hostile, ANSWERS[COMPARED].parts[1])), _origin)
    assert written.startswith("### \\<b> # x \\[a\\](javascript\\:alert(1))\n")


@pytest.mark.parametrize("question", [LIST, PARTS, COMPARED, NO])
def test_a_draft_case_carries_the_whole_answer_and_the_dates(question: str, tmp_path: Path) -> None:
    (case,), written = _cases(tmp_path, (ANSWERS[question], Rating("down", "Nothing")))
    assert ANSWERS[question].text in case["note"]
    if FERRY.id in {citation.article_id for citation in ANSWERS[question].citations}:
        assert f"ferry.txt  SHA-256 {FERRY.content_hash}  3 May 2024" in written


def test_a_turn_before_expects_each_of_its_quotes(tmp_path: Path) -> None:
    after = replace(ANSWERS[PLAIN], question="And how many?")
    (case,), _ = _cases(tmp_path, (ANSWERS[LIST], None), (after, Rating("down", "ninety")))
    assert len(case["turns"][0]["evidence"]) == 6


def _cases(folder: Path, *rated: tuple[Answer, Rating | None]) -> tuple[list[dict[str, object]], str]:
    """The cases, which their loader takes, and the file."""
    drafts = Drafts({article.id: article for article in ARTICLES}.__getitem__)
    drafts.add(KeptTurn(n, Turn(answer.question, answer), rating) for n, (answer, rating) in enumerate(rated))
    written = drafts.to_yaml()
    (folder / "draft.yaml").write_text(written, encoding="utf-8")
    for article in ARTICLES:
        (folder / article.source).write_text(article.text, encoding="utf-8")
    load(folder / "draft.yaml")
    return yaml.safe_load(written)["cases"], written
