"""Prompts: a wrong placeholder is named when the file is loaded; values go in as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prompts
from prompts.loading import DECLARED, Prompt, PromptError, load, read

FOLDER = Path(prompts.__file__).parent


def written(folder: Path, text: str) -> Path:
    path = folder / "greet.txt"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_every_prompt_loads_and_can_be_filled(name: str) -> None:
    prompt = load(name)
    values = {placeholder: f"<{placeholder}>" for placeholder in DECLARED[name]}
    filled = prompt.fill(**values)
    assert all(value in filled for value in values.values())
    assert "{{" not in filled


def test_every_file_is_declared() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(DECLARED)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Hello {{name}}", r"greet\.txt: place is missing"),
        ("Hello {{name}} in {{place}} on {{day}}", r"greet\.txt: day is unknown; known are name, place"),
        ("Hello {{Name}} in {{place}}", r"greet\.txt: name is missing"),
        ("Hello {{name}}\nin {{place}}\nor {{ place }}", r"greet\.txt, line 3"),
        ("Hello {{name}} in {{place}} {{name}", r"greet\.txt, line 1"),
        ("Hello {{name}} in {{place}} {{", r"greet\.txt, line 1"),
        ("Hello {name} in {place}", r"greet\.txt: name, place is missing"),
    ],
)
def test_a_wrong_placeholder_is_named_with_its_file(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(PromptError, match=complaint):
        read(written(tmp_path, text), {"name", "place"})


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\x00")
    for name in ("bytes", "gone"):
        with pytest.raises(PromptError, match=rf"{name}\.txt can't be read"):
            read(tmp_path / f"{name}.txt", ())


def test_an_unknown_prompt_is_an_error() -> None:
    with pytest.raises(PromptError, match=r"no prompt '\.\./README'.*answer"):
        load("../README")


def test_values_must_be_those_that_are_declared() -> None:
    prompt = load("repair")
    with pytest.raises(PromptError, match="repair: failed is missing"):
        prompt.fill(format="x")
    with pytest.raises(PromptError, match="repair: question is unknown"):
        prompt.fill(format="x", failed="y", question="z")


def test_single_braces_are_text(tmp_path: Path) -> None:
    prompt = read(written(tmp_path, '{"found": true, "by": "{{name}}"}'), {"name"})
    assert prompt.fill(name="me") == '{"found": true, "by": "me"}'


VALUES = st.text() | st.sampled_from(["{{b}}", "{{a}}", "{", "}}", "\\1", "\\g<0>", "{0}", "%s", "$a", "{{a"])


@given(VALUES, VALUES, st.lists(st.text(alphabet="xyz \n{"), min_size=4, max_size=4))
def test_values_go_in_literally_and_are_not_filled_again(a: str, b: str, around: list[str]) -> None:
    first, second, third, last = (text.replace("{{", "").rstrip("{") for text in around)
    prompt = Prompt("greet", f"{first}{{{{a}}}}{second}{{{{b}}}}{third}{{{{a}}}}{last}", frozenset("ab"))
    assert prompt.fill(a=a, b=b) == f"{first}{a}{second}{b}{third}{a}{last}"
