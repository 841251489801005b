"""Errors of the answering side, and all of `index/errors.py` beside them, so that users need one import.

FootnoteError
├── EmptyLibraryError   a question to a library without articles
├── QuestionError       something that is not a question, or a search limited to nothing
├── ReaderError         the reader's files are damaged, or the model that was set can't be used
├── ModelError          a language model can't be reached, refuses, or takes too long
│   └── CassetteError   a recording of a language model can't be used, or lacks what is asked for
├── ReplyError          a language model's reply can't be read
├── QuestionSetError    a question set, or what one is made from, that can't be used: file, line, and what is wrong
├── RatingError         what is said of an answer can't be kept
├── PageError           the chat page can't start
│   └── PortInUseError  another program listens there
└── (index/errors.py)   SettingsError, LoadError, LibraryError, ConversationNotFoundError, EmbeddingError,
                         VectorStoreError and their children
"""

from __future__ import annotations

from index.errors import (
    ArticleExistsError,
    ArticleNotFoundError,
    ArticleTooLargeError,
    ConversationNotFoundError,
    EmbeddingError,
    EmptyArticleError,
    FingerprintError,
    FootnoteError,
    LibraryDamagedError,
    LibraryError,
    LibraryInUseError,
    LibraryVersionError,
    LibraryWriteError,
    LoadError,
    SettingsError,
    UnreadableFileError,
    UnsupportedFormatError,
    VectorStoreError,
)

__all__ = [
    "ArticleExistsError",
    "ArticleNotFoundError",
    "ArticleTooLargeError",
    "CassetteError",
    "ConversationNotFoundError",
    "EmbeddingError",
    "EmptyArticleError",
    "EmptyLibraryError",
    "FingerprintError",
    "FootnoteError",
    "LibraryDamagedError",
    "LibraryError",
    "LibraryInUseError",
    "LibraryVersionError",
    "LibraryWriteError",
    "LoadError",
    "ModelError",
    "PageError",
    "PortInUseError",
    "QuestionError",
    "QuestionSetError",
    "RatingError",
    "ReaderError",
    "ReplyError",
    "SettingsError",
    "UnreadableFileError",
    "UnsupportedFormatError",
    "VectorStoreError",
]


class EmptyLibraryError(FootnoteError):
    """A question to a library without articles."""


class QuestionError(FootnoteError):
    """Something that is not a question, or a search limited to nothing."""


class QuestionSetError(FootnoteError):
    """A question set, or a file that one is to be made from, can't be used; each line names file, line and what is wrong."""


class RatingError(FootnoteError):
    """What is said of an answer can't be kept: no verdict, too long, or a quote that does not stand where it should."""


class ReaderError(FootnoteError):
    """The reader's files are missing or damaged, or the model that was set can't be used."""


class ModelError(FootnoteError):
    """A language model can't be reached, refuses, or takes too long. Its message holds nothing that the server wrote."""


class CassetteError(ModelError):
    """A recording of a language model can't be read or written, or a request is not in it; never answered around."""


class ReplyError(FootnoteError):
    """A language model's reply can't be read: it is empty, torn, too long, or of another form than was asked for."""


class PageError(FootnoteError):
    """The chat page can't start."""


class PortInUseError(PageError):
    """Another program listens on this port."""
