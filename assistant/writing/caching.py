"""Keeps a language model's replies in a folder and reuses them for the very same request."""

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
    """A LanguageModel that asks another one only requests that are new; several threads and processes may share a folder.

    Only complete replies are kept, each in its own file, named by the hash of model and request. Their number is not limited:
    delete the folder, or any file in it, to remove them. A kept reply comes as one piece and its usage is empty, with 0 requests.
    """

    def __init__(self, model: LanguageModel, folder: str | Path) -> None:
        """Touches nothing yet.

        Args:
            model: answers new requests; closed with this one.
            folder: created when there is a reply to keep. If it can't be written, replies are not kept, and a warning is
                logged once.
        """
        self._model = model
        self._folder = Path(folder)
        self._warned = False

    @property
    def name(self) -> str:
        """The model's own name, since an answer is the same with and without a cache."""
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
        # An empty reply is more likely a server's failure than an answer, so it is not kept.
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
    """The model, behind a cache if the settings name a folder for one."""
    return Cached(model, settings.llm_cache) if settings.llm_cache else model


def _read(file: Path) -> str:
    """The reply kept in a file; empty if there is no readable one."""
    try:
        match json.loads(file.read_bytes()):
            case {"version": int(version), "text": str(text)} if version == _VERSION:
                return text
    except (OSError, ValueError, RecursionError):
        pass
    return ""
