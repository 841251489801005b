"""Settings of answering, those of finding among them: one immutable object."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from assistant.errors import SettingsError
from index.settings import IndexSettings


class Settings(IndexSettings):
    """Everything that can be set; each by an environment variable `FOOTNOTE_<NAME>` too.

    Attributes:
        reader: what reads the evidence: "trained", with the built-in network; "quoting", sentences by their words alone; or
            any extractive question-answering model for transformers, as a folder or as a name in the local hub cache.
        evidence: the most passages that are read for a question.
        threshold: an answer less probable than this is a refusal; None = the reader's own, chosen on held-out questions.
    """

    reader: str = Field(default="trained", min_length=1)
    evidence: int = Field(default=8, ge=1, le=50)
    threshold: float | None = Field(default=None, ge=0, le=1)


def load_settings(**values: object) -> Settings:
    """Settings from the given values, then the environment, then the defaults.

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
