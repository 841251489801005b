"""The errors of answering, and those of `index/errors.py` too, so that users need one import.

FootnoteError
├── EmptyLibraryError   a question was asked of a library without articles
├── QuestionError       something is not a question, or a search is limited to nothing
├── ReaderError         the reader's files are missing or damaged, or the model that was set can't be used
├── ModelError          a language model can't be reached, refuses, or takes too long
│   └── CassetteError   a recording of a language model can't be used, or lacks the request
├── ReplyError          a language model's reply can't be read
├── QuestionSetError    a question set, or its source, can't be used: file, line, and what is wrong
├── RatingError         a rating of an answer can't be kept
├── PageError           the chat page can't start
│   └── PortInUseError  another program listens on the port
└── (index/errors.py)   SettingsError, LoadError, LibraryError, ConversationNotFoundError, EmbeddingError,
                         VectorStoreError and their children
"""

from __future__ import annotations

from index.errors import (
    ArticleExistsError,
    ArticleNotFoundError,
    ArticleTooLargeError,
    CollectionNameError,
    CollectionNotFoundError,
    ConversationNotFoundError,
    EmbeddingError,
    EmptyArticleError,
    FetchError,
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
    WebNotAllowedError,
)

__all__ = [
    "ArticleExistsError",
    "ArticleNotFoundError",
    "ArticleTooLargeError",
    "CassetteError",
    "CollectionNameError",
    "CollectionNotFoundError",
    "ConversationNotFoundError",
    "EmbeddingError",
    "EmptyArticleError",
    "EmptyLibraryError",
    "FetchError",
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
    "WebNotAllowedError",
]


class EmptyLibraryError(FootnoteError):
    """A question was asked of a library without articles."""


class QuestionError(FootnoteError):
    """Something is not a question, or a search is limited to nothing."""


class QuestionSetError(FootnoteError):
    """A question set, or a file to make one from, can't be used; each line of the message names file, line and problem."""


class RatingError(FootnoteError):
    """A rating of an answer can't be kept: it has no verdict, is too long, or its quote does not stand where it should."""


class ReaderError(FootnoteError):
    """The reader's files are missing or damaged, or the model that was set can't be used."""


class ModelError(FootnoteError):
    """A language model can't be reached, refuses, or takes too long. The message holds nothing that the server wrote."""


class CassetteError(ModelError):
    """A recording of a language model can't be read or written, or lacks a request. No other answer is given in its place."""


class ReplyError(FootnoteError):
    """A language model's reply can't be read: it is empty, cut off, too long, or not in the form asked for."""


class PageError(FootnoteError):
    """The chat page can't start."""


class PortInUseError(PageError):
    """Another program listens on this port."""
