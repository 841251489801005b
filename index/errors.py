"""The errors of Footnote. All descend from `FootnoteError` and say what happened, with which value, and what to do.

FootnoteError
├── SettingsError               a setting has a value that can't be used
├── LoadError                   a file can't become an article
│   ├── UnsupportedFormatError  no loader for this kind of file
│   ├── UnreadableFileError     not text, damaged, encrypted, or not a plain file
│   ├── EmptyArticleError       nothing left to read after cleaning
│   ├── ArticleTooLargeError    over a size limit
│   ├── WebNotAllowedError      a link, and fetching is not allowed
│   └── FetchError              a link can't be fetched
├── LibraryError                the library can't do what was asked
│   ├── LibraryInUseError       another process is the writer
│   ├── LibraryDamagedError     the file is not a whole SQLite library
│   ├── LibraryVersionError     made by a newer version
│   ├── LibraryWriteError       the disk is full or the folder read-only
│   ├── FingerprintError        embedded with another model, or split by other rules
│   ├── ArticleNotFoundError    no article with this id
│   ├── ArticleExistsError      an article with this id or text is there already
│   ├── CollectionNotFoundError no collection with this name
│   └── CollectionNameError     no name for a collection, or one that another has
├── ConversationNotFoundError   no kept conversation with this id, or no such turn in it
├── EmbeddingError              the embedding model is missing or failed
├── VectorStoreError            Chroma can't be reached or used
└── (assistant/core/errors.py)       the answering side: EmptyLibraryError, QuestionError, ...
"""

from __future__ import annotations


class FootnoteError(Exception):
    """Base of all errors that a user of Footnote can meet."""


class SettingsError(FootnoteError):
    """A setting has a value that can't be used."""


class LoadError(FootnoteError):
    """A file can't become an article."""


class UnsupportedFormatError(LoadError):
    """There is no loader for this kind of file."""


class UnreadableFileError(LoadError):
    """The file is not text, damaged, encrypted, or not a plain file."""


class EmptyArticleError(LoadError):
    """Nothing is left to read after cleaning."""


class ArticleTooLargeError(LoadError):
    """The file or its text is over a size limit."""


class WebNotAllowedError(LoadError):
    """A link was given, and the settings don't allow fetching from the web."""


class FetchError(LoadError):
    """A link can't be fetched, or must not be. The message holds nothing that its server wrote."""


class LibraryError(FootnoteError):
    """The library can't do what was asked."""


class LibraryInUseError(LibraryError):
    """Another process is the one writer of this library."""


class LibraryDamagedError(LibraryError):
    """The file is not a whole SQLite library; it is left untouched."""


class LibraryVersionError(LibraryError):
    """The library was made by a newer version of Footnote."""


class LibraryWriteError(LibraryError):
    """The library can't be written: the disk is full or the folder read-only. Nothing was changed."""


class FingerprintError(LibraryError):
    """The library was embedded with another model, or split by other passage rules."""


class ArticleNotFoundError(LibraryError):
    """The library holds no article with this id."""


class ArticleExistsError(LibraryError):
    """The library holds an article with this id, or with the same text, already."""


class CollectionNotFoundError(LibraryError):
    """The library holds no collection with this name."""


class CollectionNameError(LibraryError):
    """A collection can't have this name: it is blank, or another collection has it."""


class ConversationNotFoundError(FootnoteError):
    """No kept conversation has this id, or it has no such turn."""


class EmbeddingError(FootnoteError):
    """The embedding model is missing or failed."""


class VectorStoreError(FootnoteError):
    """Chroma can't be reached or used."""
