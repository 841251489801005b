"""A language model's replies kept in a folder, to be used again for the very same request."""

from __future__ import annotations

import json
import logging
from functools import partial
from pathlib import Path

from assistant.core.settings import Settings
from assistant.writing.kept import KeepingStream, KeptReply, KeptStream, replace_file
from assistant.writing.model import LanguageModel, ReplyStream, Request

_VERSION = 1
_LOG = logging.getLogger(__name__)


class Cached:
    """A LanguageModel that asks another one only what it was not asked before; several threads and processes may share a folder.

    Only replies that came to their end are kept, each in a file of its own that is called by the hash of model and request.
    Nothing limits how many: delete the folder, or any file in it, to be rid of them. A reply from here is given as one piece and
    costs nothing: its usage is empty, requests included.
    """

    def __init__(self, model: LanguageModel, folder: str | Path) -> None:
        """Touches nothing yet.

        Args:
            model: is asked; closed with this one.
            folder: is made when there is something to keep. Where it can't be written, replies are not kept, which is logged
                once as a warning.
        """
        self._model = model
        self._folder = Path(folder)
        self._warned = False

    @property
    def name(self) -> str:
        """The model's own: an answer is the same with and without a cache."""
        return self._model.name

    def stream(self, request: Request) -> ReplyStream:
        """See `LanguageModel.stream`."""
        file = self._folder / f"{request.key(self.name)}.json"
        text = _read(file)
        if text:
            return KeptStream((text,))
        return KeepingStream(self._model.stream(request), partial(self._keep, file))

    def close(self) -> None:
        """See `LanguageModel.close`."""
        self._model.close()

    def _keep(self, file: Path, reply: KeptReply | None) -> None:
        # An empty reply is a server's failure rather than an answer: it is asked for again.
        if reply is None or reply.ending != "whole" or not reply.pieces:
            return
        data = {"version": _VERSION, "text": "".join(reply.pieces)}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(file, json.dumps(data, ensure_ascii=False) + "\n")
        except OSError as error:
            if not self._warned:
                self._warned = True
                reason = error.strerror or error
                _LOG.warning(
                    "Replies of the language model are not kept: %s can't be written: %s. Set FOOTNOTE_LLM_CACHE to a folder "
                    "that can, or remove it.",
                    self._folder,
                    reason,
                )


def cached(model: LanguageModel, settings: Settings) -> LanguageModel:
    """The model, behind the cache that is set, if one is."""
    return Cached(model, settings.llm_cache) if settings.llm_cache else model


def _read(file: Path) -> str:
    """The reply that is kept there; empty if there is none, or none that can be read."""
    try:
        match json.loads(file.read_bytes()):
            case {"version": int(version), "text": str(text)} if version == _VERSION:
                return text
    except (OSError, ValueError, RecursionError):
        pass
    return ""
