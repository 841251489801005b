"""The language model's setting: what is wrong is said, and no key is ever shown."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.errors import SettingsError
from assistant.writing.naming import ModelName, load_key, parse_model_name

SECRET = "sk-secret"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            "openai-like:qwen2.5:7b@http://127.0.0.1:11434/v1",
            ModelName("openai-like", "qwen2.5:7b", "http://127.0.0.1:11434/v1"),
        ),
        (
            " openai-like:org/model:free@https://example.org/api/v1/\n",
            ModelName("openai-like", "org/model:free", "https://example.org/api/v1"),
        ),
        (
            "openai-like:@cf/meta/llama@https://example.org/v1",
            ModelName("openai-like", "@cf/meta/llama", "https://example.org/v1"),
        ),
        ("openai-like:m@http://[::1]:8080/v1", ModelName("openai-like", "m", "http://[::1]:8080/v1")),
        ("anthropic:claude-x", ModelName("anthropic", "claude-x")),
        ("anthropic:claude-x@20240620", ModelName("anthropic", "claude-x@20240620")),
        ("anthropic:claude-x@https://proxy.example", ModelName("anthropic", "claude-x", "https://proxy.example")),
    ],
)
def test_a_model_is_named_by_provider_model_and_address(value: str, expected: ModelName) -> None:
    assert parse_model_name(value) == expected
    assert parse_model_name(str(expected)) == expected


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("", "does not begin with openai-like: or anthropic:"),
        (SECRET, "does not begin with"),
        ("openai:gpt@https://example.org/v1", "does not begin with"),
        ("OpenAI-like:m@http://h/v1", "does not begin with"),
        ("openai-like", "does not begin with"),
        ("openai-like:@http://h/v1", "no model"),
        ("anthropic:", "no model"),
        ("openai-like:qwen2.5:7b", "address is missing"),
        ("openai-like:qwen@127.0.0.1:11434", "address is missing"),
        ("anthropic:claude-x@proxy.example:8080", "does not begin with http://"),
        ("openai-like:m@ftp://h/v1", "does not begin with http://"),
        (f"openai-like:m@http://user:{SECRET}@h/v1", "belongs in FOOTNOTE_LLM_KEY"),
        (f"openai-like:m@http://{SECRET}@h/v1", "belongs in FOOTNOTE_LLM_KEY"),
        (f"openai-like:m@https://h/v1?key={SECRET}", "belongs in FOOTNOTE_LLM_KEY"),
        (f"openai-like:m@https://h/v1#{SECRET}", "belongs in FOOTNOTE_LLM_KEY"),
        ("openai-like:m@http://", "names no host"),
        ("openai-like:m@http://:80/v1", "names no host"),
        ("openai-like:m@http://h:0/v1", "names no host"),
        ("openai-like:m@http://h\\evil/v1", "characters that no address has"),
        ("openai-like:m@http://hé/v1", "characters that no address has"),
        ("openai-like:m@http://h:99999/v1", "port that can't be"),
        ("openai-like:m@http://h:port/v1", "port that can't be"),
        ("openai-like:m@http://[::1/v1", "port that can't be"),
        ("openai-like:a model@http://h/v1", "spaces"),
        ("openai-like:m@http://h/v1\r\nx: y", "unprintable"),
        ("openai-like:" + "m" * 500 + "@http://h/v1", "more than 500"),
    ],
)
def test_what_is_wrong_is_said_with_an_example_and_without_the_value(value: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=r"FOOTNOTE_LLM.*openai-like:qwen2\.5:7b@http") as raised:
        parse_model_name(value)
    assert complaint in str(raised.value)
    assert SECRET not in str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@given(st.text() | st.text(alphabet=":@/h ").map(lambda rest: f"openai-like:m@http://{rest}"))
def test_any_text_is_a_model_or_a_settings_error(value: str) -> None:
    try:
        named = parse_model_name(value)
    except SettingsError:
        return
    assert parse_model_name(str(named)) == named
    assert named.address.count("@") == 0


def test_a_model_name_can_not_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        parse_model_name("anthropic:x").model = "y"  # type: ignore[misc]


def test_the_key_comes_from_its_own_variable_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-program")
    assert load_key() is None
    monkeypatch.setenv("FOOTNOTE_LLM_KEY", f" {SECRET}\n")
    key = load_key()
    assert key is not None
    assert key.get_secret_value() == SECRET
    assert SECRET not in f"{key} {key!r} {[key]}"
    assert load_key({"FOOTNOTE_LLM_KEY": "  "}) is None


@pytest.mark.parametrize("key", [f"{SECRET} x", f"{SECRET}\nx", f"{SECRET}é", f"{SECRET}\x00"])
def test_what_can_not_be_a_key_is_refused_unseen(key: str) -> None:
    with pytest.raises(SettingsError, match="FOOTNOTE_LLM_KEY") as raised:
        load_key({"FOOTNOTE_LLM_KEY": key})
    assert SECRET not in str(raised.value)
