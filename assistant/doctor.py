"""Checks library, index, models and port, and repairs what can be repaired; or checks whether a file can be read."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.core.errors import FingerprintError, FootnoteError, LoadError
from assistant.core.settings import Settings, library_folder, load_settings
from assistant.writing.model import Message, Request
from index.article import Article

_HELLO = Request("doctor", (Message("user", "Reply with the word: ready"),), max_tokens=16)

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Attributes:
        name: what was checked.
        ok: whether it is in order, after the repair if one was asked for.
        detail: what was found.
        remedy: what would repair it, or what did.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON types."""
        return asdict(self)

    def line(self) -> str:
        """The finding as a line for the terminal."""
        return f"{'ok  ' if self.ok else 'FAIL'} {self.name}: {self.detail}" + (
            f" -> {self.remedy}" if self.remedy else ""
        )


def examine(folder: Path | None, *, port: int, repair: bool, settings: Settings | None = None) -> list[Finding]:
    """Run all checks. If a language model is set, it is asked for one word.

    Args:
        folder: of the library; None = the one in the settings, else the per-user data folder.
        port: that the chat page would use.
        repair: repair what can be repaired.
        settings: None = from the environment.
    """
    settings = settings or load_settings()
    place = folder or library_folder(settings)
    # A library is whole or not whatever reads it.
    without = settings.model_copy(update={"llm": "", "reader": "quoting"})
    return [
        _model(settings, repair),
        _reader(settings, repair),
        *_language_model(settings),
        *_library(place, without, repair),
        _port(port),
    ]


def examine_file(path: Path, settings: Settings | None = None) -> list[Finding]:
    """Find out whether a file can be read, and if not, why.

    Args:
        path: the file; it is added to no library.
        settings: the settings with the limits; None = from the environment.

    Returns:
        The file, its kind, whether it could be read; then what was understood of it, one finding for each thing.
    """
    from index.loading.describing import understood
    from index.loading.files import load_with_notices
    from index.loading.formats import FORMATS

    settings = settings or load_settings()
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        return [Finding("file", False, f"{path}: {getattr(error, 'strerror', None) or error}", "check the path")]
    if path.is_dir():
        return [Finding("file", False, f"{path} is a folder", "name one file in it; footnote add takes whole folders")]
    kind = path.suffix.lower()
    findings = [
        Finding(
            "file", size <= settings.max_file_bytes, f"{path}, {size:,} bytes of {settings.max_file_bytes:,} at most"
        ),
        Finding("kind of file", kind in FORMATS, kind or "no suffix"),
    ]
    try:
        article, notices = load_with_notices(path, settings)
    except LoadError as error:
        return [*findings, Finding("reading", False, str(error))]
    told = understood(article, notices, kind, settings)
    findings.append(Finding("reading", True, "it can be read and added"))
    return findings + [Finding(name, True, value) for name, value in told if name != "kind of file"]


def _model(settings: Settings, repair: bool) -> Finding:
    from index.embedding import open_embedder

    def check() -> str:
        vector = open_embedder(settings).embed(["a sentence"])[0]
        return f"{settings.embedding_model}, {len(vector)} dimensions"

    try:
        return Finding("embedding model", True, check())
    except FootnoteError as error:
        if not repair:
            return Finding("embedding model", False, str(error), "--repair compiles it again")
        return _mended("embedding model", str(error), lambda: _recompile(settings), check)


def _recompile(settings: Settings) -> None:
    from index.compiling import forget_compiled

    forget_compiled(settings.cache_dir)


def _reader(settings: Settings, repair: bool) -> Finding:
    """Loads the reader. Where the base of the strong one is missing, "auto" is the fast one: in order, but worth knowing.

    Anything else that is wrong with the strong one is a fault, though "auto" would read with the fast one.
    """
    from assistant.network import base, trunk
    from assistant.opening import open_reader
    from assistant.reading.protocol import Loaded
    from index.embedding import open_embedder

    def check() -> str:
        fast = settings.reader == "auto" and not trunk.can_build(settings.cache_dir, settings.base_model)
        meant = {"reader": "fast" if fast else "strong"} if settings.reader == "auto" else {}
        reader = open_reader(settings.model_copy(update=meant), open_embedder(settings))
        if isinstance(reader, Loaded):
            reader.warm()
        return f"{reader.name}; {base.NOT_INSTALLED} {base.REMEDY}" if fast else reader.name

    try:
        return Finding("reader", True, check())
    except FootnoteError as error:
        if not repair or settings.reader not in ("auto", "strong"):
            return Finding("reader", False, str(error))
        return _mended("reader", str(error), lambda: trunk.forget_damaged(settings.cache_dir), check)


