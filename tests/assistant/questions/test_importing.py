"""Sets from promptfoo's and SQuAD's files: what is taken over, what is said in notes, and that every result loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.errors import QuestionSetError
from assistant.questions import QuestionSet, load
from assistant.questions.importing.formats import import_promptfoo, import_squad
from assistant.questions.spec.wordings import holds
from tests.assistant.questions.sets import MILL, json_values, write_set

# promptfoo


def from_promptfoo(folder: Path, config: Any, name: str = "promptfooconfig.yaml") -> QuestionSet:
    """The set that comes of a configuration, loaded."""
    text = config if isinstance(config, str) else yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    source = folder / name
    source.write_text(text, encoding="utf-8")
    (folder / "mill.txt").write_text(MILL, encoding="utf-8")
    return load(write_set(folder, import_promptfoo(source, [folder / "mill.txt"], folder=folder)))


def asserting(*assertions: Any, **more: Any) -> dict[str, Any]:
    return {"tests": [{"vars": {"question": "Who?"}, "assert": list(assertions), **more}]}


CONFIG = """\
# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json
description: The mill
prompts:
  - "Answer from the article: {{question}}"
  - file://other.txt
providers: [openai:gpt-4.1-mini]
defaultTest:
  assert:
    - type: latency
      threshold: 2500
    - type: not-contains
      value: As an AI
tests:
  - description: the first fire
    vars: {question: When did the mill burn down first?, year: 1912}
    assert:
      - {type: contains, value: "{{year}}"}
    metadata: {tags: [fire, "when, exactly"]}
  - vars: {question: Who rebuilt it?}
    assert:
      - {type: icontains-any, value: [Anna Berg, Mrs Berg]}
      - {type: llm-rubric, value: is polite}
  - vars: {question: Who paid for it?}
    assert: [{type: is-refusal}]
  - vars: {question: Is it fine?}
    assert: [{type: llm-rubric, value: is true}]
