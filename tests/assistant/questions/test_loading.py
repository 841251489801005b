"""The strict loader: what a good set becomes, and every broken one refused with file, line, what is wrong and what to do."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.core.errors import FootnoteError, QuestionSetError
from assistant.core.kinds import Kind
from assistant.questions import Case, Expected, QuestionSet, Source, load
from assistant.questions.spec.loading import set_name
from assistant.questions.spec.writing import dumps
from index.article import content_hash
from tests.assistant.questions import sets
from tests.assistant.questions.sets import GOOD_SET, MILL, write_set
from tests.helpers import SHIPPED_SETS

HASH = content_hash(MILL)
SAMPLE = SHIPPED_SETS / "sample.questions.yaml"


def refusal(path: Path) -> str:
    with pytest.raises(QuestionSetError) as caught:
        load(path)
    return str(caught.value)


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    """The good set with some of it replaced."""
    text = GOOD_SET
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return write_set(folder, text)


# Good sets


def test_a_good_set_is_read(tmp_path: Path) -> None:
    found = load(write_set(tmp_path, GOOD_SET, "mill.questions.yaml"))
    assert (found.name, found.path) == ("mill", tmp_path / "mill.questions.yaml")
    assert found.sources == (Source((tmp_path / "mill.txt").resolve()),)
    assert [expected.id for expected in found.expected] == ["when", "talk/turn-1", "talk/turn-2"]
    assert [case.dialogue for case in found.cases] == [False, True]
    assert found.expected[0].answers == ("1912", r"/19\d2/")
    assert found.expected[2].tags == ("dialogue", "unanswerable")
    assert [expected.depth for expected in found.expected] == [1, 1, 2]
    assert [expected.line for expected in found.expected] == [4, 11, 13]


def test_every_key_is_kept(tmp_path: Path) -> None:
    text = f"""\
version: 1
articles:
  - path: mill.txt
    sha256: {HASH.upper()}
defaults: {{max_seconds: 2, tags: [mill], must_not_say: [Bergen], evidence_mode: all}}
cases:
  - {{id: a, question: 'Why?', evidence: [The mill, Anna], must_not_say: [flood], max_seconds: 0.5, tags: [why, mill]}}
  - {{id: b, question: 'What?', evidence: [Anna], evidence_mode: any, note: because}}
  - id: c
    note: of all
    turns:
      - {{question: 'Who?', answers: [Anna], note: of one}}
      - {{question: 'Who else?', answerable: false, must_not_say: [Anna]}}
"""
    found = load(write_set(tmp_path, text))
    assert found.sources == (Source((tmp_path / "mill.txt").resolve(), HASH),)
    a, b, c, d = found.expected
    assert (a.max_seconds, a.tags, a.must_not_say, a.all_evidence) == (0.5, ("mill", "why"), ("Bergen", "flood"), True)
    assert (b.max_seconds, b.tags, b.must_not_say, b.all_evidence) == (2, ("mill",), ("Bergen",), False)
    assert (b.note, c.note, d.note) == ("because", "of all\nof one", "of all")
    assert (d.tags, d.must_not_say) == (("mill", "dialogue", "unanswerable"), ("Bergen", "Anna"))


def test_the_form_of_an_answer_is_kept(tmp_path: Path) -> None:
    text = """\
version: 1
articles: [mill.txt]
defaults: {evidence_mode: all}
cases:
  - {id: a, question: 'Which?', evidence: [1912, 1950], only_evidence: true, in_order: true, kind: list}
  - {id: b, question: 'Did it?', verdict: "yes", all_evidence: false}
  - {id: c, question: 'Write a poem', answerable: false, kind: beyond}
  - {id: d, question: 'What is there?', kind: library}
  - {id: e, question: 'Who?', evidence: [Anna], evidence_mode: any}
