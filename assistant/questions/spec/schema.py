"""Types of a question set's file; the JSON Schema for editors is generated from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from assistant.core.kinds import Kind

Text = Annotated[str, Field(pattern=r"\S")]
Id = Annotated[str, Field(pattern=r"^[^\s/]+$")]
TagName = Annotated[str, Field(pattern=r"^[^,]*[^,\s][^,]*$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
EvidenceMode = Literal["any", "all"]
_NOT_GIVEN: Any = None

_ANSWERS = (
    "Accepted wordings: text, or a regular expression between slashes. One must match what is said; case, punctuation and "
    "a, an, the don't count."
)
_EVIDENCE = (
    "Quotes from the articles, character by character. A citation must overlap one of them, or all (all_evidence)."
)
_FORBIDDEN = "Wordings, as in answers, none of which may match what is said."


def _when(key: str, value: bool, then: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema for: where a key has this value, more must hold."""
    return {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": then}


# A question must expect something, and its expectations must not contradict each other.
_EXPECTS: dict[str, Any] = {
    **_when(
        "answerable", False, {"not": {"anyOf": [{"required": [key]} for key in ("answers", "evidence", "verdict")]}}
    ),
    "else": {"anyOf": [{"required": [key]} for key in ("answers", "evidence", "must_not_say", "verdict", "kind")]},
    "allOf": [
        _when("only_evidence", True, {"required": ["evidence"]}),
        _when("in_order", True, {"required": ["evidence"], "properties": {"evidence": {"minItems": 2}}}),
        {"not": {"required": ["all_evidence", "evidence_mode"]}},
    ],
}


def _no_default(schema: dict[str, Any]) -> None:
    """Remove the default from the JSON Schema: it means "not given", and the file could not have it as a value."""
    schema.pop("default", None)


def _whole_number(value: Any) -> Any:
    """Refuse True and 1.0, which equal 1, so that pydantic would accept them."""
    if type(value) is not int:
        raise PydanticCustomError("literal_error", "Input should be 1", {"expected": "1"})
    return value


Version = Annotated[Literal[1], BeforeValidator(_whole_number)]


class _Strict(BaseModel):
    # Python's regular expressions, so that the loader and JSON Schema validators agree on what a space is.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, regex_engine="python-re")


class ArticleFile(_Strict):
    """An article that is pinned to one version."""

    path: Text = Field(
        default="",
        description="Its file, relative to the set or absolute; without it the library must hold it.",
        json_schema_extra=_no_default,
    )
    sha256: Digest = Field(description="SHA-256 of its text as Footnote reads it: content_hash of an article.")


class Defaults(_Strict):
    """What holds for every case that does not say otherwise; tags and must_not_say are added to the case's own."""

    evidence_mode: EvidenceMode = Field(default="any", description="Whether one quote must be cited, or all.")
    must_not_say: list[Text] = Field(default=[], min_length=1, description=_FORBIDDEN)
    max_seconds: Seconds = Field(
        default=0.0, description="An answer must not take longer.", json_schema_extra=_no_default
    )
    tags: list[TagName] = Field(default=[], description="For choosing cases and for figures by tag.")


class Turn(_Strict):
    """One question and what is expected of its answer."""

    model_config = ConfigDict(json_schema_extra=_EXPECTS)

    question: Text = Field(description="As it is asked.")
    answers: list[Text] = Field(default=[], min_length=1, description=_ANSWERS)
    evidence: list[Text] = Field(default=[], min_length=1, description=_EVIDENCE)
    evidence_mode: EvidenceMode = Field(default="any", description="The older way to write all_evidence: any, or all.")
    all_evidence: bool = Field(default=False, description="Whether all quotes must be cited, not only one.")
    only_evidence: bool = Field(default=False, description="Whether nothing but the quotes may be cited.")
    in_order: bool = Field(default=False, description="Whether the quotes must be cited in this order; two or more.")
    verdict: Literal["yes", "no"] = Field(
        default=_NOT_GIVEN,
        description='What the answer must say before its quotes: "yes" or "no", in quotes.',
        json_schema_extra=_no_default,
    )
    kind: Kind = Field(
        default=_NOT_GIVEN, description="How the question must be understood.", json_schema_extra=_no_default
    )
    answerable: bool = Field(
        default=True, description="false: the articles don't say, and the answer must be a refusal."
    )
    must_not_say: list[Text] = Field(default=[], min_length=1, description=_FORBIDDEN)
    max_seconds: Seconds = Field(
        default=0.0, description="The answer must not take longer.", json_schema_extra=_no_default
    )
    note: str = Field(default="", description="Why it is so; for readers.")


class Question(Turn):
    """A case of one question."""

    id: Id = Field(description="Its name, unique in the set: letters, digits, hyphens, dots, underscores.")
    tags: list[TagName] = Field(default=[], description="For choosing cases and for figures by tag.")


class Dialogue(_Strict):
    """A case of several questions, each asked with those before it as history."""

    id: Id = Field(description="Its name, unique in the set: letters, digits, hyphens, dots, underscores.")
    turns: list[Turn] = Field(min_length=1, description="The questions, in order.")
    tags: list[TagName] = Field(default=[], description="For choosing cases and for figures by tag.")
    note: str = Field(default="", description="Why it is so; for readers.")


def _article_kind(value: Any) -> str:
    return "file" if isinstance(value, (dict, ArticleFile)) else "path"


def _case_kind(value: Any) -> str:
    return "dialogue" if isinstance(value, Dialogue) or (isinstance(value, dict) and "turns" in value) else "question"


ArticleEntry = Annotated[
    Annotated[Text, Tag("path")] | Annotated[ArticleFile, Tag("file")], Discriminator(_article_kind)
]
CaseEntry = Annotated[
    Annotated[Question, Tag("question")] | Annotated[Dialogue, Tag("dialogue")], Discriminator(_case_kind)
]


class SetFile(_Strict):
    """Fixed questions about some articles, with what is expected of each answer."""

    model_config = ConfigDict(title="Footnote question set")

    version: Version = Field(description="Of this format.")
    articles: list[ArticleEntry] = Field(
        min_length=1,
        description="Files, relative to the set or absolute; or sha256:HEX of a text that the library holds.",
    )
    defaults: Defaults = Field(default=Defaults(), description="What holds for every case that does not say otherwise.")
    cases: list[CaseEntry] = Field(min_length=1, description="The questions.")


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a question set in YAML, for editors to complete and check.

    The loader refuses everything that the schema refuses, and checks more: articles, regular expressions, doubled ids.
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **SetFile.model_json_schema()}


def known_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys that a part of the file may have, in their usual order."""
    names = list(model.model_fields)
    return tuple(sorted(names, key=lambda name: (name != "id", names.index(name))))