"""


def test_a_configuration_of_promptfoo(tmp_path: Path) -> None:
    found = from_promptfoo(tmp_path, CONFIG.replace("As an AI", "as a model"))
    fire, rebuilt, paid, fine = found.expected
    assert (fire.id, fire.question) == ("the-first-fire", "When did the mill burn down first?")
    assert (fire.answers, fire.must_not_say, fire.max_seconds) == (("1912",), ("as a model",), 2.5)
    assert (fire.tags, fire.note) == (("fire", "when  exactly"), "the first fire")
    assert rebuilt.answers == ("Anna Berg", "Mrs Berg")
    assert rebuilt.note == "Not taken over: llm-rubric, value 'is polite'"
    assert (paid.answerable, paid.tags) == (False, ("unanswerable",))
    assert (fine.answers, fine.must_not_say, "llm-rubric" in fine.note) == ((), ("as a model",), True)


def test_a_test_of_which_nothing_is_left_is_a_comment(tmp_path: Path) -> None:
    config = asserting({"type": "equals", "value": "Anna"})
    config["tests"].append(
        {"vars": {"question": "Is it\nfine?"}, "assert": [{"type": "python", "value": "file://x.py"}]}
    )
    assert [expected.answers for expected in from_promptfoo(tmp_path, config).expected] == [("Anna",)]
    text = (tmp_path / "set.yaml").read_text(encoding="utf-8")
    assert text.endswith(
        "# Not taken over:\n# Is it\n# fine?: nothing is left that can be expected.\n"
        "#   Not taken over: python, value 'file://x.py'\n"
    )


def test_small_talk_is_no_case(tmp_path: Path) -> None:
    config = asserting({"type": "equals", "value": "Anna"})
    config["tests"].append({"vars": {"question": "Hello!"}, "assert": [{"type": "icontains", "value": "hello"}]})
    assert len(from_promptfoo(tmp_path, config).expected) == 1
    text = (tmp_path / "set.yaml").read_text(encoding="utf-8")
    assert "# Hello!: it is small talk, for which nothing is searched." in text


@pytest.mark.parametrize(
    ("assertions", "right", "wrong"),
    [
        (
            [{"type": "contains-all", "value": ["Anna", "1912"]}],
            ["in 1912 by Anna", "Anna\n1912"],
            ["Anna", "Annas 1912"],
        ),
        (
            [{"type": "contains", "value": "Anna"}, {"type": "regex", "value": "19\\d2"}],
            ["1912: Anna"],
            ["Anna", "1912"],
        ),
        (
            [{"type": "icontains-any", "value": "Anna, Berg"}, {"type": "contains", "value": "5 %"}],
            ["anna, 5 %", "5 % for Berg"],
            ["Anna Berg", "5"],
        ),
        ([{"type": "assert-set", "assert": [{"type": "equals", "value": "Anna"}]}], ["Anna"], ["Berg"]),
        ([{"type": "contains", "value": "/etc/"}], ["in /etc/ it is"], ["etc"]),
    ],
)
def test_assertions_that_must_hold_together(
    tmp_path: Path, assertions: list[Any], right: list[str], wrong: list[str]
) -> None:
    (expected,) = from_promptfoo(tmp_path, asserting(*assertions)).expected
    matched = [text for text in (*right, *wrong) if any(holds(text, wording) for wording in expected.answers)]
    assert matched == right


@pytest.mark.parametrize("assertion", ["equals", "contains", "icontains"])
def test_a_bare_yes_or_no_is_the_verdict(tmp_path: Path, assertion: str) -> None:
    (expected,) = from_promptfoo(tmp_path, asserting({"type": assertion, "value": "No."})).expected
    assert (expected.verdict, expected.answers) == ("no", ())
    assert "verdict: 'no'\n" in (tmp_path / "set.yaml").read_text(encoding="utf-8")
    both = [{"type": assertion, "value": "Yes"}, {"type": "contains", "value": "Anna"}]
    (expected,) = from_promptfoo(tmp_path, asserting(*both)).expected
    assert (expected.verdict, expected.answers) == ("yes", ("Anna",))


def test_a_yes_among_others_is_no_verdict(tmp_path: Path) -> None:
    more = [{"type": "contains-any", "value": ["yes", "Anna"]}, {"type": "not-icontains", "value": "no"}]
    (expected,) = from_promptfoo(tmp_path, asserting(*more)).expected
    assert (expected.verdict, expected.answers, expected.must_not_say) == ("", ("yes", "Anna"), ("no",))
    opposite = [{"type": "icontains", "value": "yes"}, {"type": "icontains", "value": "no"}]
    (expected,) = from_promptfoo(tmp_path, asserting(*opposite)).expected
    assert (expected.verdict, expected.note) == ("yes", "Not taken over: icontains, value 'no'")


def test_a_verdict_of_a_refusal_is_no_case(tmp_path: Path) -> None:
    config = asserting({"type": "equals", "value": "Anna"})
    both = [{"type": "is-refusal"}, {"type": "equals", "value": "yes"}]
    config["tests"].append({"vars": {"question": "Is it?"}, "assert": both})
    assert len(from_promptfoo(tmp_path, config).expected) == 1


def test_what_must_not_be_said(tmp_path: Path) -> None:
    (expected,) = from_promptfoo(
        tmp_path,
        asserting(
            {"type": "not-icontains", "value": "flood"},
            {"type": "not-contains-any", "value": ["storm", "war"]},
            {"type": "not-contains-all", "value": ["Anna", "sold"]},
            {"type": "not-regex", "value": "20\\d\\d"},
        ),
    ).expected
    assert expected.answerable
    said = {"a flood": True, "war!": True, "Anna": False, "sold by Anna": True, "in 2024": True, "1912": False}
    assert {text: any(holds(text, word) for word in expected.must_not_say) for text in said} == said


@pytest.mark.parametrize(
    "left",
    [
        {"type": "similar", "value": "Anna", "threshold": 0.8},
        {"type": "regex", "value": "(?<name>x"},
        {"type": "regex", "value": ".*"},
        {"type": "contains", "value": "{{missing}}"},
        {"type": "contains", "value": "{{ question | upper }}"},
        {"type": "contains", "value": "file://answer.txt"},
        {"type": "contains", "value": "..."},
        {"type": "contains", "value": ["a1", "b1"]},
        {"type": "contains"},
        {"type": "contains", "value": "Berg", "weight": 0},
        {"type": "not-equals", "value": "Berg"},
        {"type": "starts-with", "value": "Berg"},
        {"type": "latency", "threshold": "fast"},
        {"type": "latency", "threshold": -1},
        {"type": "assert-set", "threshold": 0.5, "assert": []},
        {"$ref": "#/assertionTemplates/x"},
        "contains",
        None,
    ],
)
def test_assertions_without_a_place_are_notes(tmp_path: Path, left: Any) -> None:
    (expected,) = from_promptfoo(tmp_path, asserting({"type": "contains", "value": "Anna"}, left)).expected
    assert (expected.answers, expected.must_not_say, expected.max_seconds) == (("Anna",), (), None)
    assert "Not taken over: " in expected.note


def test_more_that_is_said_in_notes(tmp_path: Path) -> None:
    config = asserting({"type": "contains", "value": "Anna"}, threshold=0.5, metadata={"conversationId": "a"})
    (expected,) = from_promptfoo(tmp_path, config).expected
    assert "threshold" in expected.note
    assert "`turns`" in expected.note


@pytest.mark.parametrize(
    ("variables", "prompts", "question"),
    [
        ({"context": "x", "query": "Who?"}, ["{{context}} {{query}}"], "Who?"),
        ({"person": "Who?"}, ["Tell me: {{person}}"], "Who?"),
        ({"name": "Anna", "place": "the mill"}, ["Did {{name}} see {{ place }}?"], "Did Anna see the mill?"),
        ({}, [{"raw": "Who?", "label": "one"}], "Who?"),
        ({}, "Who?", "Who?"),
        ({"question": "Who owns the {{thing}}?", "thing": "mill"}, ["{{question}}"], "Who owns the mill?"),
    ],
)
def test_where_the_question_is_found(tmp_path: Path, variables: dict[str, str], prompts: Any, question: str) -> None:
    tests = [{"vars": variables, "assert": [{"type": "contains", "value": "Anna"}]}]
    (expected,) = from_promptfoo(tmp_path, {"prompts": prompts, "tests": tests}).expected
    assert expected.question == question


def test_variables_that_are_lists_make_a_case_each(tmp_path: Path) -> None:
    tests = [
        {"vars": {"question": ["Who?", "Whose?"], "n": [1, True]}, "assert": [{"type": "contains", "value": "x{{n}}"}]}
    ]
    found = from_promptfoo(tmp_path, tests)
    assert [(e.id, e.answers[0]) for e in found.expected] == [
        ("who", "x1"),
        ("who-2", "xtrue"),
        ("whose", "x1"),
        ("whose-2", "xtrue"),
    ]


def test_json_is_read_too(tmp_path: Path) -> None:
    config = asserting({"type": "contains", "value": "Anna"})
    assert from_promptfoo(tmp_path, json.dumps(config, indent="\t"), "tests.json").expected[0].answers == ("Anna",)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.yaml", "tests: [\n- a", ":2: this is not YAML"),
        ("a.yaml", "tests: !!bool x", ":1: this can't be read"),
        ("a.yaml", "prompts: [a]", ":1: there are no `tests`"),
        ("a.yaml", "tests: file://tests.csv", ":1: its tests stand in another file, 'file://tests.csv'"),
        ("a.yaml", "tests: [file://a.yaml]", ":1: `tests` names other files"),
        ("a.yaml", "tests: [{}]", ":1: Nothing here can be taken over"),
        (
            "a.yaml",
            "tests: [{vars: {q: Who?}, assert: [{type: is-refusal}, {type: contains, value: a1}]}]",
            "a refusal is",
        ),
        (
            "a.yaml",
            "tests: [{vars: {q: W}, assert: [{type: contains, value: a1}, {type: not-contains, value: A1}]}]",
            "forbidden",
        ),
        (
            "a.yaml",
            "tests: [{vars: {q: W}, assert: &a [{type: assert-set, assert: *a}]}]",
            ":1: its assertions hold themselves",
        ),
        ("a.yaml", f"tests: {'[' * 100_000}", "nested too deeply"),
        ("a.yaml", "tests: [!!python/name:os.system x]", ":1: this is not YAML"),
        ("a.json", '{"tests":\n x}', ":2: this is not JSON"),
    ],
)
def test_what_is_not_promptfoos(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(QuestionSetError) as caught:
        import_promptfoo(tmp_path / name, ["mill.txt"])
    assert complaint in str(caught.value)
    assert name in str(caught.value)


def test_a_set_needs_articles(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CONFIG, encoding="utf-8")
    with pytest.raises(QuestionSetError, match="at least one article"):
        import_promptfoo(tmp_path / "a.yaml", [])
    with pytest.raises(QuestionSetError, match="can't be read"):
        import_promptfoo(tmp_path / "b.yaml", ["mill.txt"])


def test_articles_are_named_as_it_is_wished(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CONFIG, encoding="utf-8")
    articles = [tmp_path / "x" / "mill.txt", "beside.txt"]
    named = [yaml.safe_load(import_promptfoo(tmp_path / "a.yaml", articles, folder=f)) for f in (None, tmp_path / "y")]
    assert named[0]["articles"] == [f"{tmp_path.resolve()}/x/mill.txt", "beside.txt"]
    assert named[1]["articles"] == ["../x/mill.txt", "beside.txt"]


anything = st.text(max_size=12) | json_values
kinds = st.sampled_from(
    "equals contains icontains-any contains-all regex not-contains not-regex is-refusal latency".split()
)
assertions = st.fixed_dictionaries({"type": kinds | anything}, optional={"value": anything, "threshold": anything})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("sets")
    (found / "mill.txt").write_text(MILL, encoding="utf-8")
    return found.resolve()


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "vars": st.dictionaries(st.sampled_from(["q", "a"]), anything),
                "assert": st.lists(assertions, max_size=4),
            },
            optional={"description": anything, "metadata": anything},
        ),
        max_size=3,
    )
)
def test_any_tests_become_a_set_that_loads_or_are_refused(folder: Path, tests: list[Any]) -> None:
    (folder / "tests.json").write_text(json.dumps(tests), encoding="utf-8")
    try:
        text = import_promptfoo(folder / "tests.json", ["mill.txt"])
    except QuestionSetError:
        return
    load(write_set(folder, text))


# SQuAD

CONTEXT = "The mill burned down in 1912. Anna Berg, its owner, rebuilt it. It burned down in 1950 again."


def asked(question: str, *answers: str, name: str = "", **more: Any) -> dict[str, Any]:
    found = [{"text": text, "answer_start": CONTEXT.find(text)} for text in answers]
    return {"id": name or question.lower(), "question": question, "answers": found, **more}


def squad(*qas: Any, title: str = "The_mill", context: str = CONTEXT) -> dict[str, Any]:
    return {"version": "v2.0", "data": [{"title": title, "paragraphs": [{"context": context, "qas": list(qas)}]}]}


def from_squad(folder: Path, data: Any) -> QuestionSet:
    """The set that comes of SQuAD's data, loaded."""
    source = folder / "squad.json"
    source.write_text(json.dumps(data), encoding="utf-8")
    text = import_squad(source, folder / "set")
    path = folder / "set" / "squad.questions.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_squad_2(tmp_path: Path) -> None:
    plausible = {"plausible_answers": [{"text": "Anna Berg", "answer_start": 30}], "is_impossible": True}
    found = from_squad(
        tmp_path, squad(asked("Who?", "Anna Berg", "Anna Berg", "Berg", name="57-a"), asked("Who paid?", **plausible))
    )
    who, paid = found.expected
    assert (who.id, who.answers, who.tags) == ("57-a", ("Anna Berg", "Berg"), ("the-mill",))
    assert who.evidence == ("Anna Berg, its owner, rebuilt it.",)
    assert (paid.id, paid.answerable, paid.answers) == ("who-paid", False, ())
    (source,) = found.sources
    assert source.path is not None
    assert source.path.name == "the-mill.txt"
    assert source.path.read_text(encoding="utf-8") == f"The mill\n\n{CONTEXT}\n"


