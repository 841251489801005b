"""The settings of answering, which include those of finding: one immutable object."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from assistant.core.errors import SettingsError
from index.settings import IndexSettings


class Settings(IndexSettings):
    """All settings. Each can also be set by an environment variable `FOOTNOTE_<NAME>`.

    Attributes:
        reader: what reads the evidence: "strong", a network of 110 million parameters, made at first use from base_model; "fast",
            the small built-in network; "auto", the strong one if its base is there, else the fast one; "quoting", which picks
            sentences by their words and meaning; or any extractive question-answering model for transformers, as a folder or as
            a name in the local hub cache. "trained" is an older name of "fast".
        base_model: folder of all-mpnet-base-v2; None = the local hub cache, else the packages that carry it.
        evidence: the most passages that are read for a question.
        threshold: an answer less probable than this becomes a refusal; None = the reader's own, chosen on held-out questions.
        llm: the language model that writes the answers, as "provider:model@address"; empty = none: articles are quoted.
            Its key is read from FOOTNOTE_LLM_KEY alone and is not a setting.
        llm_followups: whether the language model also rewrites follow-ups, instead of the built-in network.
        llm_format: the form of its replies: "json", held to a schema by its server; "lines"; or "auto", which uses lines if
            the server refuses a schema.
        llm_passage_tokens: the most tokens of passages in a prompt.
        llm_answer_tokens: the most tokens that the model may write for an answer, over all its replies.
        llm_conversation_tokens: the most tokens that it may read and write for a conversation; 0 = no limit.
        llm_connect_seconds: the longest wait for a connection to its server.
        llm_first_token_seconds: the longest wait for the first piece of a reply, and between two pieces.
        llm_seconds: the longest time for a whole reply.
        llm_retries: how often a request is sent again if the server is too busy (429) or fails (5xx).
        llm_requests: the most requests that this process has open at once; others wait.
        llm_cache: folder where replies are kept and reused for the very same request; None = replies are not kept.
        trace_texts: whether questions, answers and passages may stand in traces, if the program makes any.
    """

    reader: str = Field(default="auto", min_length=1)
    base_model: Path | None = None
    evidence: int = Field(default=8, ge=1, le=50)
    threshold: float | None = Field(default=None, ge=0, le=1)
    llm: str = ""
    llm_followups: bool = False
    llm_format: Literal["auto", "json", "lines"] = "auto"
    llm_passage_tokens: int = Field(default=3_000, ge=200)
    llm_answer_tokens: int = Field(default=1_200, ge=50)
    llm_conversation_tokens: int = Field(default=200_000, ge=0)
    llm_connect_seconds: float = Field(default=5.0, gt=0)
    llm_first_token_seconds: float = Field(default=60.0, gt=0)
    llm_seconds: float = Field(default=180.0, gt=0)
    llm_retries: int = Field(default=3, ge=0, le=10)
    llm_requests: int = Field(default=4, ge=1)
    llm_cache: Path | None = None
    trace_texts: bool = False


def load_settings(**values: object) -> Settings:
    """Settings from the given values, else from the environment, else the defaults.

    Raises:
        SettingsError: a value can't be used; the message names the setting, the value and what is allowed.
    """
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"The setting {name} (environment: FOOTNOTE_{name.upper()}) can't be {first.get('input')!r}: {first['msg']}. "
            "Change or remove it."
        ) from error


def library_folder(settings: Settings) -> Path:
    """Folder of the library: the one set, or the per-user data folder."""
    if settings.library is not None:
        return settings.library
    from platformdirs import user_data_path

    return user_data_path("footnote", appauthor=False) / "library"
