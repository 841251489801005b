"""The set to start from: it loads as it is, shows the article in comments, and its examples load when they are used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.errors import QuestionSetError
from assistant.questions import load
from assistant.questions.importing.starter import starter
from assistant.sample import sample_path
from index.cleaning import clean
from tests.assistant.questions.sets import MILL


def test_the_sample_article(tmp_path: Path) -> None:
    path = tmp_path / "start.questions.yaml"
    path.write_text(starter(sample_path()), encoding="utf-8")
    found = load(path)
    assert [source.path for source in found.sources] == [sample_path().resolve()]
    questions = {expected.question: expected for expected in found.expected}
    assert next(iter(questions)) == "What did Vladimir Putin say?"
    assert "Putin wrote" in questions["What did Vladimir Putin say?"].evidence[0]
    assert "John Kirby noted" in questions["What did John Kirby say?"].evidence[0]
    assert questions["When was it published?"].evidence == ("Tue Jun 18 2024",)
    assert all(expected.tags == ("draft",) for expected in found.expected)


def test_every_paragraph_can_be_copied_from_the_comments() -> None:
    from index.loading.files import load_file
    from index.settings import IndexSettings

    article = load_file(sample_path(), IndexSettings())
    lines = {line.removeprefix("# ") for line in starter(sample_path()).split("\n") if line.startswith("#")}
    shown = "\n".join(lines)
    assert article.content_hash in shown
    assert all(line in shown for line in article.text.split("\n"))
    spans = re.findall(r"---- passage \d+, characters (\d+) to (\d+)", shown)
    assert all(article.text[int(start) : int(end)].split("\n")[0] in lines for start, end in spans)


def test_the_examples_load_where_their_quotes_stand(tmp_path: Path) -> None:
    more = "Anna Berg owns the ferry. It is a quote of hers: the town pays half, the county pays the rest."
    (tmp_path / "mill.txt").write_text(f"{MILL} {more}", encoding="utf-8")
    text = starter(tmp_path / "mill.txt", folder=tmp_path)
    head, rest = text.split("# More kinds of cases, to copy:\n#\n")
    examples = rest.split("#\n# The article")[0]
    used = re.sub(r"^# ", "", examples, flags=re.MULTILINE)
    path = tmp_path / "set.yaml"
    path.write_text(head + used, encoding="utf-8")
    found = load(path)
    assert [case.id for case in found.cases][-5:] == [
        "a-wording",
        "a-list",
        "a-yes-or-no",
        "not-in-the-article",
        "a-dialogue",
    ]
    assert found.cases[-1].dialogue


def test_articles_are_named_relative_to_the_set(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "mill.txt").write_text(MILL, encoding="utf-8")
    text = starter(tmp_path / "articles" / "mill.txt", folder=tmp_path / "sets")
    assert "\narticles:\n- ../articles/mill.txt\n" in text


def test_what_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    for name in ("empty.txt", "none.txt", "table.csv"):
        with pytest.raises(QuestionSetError, match=name):
            starter(tmp_path / name)


@given(st.text(min_size=1, max_size=300) | st.text("A. \n\x85\u2028é:#-–'\"{[&*%@`|>?!", min_size=1, max_size=200))
def test_any_article_gives_a_set_that_loads(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    text = text.encode("utf-8", "ignore").decode()
    (folder / "it.md").write_text(text, encoding="utf-8")
    if not clean(text):
        return
    try:
        made = starter(folder / "it.md", folder=folder)
    except QuestionSetError:  # Markdown of which no word is left
        return
    path = folder / "set.yaml"
    path.write_text(made, encoding="utf-8")
    assert load(path).cases