def test_squad_1_has_no_word_of_the_impossible(tmp_path: Path) -> None:
    found = from_squad(tmp_path, {"version": "1.1", "data": squad(asked("When?", "1950"))["data"]})
    assert (found.expected[0].answers, found.expected[0].evidence) == (("1950",), ("It burned down in 1950 again.",))


def test_paragraphs_are_one_article_and_titles_several(tmp_path: Path) -> None:
    one, two = squad(asked("When?", "1912")), squad(asked("When?", "1912"), title="The mill")
    one["data"][0]["paragraphs"].append({"context": "It stood in Bergen.", "qas": []})
    found = from_squad(tmp_path, {"data": [*one["data"], *two["data"], {"title": "Empty", "paragraphs": []}]})
    assert [source.path.name for source in found.sources if source.path] == ["the-mill.txt", "the-mill-2.txt"]
    assert [expected.id for expected in found.expected] == ["when", "when-2"]


@pytest.mark.parametrize(
    ("answer", "evidence"),
    [
        ({"text": "Anna", "answer_start": 7}, ["Anna Berg, its owner, rebuilt it."]),
        ({"text": "Anna"}, ["Anna Berg, its owner, rebuilt it."]),
        ({"text": "burned", "answer_start": 1}, []),
        ({"text": "burned", "answer_start": -5}, []),
        ({"text": "flood", "answer_start": 0}, []),
        (
            {"text": "1912. Anna", "answer_start": 24},
            ["The mill burned down in 1912. Anna Berg, its owner, rebuilt it."],
        ),
    ],
)
def test_answers_that_stand_elsewhere_than_is_said(tmp_path: Path, answer: dict[str, Any], evidence: list[str]) -> None:
    (expected,) = from_squad(tmp_path, squad({"id": "a", "question": "What?", "answers": [answer]})).expected
    assert expected.answers == (answer["text"],)
    assert list(expected.evidence) == evidence
    assert ("there is no evidence" in expected.note) is not evidence


