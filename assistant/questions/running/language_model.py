"""Opens the language model of a run: asked directly, recorded, or replayed from a recording."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.core.errors import CassetteError, SettingsError

if TYPE_CHECKING:
    from assistant.writing.cassette import Recorder
    from assistant.writing.model import LanguageModel


@contextmanager
def open_language_model(
    llm: str = "", *, record: Path | None = None, replay: Path | None = None
) -> Iterator[LanguageModel | None]:
    """Open the language model of a run; None = the one of the settings, if any. `write_recording` writes what was recorded.

    Args:
        llm: its name, as in the settings; "" = the one there.
        record: the file that will receive its replies.
        replay: a file with recorded replies, used instead of any model.

    Raises:
        SettingsError: the name can't be used, or there is no model to record.
        CassetteError: the file with replies can't be used.
    """
    model = _opened(llm, record, replay)
    try:
        yield model
    finally:
        if model is not None:
            model.close()


def _opened(llm: str, record: Path | None, replay: Path | None) -> LanguageModel | None:
    if replay:
        from assistant.writing.cassette import Player

        return Player(replay)
    if not (llm or record):
        return None
    from assistant.core.settings import load_settings
    from assistant.writing.serving import open_model

    settings = load_settings(**({"llm": llm} if llm else {}))
    if record and not settings.llm:
        raise SettingsError(
            f"{record}: there is no language model to record. Name one with --llm (pytest: --footnote-llm) or FOOTNOTE_LLM."
        )
    from assistant.writing.caching import cached
    from assistant.writing.cassette import Recorder

    model = open_model(settings)
    if record:
        # Without the cache: its replies take no time and no tokens, and a recording should say what the run costs.
        return Recorder(model, record)
    return cached(model, settings)


def write_recording(model: LanguageModel | None) -> str:
    """Write the recording, if the model is being recorded. To be called at the end of a complete run.

    Returns:
        What was written, in words; "" = nothing was recorded.

    Raises:
        CassetteError: the file can't be written, or there were only errors; what it held stays.
    """
    from assistant.writing.cassette import Recorder

    if not isinstance(model, Recorder):
        return ""
    _check_replies(model)
    model.commit()
    count, errors = len(model.replies), sum(reply.ending == "failed" for reply in model.replies)
    said = f"{model.path}: {count} {'reply' if count == 1 else 'replies'} recorded"
    return f"{said}, {errors} of them errors" if errors else said


def _check_replies(recorder: Recorder) -> None:
    errors = [reply.error for reply in recorder.replies if reply.ending == "failed"]
    if errors and len(errors) == len(recorder.replies):
        raise CassetteError(f"{recorder.path}: not written: the language model gave nothing but errors. {errors[0]}")