""".replace("[1912, 1950]", "['1912', '1950']")
    a, b, c, d, e = load(write_set(tmp_path, text)).expected
    assert (a.all_evidence, a.only_evidence, a.in_order, a.verdict, a.kind) == (True, True, True, "", "list")
    assert (b.all_evidence, b.only_evidence, b.in_order, b.verdict, b.kind) == (False, False, False, "yes", None)
    assert (c.answerable, c.kind, d.kind, d.answerable, e.all_evidence) == (False, "beyond", "library", True, False)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_can_be_expected(tmp_path: Path, kind: Kind) -> None:
    assert load(changed(tmp_path, ("tags: [when]", f"kind: {kind}"))).expected[0].kind == kind


def test_a_set_with_every_form_is_written_and_read_back(tmp_path: Path) -> None:
    quotes = ("1912", "Anna Berg")
    expected = Expected("a", "Which?", (), quotes, True, True, True, "no", "list")
    refusal = Expected("b", "Why?", answerable=False, kind="beyond", tags=("unanswerable",))
    made = QuestionSet(
        "m", None, (Source((tmp_path / "mill.txt").resolve()),), (Case("a", (expected,)), Case("b", (refusal,)))
    )
    (tmp_path / "mill.txt").write_text(MILL, encoding="utf-8")
    text = dumps(made, tmp_path)
    for line in (
        "all_evidence: true",
        "only_evidence: true",
        "in_order: true",
        "verdict: 'no'",
        "kind: list",
        "kind: beyond",
    ):
        assert f"  {line}\n" in text
    assert without_lines(load(write_set(tmp_path, text)).cases) == list(made.cases)


def test_json_lines_hold_the_same(tmp_path: Path) -> None:
    data = yaml.safe_load(GOOD_SET)
    cases = data.pop("cases")
    rows = [json.dumps(data), "", *map(json.dumps, cases)]
    found = load(write_set(tmp_path, "\r\n".join(rows), "set.jsonl"))
    same = load(write_set(tmp_path, GOOD_SET))
    assert [replace(expected, line=0) for expected in found.expected] == [
        replace(expected, line=0) for expected in same.expected
    ]
    assert [expected.line for expected in found.expected] == [3, 4, 4]


def test_the_sample_set_loads_as_it_always_did() -> None:
    found = load(SAMPLE)
    assert found.name == "sample"
    assert len(found.cases) >= 100


def test_a_quote_may_stand_in_an_article_that_only_the_library_has(tmp_path: Path) -> None:
    other = "0" * 64
    path = changed(
        tmp_path, ("[mill.txt]", f"[mill.txt, 'sha256:{other}']"), ("burned down in 1912", "of another article")
    )
    found = load(path)
    assert found.sources[1] == Source(None, other)
    assert found.expected[0].evidence == ("of another article",)


def test_paths_may_be_absolute_and_run_through_folders(tmp_path: Path) -> None:
    (tmp_path / "sets").mkdir()
    (tmp_path / "mill.txt").write_text(MILL, encoding="utf-8")
    for named in (f"{tmp_path}/mill.txt", "../mill.txt"):
        found = load(write_set(tmp_path / "sets", GOOD_SET.replace("mill.txt", named)))
        assert found.sources == (Source((tmp_path / "mill.txt").resolve()),)


def test_a_relative_path_of_a_set_is_where_it_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_set(tmp_path, GOOD_SET)
    monkeypatch.chdir(tmp_path)
    assert load("set.yaml").path == tmp_path / "set.yaml"


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    assert len(load(write_set(tmp_path, b"\xef\xbb\xbf" + GOOD_SET.encode())).cases) == 2


def test_a_set_is_called_by_its_file() -> None:
    names = ["a.yaml", "a.questions.yaml", "a.questions.jsonl", "a.b.yml", ".yaml", "questions.yaml"]
    assert [set_name(Path(name)) for name in names] == ["a", "a", "a", "a.b", ".yaml", "questions"]


# Broken sets


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint"),
    [
        ("version: 1", "version: 2", 1, "`version` is 2; it must be 1"),
        ("version: 1", "version: 1.0", 1, "`version` is 1.0; it must be 1"),
        ("version: 1", "version: yes", 1, "`version` is yes; it must be 1"),
        ("version: 1\n", "", 1, "`version: 1` is missing"),
        ("version: 1", "version: 1\ncomment: x", 2, "unknown key 'comment'. Known here are version, articles"),
        ("articles: [mill.txt]", "articles: []", 2, "`articles` has no entry. Give it at least one"),
        ("articles: [mill.txt]\n", "", 1, "`articles` is missing"),
        ("articles: [mill.txt]", "articles: mill.txt", 2, "`articles` is 'mill.txt'; it must be a list"),
        ("articles: [mill.txt]", "articles: [gone.txt]", 2, "'gone.txt' can't be used"),
        ("articles: [mill.txt]", "articles: [mill.xyz]", 2, "save it as one of .txt"),
        ("articles: [mill.txt]", "articles: [.]", 2, "can't be used"),
        ("articles: [mill.txt]", 'articles: ["a\\0b.txt"]', 2, "can't be used"),
        ("articles: [mill.txt]", f"articles: [{'a' * 5000}.txt]", 2, "can't be used"),
        ("articles: [mill.txt]", "articles:\n- mill.txt\n- ./mill.txt", 4, "named twice"),
        ("articles: [mill.txt]", "articles: ['sha256:123']", 2, "is no SHA-256"),
        ("articles: [mill.txt]", "articles: [{path: mill.txt}]", 2, "`sha256` is missing"),
        ("articles: [mill.txt]", "articles: [{path: mill.txt, sha256: abc}]", 2, "64 hexadecimal digits"),
        ("articles: [mill.txt]", "articles: [{path: mill.txt, sha: abc}]", 2, "Did you mean 'sha256'?"),
        ("question: When", "quetsion: When", 5, "case 'when': unknown key 'quetsion'. Did you mean 'question'?"),
        ("question: Who paid?", "ask: Who paid?", 13, "case 'talk/turn-2': unknown key 'ask'"),
        ("question: Who paid?", "note: x", 13, "case 'talk/turn-2': `question` is missing"),
        ("    question: When did it burn down?\n", "", 4, "`question` (or `turns`, for a dialogue) is missing"),
        ("question: When did it burn down?", "question: ' '", 5, "`question` is ' ', which is empty"),
        ("question: When did it burn down?", "question:", 5, "`question` has no value"),
        ("question: When did it burn down?", "question: Who: Anna?", 5, "in quotes"),
        ("id: talk", "id: when", 9, "the id 'when' is used more than once, first on line 4"),
        ("id: when", "id: when did", 4, "`id` is 'when did', which is no name"),
        ("id: when", "id: what/now", 4, "`id` is 'what/now', which is no name"),
        ("id: when", "id: what+now", 4, "`id` must be made of letters"),
        ("id: when", "id: 12", 4, "case 'number 1': `id` is 12; it must be a text; put numbers"),
        ("- id: when\n    question", "- question", 4, "case 'number 1': `id` is missing"),
        ("    tags: [when]", "    tags: [when]\n    tags: [who]", 9, "doubled key 'tags'"),
        ("tags: [when]", "tags: when", 8, "`tags` is 'when'; it must be a list"),
        ("tags: [when]", "tags: ['a,b']", 8, "can't be a tag"),
        ('answers: ["1912"', "answers: [1912", 6, "entry 1 of `answers` is 1912; it must be a text; put numbers"),
        ('answers: ["1912"', "answers: [12:30", 6, "entry 1 of `answers` is 12:30; it must be a text"),
        ('answers: ["1912"', "answers: [2024-06-18", 6, "entry 1 of `answers` is 2024-06-18; it must be a text"),
        ('answers: ["1912"', "answers: [yes", 6, "entry 1 of `answers` is yes; it must be a text"),
        ('answers: ["1912"', "answers: [~", 6, "entry 1 of `answers` has no value"),
        ("answers: [Anna Berg]", "answers: []", 12, "`answers` has no entry. Give it at least one, or leave it out"),
        (
            "in 1912]",
            "in 1913]",
            7,
            "case 'when': the quote 'burned down in 1913' does not stand in the set's articles",
        ),
        ("in 1912]", "in 1913]", 7, "Nearest is 'burned down in 1912' in mill.txt."),
        ("[burned down in 1912]", "\n    - The mill\n    - 2 words", 9, "the quote '2 words'"),
        (
            "answers: [Anna Berg]",
            "answers: [the]",
            12,
            "case 'talk/turn-1': the wording 'the' of `answers` has no word",
        ),
        ("answers: [Anna Berg]", "answers: [/(/]", 12, "is not a regular expression"),
        ("answers: [Anna Berg]", "answers: ['/[[a]/']", 12, "is not a regular expression"),
        ("answers: [Anna Berg]", f"answers: ['/a{{{'9' * 30}}}/']", 12, "is not a regular expression"),
        ("answers: [Anna Berg]", "answers: [/.*/]", 12, "matches everything"),
        (
            "answers: [Anna Berg]",
            "answers: [Anna Berg]\n        must_not_say: [/(/]",
            13,
            "the wording '/(/' of `must_not_say`",
        ),
        (
            "answers: [Anna Berg]",
            "answers: [Anna Berg]\n        must_not_say: [Berg]",
            12,
            "`must_not_say` forbids 'Berg'",
        ),
        ("answers: [Anna Berg]", "answers: [/B/]\n        must_not_say: [/B/]", 12, "`must_not_say` forbids '/B/'"),
        ("answers: [Anna Berg]", "answers: [Anna]\n        must_not_say: [/^a/]", 12, "`must_not_say` forbids '/^a/'"),
        ("cases:", "defaults: {must_not_say: [anna]}\ncases:", 13, "`must_not_say` forbids 'anna'"),
        ("cases:", "defaults: {must_not_say: [the]}\ncases:", 3, "the wording 'the' of `must_not_say`"),
        ("cases:", "defaults: {answers: [the]}\ncases:", 3, "defaults: unknown key 'answers'"),
        ("cases:", "defaults:\ncases:", 3, "`defaults` has no value"),
        ("        answers: [Anna Berg]\n", "", 11, "case 'talk/turn-1': it expects nothing"),
        (
            "answerable: false",
            "answerable: false\n        answers: [Anna]",
            13,
            "`answerable: false` and also `answers`",
        ),
        ("answerable: false", "answerable: false\n        evidence: [Anna]", 13, "and also `evidence`"),
        ("answerable: false", "answerable: 'no'", 14, "`answerable` is 'no'; it must be true or false"),
        ("tags: [when]", "verdict: yes", 8, '`verdict` is yes, which is no text without quotes. Write verdict: "yes".'),
        ("tags: [when]", "verdict: No", 8, '`verdict` is No, which is no text without quotes. Write verdict: "no".'),
        ("tags: [when]", "verdict: maybe", 8, "`verdict` is 'maybe'; it must be 'yes' or 'no'."),
        ("tags: [when]", "verdict: ''", 8, "`verdict` is ''; it must be 'yes' or 'no'."),
        ("tags: [when]", "verdict:", 8, "`verdict` has no value. Give it one, or leave it out."),
        (
            "answerable: false",
            "answerable: false\n        verdict: 'no'",
            13,
            "and also `verdict`. Take one of the two",
        ),
        ("tags: [when]", "kind: lists", 8, "`kind` is 'lists'; it must be 'fact', 'list', 'yes_no',"),
        ("tags: [when]", "kind: no", 8, "`kind` is no; it must be 'fact', 'list', 'yes_no',"),
        ("tags: [when]", "only_evidence: 'yes'", 8, "`only_evidence` is 'yes'; it must be true or false"),
        (
            "    evidence: [burned down in 1912]\n",
            "    only_evidence: true\n",
            4,
            "`only_evidence`, but no `evidence`. Give",
        ),
        ("answerable: false", "answerable: false\n        only_evidence: true", 13, "and also `only_evidence`"),
        ("tags: [when]", "in_order: true", 4, "`in_order`, which needs two or more quotes in `evidence`. Give"),
        ("answerable: false", "answerable: false\n        in_order: true", 13, "and also `in_order`"),
        ("tags: [when]", "all_evidence: 1", 8, "`all_evidence` is 1; it must be true or false"),
        ("tags: [when]", "all_evidence: true\n    evidence_mode: all", 4, "`all_evidence` and also `evidence_mode`"),
        ("cases:", "defaults: {kind: list}\ncases:", 3, "defaults: unknown key 'kind'"),
        ("tags: [when]", "evidence_mode: some", 8, "`evidence_mode` is 'some'; it must be 'any' or 'all'"),
        ("tags: [when]", "max_seconds: fast", 8, "`max_seconds` is 'fast'; it must be a number"),
        ("tags: [when]", "max_seconds: 0", 8, "`max_seconds` is 0; it must be a number above 0"),
        ("tags: [when]", "max_seconds: .inf", 8, "`max_seconds` is .inf; it must be a number above 0"),
        ("tags: [when]", "max_seconds: true", 8, "`max_seconds` is true; it must be a number"),
        ("tags: [when]", "note: [a]", 8, "`note` is ['a']; it must be a text"),
        (
            "    turns:",
            "    question: And?\n    turns:",
            10,
            "it has `turns` and also 'question'. Put that into the turns.",
        ),
        ("    turns:", "    max_seconds: 1\n    turns:", 10, "it has `turns` and also 'max_seconds'"),
        ("      - question: Who paid?", "      - id: x\n        question: Who paid?", 13, "unknown key 'id'"),
        ("cases:", "cases: []\nother:", 3, "`cases` has no entry"),
        ("articles: [mill.txt]", "articles: [mill.txt", 3, "this is not YAML"),
        ("articles: [mill.txt]", "articles: [mill.txt]\n\tcases: x", 3, "this is not YAML"),
        ("cases:", "---\ncases:", 3, "this is not YAML"),
        ("id: when", "id: &name when", 4, ""),
        ("tags: [when]", "tags: [!!binary aGk=]", 8, "!!binary has no place in a question set"),
        ("tags: [when]", "tags: !!python/tuple [a]", 8, "has no place in a question set"),
        ("tags: [when]", "tags: !mine [a]", 8, "!mine has no place in a question set"),
        ("tags: [when]", "max_seconds: !!int x", 8, "'x' can't be read"),
        ("tags: [when]", "max_seconds: !!bool x", 8, "'x' can't be read"),
        ("tags: [when]", "note: !!timestamp x", 8, "'x' can't be read"),
        ("tags: [when]", f"max_seconds: {'9' * 5000}", 8, "can't be read"),
        ("tags: [when]", "yes: [when]", 8, "'yes' can't be a key"),
        ("tags: [when]", "? [a]\n    : b", 8, "can't be a key"),
        ("tags: [when]", "<<: {note: a}", 8, "'<<' can't be a key"),
        ("tags: [when]", 'tags: ["\\uD800"]', 8, ""),
        ("tags: [when]", "tags: [\x07]", 8, ""),
        ("tags: [when]", f"tags: {'[' * 100}{']' * 100}", 8, "nested too deeply"),
    ],
)
def test_a_broken_set_is_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, complaint: str
) -> None:
    path = changed(tmp_path, (old, new))
    if new == "id: &name when":  # an anchor alone is no harm
        assert load(path)
        return
    lines = refusal(path).split("\n")
    assert any(text.startswith(f"{path}:{line}: ") and complaint in text for text in lines), lines
    assert all(re.match(re.escape(f"{path}:") + r"\d+: \S.*[.?]$", text) for text in lines), lines


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = refusal(changed(tmp_path, ("version: 1", "version: 3"), ("question: When", "ask: When"), ("[when]", "when")))
    assert [int(re.findall(r"yaml:(\d+):", text)[0]) for text in said.split("\n")] == [1, 4, 5, 8]
    said = refusal(changed(tmp_path, ("in 1912", "in 1913"), ("[Anna Berg]", "[the]"), ("id: talk", "id: when")))
    assert [int(re.findall(r"yaml:(\d+):", text)[0]) for text in said.split("\n")] == [7, 9, 12]


def test_a_great_many_problems_are_cut_off(tmp_path: Path) -> None:
    cases = "".join(f"  - {{id: a{n}, question: 'Who?'}}\n" for n in range(100))
    said = refusal(write_set(tmp_path, f"version: 1\narticles: [mill.txt]\ncases:\n{cases}")).split("\n")
    assert len(said) == 21
    assert said[-1].endswith("and 80 more problems.")


def test_aliases_are_refused_and_bombs_with_them(tmp_path: Path) -> None:
    said = refusal(changed(tmp_path, ("tags: [when]", "tags: &a [when]\n    must_not_say: *a")))
    assert "set.yaml:9: an alias (*name) stands here" in said
    bomb = "a: &a [x]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert "an alias" in refusal(write_set(tmp_path, bomb))
    assert "an alias" in refusal(write_set(tmp_path, "cases: &a [*a]\n"))


def test_a_hash_that_does_not_agree(tmp_path: Path) -> None:
    other = HASH.replace(HASH[0], "0" if HASH[0] != "0" else "1")
    said = refusal(changed(tmp_path, ("[mill.txt]", f"\n- path: mill.txt\n  sha256: {other}")))
    assert "set.yaml:3: mill.txt is not the version that this set was made for" in said
    assert HASH in said
    assert other in said


def test_the_hash_of_the_file_is_told_from_that_of_its_text(tmp_path: Path) -> None:
    import hashlib

    windows = MILL.replace("\n", "\r\n").encode()
    path = changed(tmp_path, ("[mill.txt]", f"[{{path: mill.txt, sha256: {hashlib.sha256(windows).hexdigest()}}}]"))
    (tmp_path / "mill.txt").write_bytes(windows)
    said = refusal(path)
    assert "this is the SHA-256 of the file mill.txt" in said
    assert HASH in said


def test_two_articles_of_one_name_are_both_looked_into(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mill.txt").write_text("Another mill stood in Bergen. It never burned.", encoding="utf-8")
    path = changed(
        tmp_path, ("[mill.txt]", "[mill.txt, b/mill.txt]"), ("[Anna Berg]", "[x]\n        evidence: [Bergen]")
    )
    assert load(path).expected[1].evidence == ("Bergen",)


def test_quotes_are_of_the_canonical_text(tmp_path: Path) -> None:
    path = changed(tmp_path, ("[burned down in 1912]", "['1912.  Anna']"))
    (tmp_path / "mill.txt").write_text(MILL.replace("1912. Anna", "1912.  Anna"), encoding="utf-8")
    assert "Nearest is '1912. Anna'" in refusal(path)


@pytest.mark.parametrize("name", ["set.yaml", "set.jsonl"])
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", ":1: the file is empty"),
        (b"\n# nothing\n"[:1], ":1: the file is empty"),
        (b"version: 1\narticles: [\xff]", ":2: this is not UTF-8"),
        ("version: 1".encode("utf-16"), ":1: this is not UTF-8"),
        (b"[" * 100_000, ":1: "),
        (b'{"a":' * 100_000, ":1: "),
        (b"- " * 100_000, ":1: "),
        (b"just words", ":1: "),
        (b"[]", ":1: "),
        (b"\x00", ":1: "),
    ],
)
def test_what_is_no_set_at_all(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    assert f"{name}{complaint}" in refusal(write_set(tmp_path, content, name))


HEAD = '{"version": 1, "articles": ["mill.txt"]}\n'
CASE = '{"id": "a", "question": "Who?", "answers": ["Anna"]}\n'


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        (HEAD + CASE + '{"id": "b", "question": \n', 3, "this line is not JSON: Expecting value at column 25"),
        (HEAD + CASE + CASE[:-2] + CASE, 3, "this line is not JSON"),
        (HEAD + CASE + "\n" + CASE, 4, "the id 'a' is used more than once, first on line 2"),
        (HEAD + CASE.replace('"answers"', '"id"'), 2, "doubled key 'id'"),
        (HEAD + CASE.replace("Anna", "\\ud800"), 2, "half a character"),
        (HEAD + CASE.replace('"answers"', '"\\udfff"'), 2, "half a character"),
        (HEAD + CASE.replace('["Anna"]', "[1912]"), 2, "entry 1 of `answers` is 1912; it must be a text"),
        (HEAD + CASE.replace('["Anna"]', '["Anna"], "max_seconds": NaN'), 2, "it must be a number above 0"),
        (HEAD + CASE.replace('["Anna"]', '["Anna"], "max_seconds": 1e999'), 2, "it must be a number above 0"),
        (HEAD + CASE.replace('["Anna"]', f'["Anna"], "max_seconds": {"9" * 5000}'), 2, "this line can't be read"),
        (HEAD + CASE.replace('"answers": ["Anna"]', '"verdict": true'), 2, 'Write verdict: "yes".'),
        (HEAD + "[]\n", 2, "it must be a mapping"),
        (HEAD, 1, "`cases` is missing"),
        (CASE, 1, "the first line must be the head"),
        (HEAD.replace("}", ', "cases": []}') + CASE, 1, "the first line must be the head"),
        (HEAD.replace("version", "vers") + CASE, 1, "Did you mean 'version'?"),
    ],
)
def test_json_lines_that_are_broken(tmp_path: Path, text: str, line: int, complaint: str) -> None:
    path = write_set(tmp_path, text, "set.jsonl")
    assert any(said.startswith(f"{path}:{line}: ") and complaint in said for said in refusal(path).split("\n"))


def test_files_that_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "none.yaml: can't be read: No such file" in refusal(tmp_path / "none.yaml")
    assert "no plain file" in refusal(tmp_path / "folder.yaml")
    assert "no plain file" in refusal(tmp_path / "pipe.yaml")
    assert "Rename it." in refusal(tmp_path / "set.txt")
    assert "can't be read" in refusal(tmp_path / "a\0b.yaml")


def test_the_error_is_one_of_footnotes() -> None:
    assert issubclass(QuestionSetError, FootnoteError)


# Any set


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("sets")
    (found / "mill.txt").write_text(MILL, encoding="utf-8")
    return found.resolve()


def without_lines(cases: tuple[Case, ...]) -> list[Case]:
    return [replace(case, turns=tuple(replace(turn, line=0) for turn in case.turns)) for case in cases]


@given(sets.several_cases, st.sampled_from(["", HASH]))
@example((Case("a", (Expected("a", "Who\x85 or\u2028what\x85", ("b\u2029",)),)),), "")
def test_any_set_is_written_and_read_back(folder: Path, cases: tuple[Case, ...], pinned: str) -> None:
    made = QuestionSet("mine", None, (Source(folder / "mill.txt", pinned),), cases)
    text = dumps(made, folder)
    found = load(write_set(folder, text))
    assert (found.sources, without_lines(found.cases)) == (made.sources, list(made.cases))
    assert dumps(found, folder) == text
    data = yaml.safe_load(text)
    entries = data.pop("cases")
    rows = "\n".join(json.dumps(row) for row in [data, *entries])
    assert without_lines(load(write_set(folder, rows, "set.jsonl")).cases) == list(made.cases)


@given(sets.several_cases, st.data())
def test_letters_changed_anywhere_are_read_or_refused(
    folder: Path, cases: tuple[Case, ...], data: st.DataObject
) -> None:
    made = QuestionSet("mine", None, (Source(folder / "mill.txt"),), cases)
    content = bytearray(dumps(made, folder).encode())
    name = data.draw(st.sampled_from(["set.yaml", "set.jsonl"]))
    if name == "set.jsonl":
        whole = yaml.safe_load(bytes(content))
        entries = whole.pop("cases")
        content = bytearray("\n".join(json.dumps(row) for row in [whole, *entries]).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 5)))
        content[start:end] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"\n", b"[", b'"', b": ", b"- ", b"*a", b"&a "])
        )
    read_or_refused(write_set(folder, bytes(content), name))


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"? ")
@example(b"!!map [a]")
@example(b"!!str {}")
@example(b"{1: 2, [a]: b}")
@example(b"%YAML 9.9\n---\na")
@example(b"!<tag:yaml.org,2002:int> ")
@example(b"0x")
@example(b"{version: 1, articles: [mill.txt], cases: [{id: a, question: q, answers: ['//a']}]}")
def test_anything_is_read_or_refused(folder: Path, content: bytes) -> None:
    for name in ("set.yaml", "set.jsonl"):
        read_or_refused(write_set(folder, content, name))


def read_or_refused(path: Path) -> None:
    said = f"{path}:"
    try:
        load(path)
    except QuestionSetError as error:
        said = str(error)
    assert said.startswith(f"{path}:")