def test_odd_characters_are_cleaned_as_in_the_article(tmp_path: Path) -> None:
    context = "The\u00a0mill  burned in\u200b 1912.\r\n\r\nThe price was 5 /%/ \ud83d."
    data = squad(context=context)
    for text in ("1912", "/%/"):
        answers = [{"text": text, "answer_start": context.index(text)}]
        data["data"][0]["paragraphs"][0]["qas"].append({"id": text, "question": "What\ud800?", "answers": answers})
    first, second = from_squad(tmp_path, data).expected
    assert first.evidence == ("The mill burned in 1912.",)
    assert first.question == "What\ufffd?"
    assert second.answers == ("//%//",)
    assert holds("It was /%/ then", second.answers[0])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"data":\n[', ":2: this is not JSON"),
        ("[]", ":1: this is not SQuAD's JSON: the file has no 'data', or it is no list."),
        ('{"data": [1]}', "data[0] has no 'paragraphs'"),
        ('{"data": [{"paragraphs": [{}]}]}', "data[0].paragraphs[0] has no 'context', or it is no text"),
        ('{"data": [{"paragraphs": [{"context": "a", "qas": [{"id": 1}]}]}]}', "qas[0] has no 'question'"),
        ('{"data": [{"paragraphs": [{"context": "a", "qas": [{"question": "b"}]}]}]}', "qas[0] has no 'answers'"),
        (
            '{"data": [{"paragraphs": [{"context": "a", "qas": [{"question": "b", "answers": [{}]}]}]}]}',
            "qas[0].answers[0] has no 'text'",
        ),
        ('{"data": []}', ":1: Nothing here can be taken over"),
        ("[" * 100_000, ":1: this is not SQuAD's JSON"),
        ("9" * 5000, ":1: this is not SQuAD's JSON"),
    ],
)
def test_what_is_not_squads(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "squad.json").write_text(text, encoding="utf-8")
    with pytest.raises(QuestionSetError) as caught:
        import_squad(tmp_path / "squad.json", tmp_path / "set")
    assert complaint in str(caught.value)
    assert not (tmp_path / "set").exists()


def test_no_article_is_written_over(tmp_path: Path) -> None:
    from_squad(tmp_path, squad(asked("When?", "1912")))
    from_squad(tmp_path, squad(asked("When?", "1912")))
    (tmp_path / "set" / "the-mill.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(QuestionSetError, match=r"the-mill.txt is there already and holds something else"):
        from_squad(tmp_path, squad(asked("When?", "1912")))
    assert (tmp_path / "set" / "the-mill.txt").read_text(encoding="utf-8") == "mine"
    (tmp_path / "file").touch()
    with pytest.raises(QuestionSetError, match="can't be written"):
        import_squad(tmp_path / "squad.json", tmp_path / "file")


def test_a_title_leads_out_of_no_folder(tmp_path: Path) -> None:
    found = from_squad(tmp_path, squad(asked("When?", "1912"), title="../../etc/passwd"))
    assert [source.path for source in found.sources] == [(tmp_path / "set" / "etc-passwd.txt").resolve()]