def _language_model(settings: Settings) -> list[Finding]:
    """The check of the language model; none if no model is set."""
    if not settings.llm:
        return []
    from assistant.writing.serving import open_model

    first = None
    try:
        with closing(open_model(settings)) as model, closing(model.stream(_HELLO)) as stream:
            for piece in stream:
                if piece and first is None:
                    first = stream.usage.seconds
    except FootnoteError as error:
        return [Finding("language model", False, str(error), "without the setting llm, articles are quoted")]
    whole = f"the whole reply after {stream.usage.seconds:.1f} s"
    if first is not None:
        return [Finding("language model", True, f"{model.name}, the first word after {first:.1f} s, {whole}")]
    # A model that reasons first may use up so few tokens before it writes a word.
    thinks = stream.usage.completion_tokens > 0
    detail = f"{model.name}, {'nothing but thoughts' if thinks else 'not a word'}, {whole}"
    return [
        Finding(
            "language model", thinks, detail, "" if thinks else "choose another model, or look into its server's log"
        )
    ]


def _library(folder: Path, settings: Settings, repair: bool) -> list[Finding]:
    if not (folder / "library.db").exists():
        return [Finding("library", True, f"none at {folder} yet; the first `footnote add` makes it")]
    try:
        with Assistant.open(folder, settings=settings) as assistant:
            return _opened_library(assistant, repair)
    except FingerprintError as error:
        if not repair:
            return [Finding("library", False, str(error), "--repair embeds everything anew")]

        def reembed() -> None:
            Assistant.open(folder, settings=settings, reembed=True).close()

        return [_mended("library", str(error), reembed, lambda: f"{folder}, embedded anew")]
    except FootnoteError as error:
        return [Finding("library", False, str(error))]


def _opened_library(assistant: Assistant, repair: bool) -> list[Finding]:
    if not assistant.can_write:
        detail = f"{len(assistant.articles())} articles; another process is the writer, so only reading was checked"
        return [Finding("library", True, detail), *_old(assistant.articles())]
    library = assistant.library_problems()
    findings = [
        Finding("library", not library, "; ".join(library) or f"{len(assistant.articles())} articles, all whole"),
        *_old(assistant.articles()),
    ]
    vectors = assistant.vector_problems()
    if vectors and repair:
        return [
            *findings,
            _mended("vectors", "; ".join(vectors), assistant.rebuild_vectors, lambda: "rebuilt from the library"),
        ]
    remedy = "--repair rebuilds them from the library" if vectors else ""
    return [*findings, Finding("vectors", not vectors, "; ".join(vectors) or "in step with the library", remedy)]


def _old(articles: Sequence[Article]) -> list[Finding]:
    """A note on articles that an older version read and that could not be read again; they are asked like all others."""
    old = [article for article in articles if not article.blocks]
    if not old:
        return []
    which = f"{', '.join(article.id for article in old[:_MOST_NAMED])}{', …' if len(old) > _MOST_NAMED else ''}"
    why = "an older version read them, and their source is gone"
    detail = f"{len(old)} of {len(articles)} articles have no headings, items and pages: {why} ({which})"
    return [Finding("blocks", True, detail, "if you have the files, add them again")]


def _port(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            why = error.strerror if isinstance(error, OSError) else "a port is a number from 1 to 65535"
            return Finding("port", False, f"{port} can't be used: {why}", "serve with another --port")
    return Finding("port", True, f"{port} is free")


def _mended(name: str, problem: str, mend: Callable[[], None], check: Callable[[], str]) -> Finding:
    try:
        mend()
        return Finding(name, True, check(), f"mended ({problem})")
    except FootnoteError as error:
        return Finding(name, False, str(error))
    except OSError as error:
        return Finding(name, False, f"{problem}; it can't be mended: {error}")
