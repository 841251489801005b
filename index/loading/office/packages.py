"""Zip files with XML inside, opened safely: bounded in number and size, no entities, no network, nothing written."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote
from xml.parsers import expat

from index.errors import ArticleTooLargeError, LoadError, UnreadableFileError

if TYPE_CHECKING:
    from index.settings import IndexSettings

_MAX_MEMBERS = 20_000
_MAX_UNPACKED = 8
"""A package may unpack to so many times the largest file."""

_MAX_RATIO = 250
"""A large member packed tighter than this is a bomb; sheets of a million like rows reach 100."""

_LARGE = 16 * 1024 * 1024
_NO_MEMORY = 2
_OLE = b"\xd0\xcf\x11\xe0"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Package:
    """The members of a zip file that may be read. Names that lead out of it are not among them.

    Args:
        file: the open file.
        name: the file's name, for messages.
        settings: the settings with the limits.

    Attributes:
        data: the bytes of the whole file, for libraries that open it themselves; call `refuse_entities` before.
        names: the names of its members.

    Raises:
        UnreadableFileError: the file is no zip file, damaged, encrypted or a zip bomb.
        ArticleTooLargeError: it unpacks to more than the settings allow.
    """

    def __init__(self, file: BinaryIO, name: str, settings: IndexSettings) -> None:
        self.label = name
        self.data = file.read(settings.max_file_bytes)
        if self.data.startswith(_OLE):
            raise self.unreadable(
                "it has a password or an old format", "Save a copy without a password in the new format"
            )
        try:
            self._zip = zipfile.ZipFile(BytesIO(self.data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise self.damaged(error) from error
        members = self._zip.infolist()
        self._check(members, _MAX_UNPACKED * settings.max_file_bytes)
        self._members = {m.filename: m for m in members if not m.is_dir() and _inside(m.filename)}
        self.names = tuple(self._members)

    def _check(self, members: list[zipfile.ZipInfo], most: int) -> None:
        if len(members) > _MAX_MEMBERS:
            raise self.unreadable(f"it holds {len(members):,} files; at most {_MAX_MEMBERS:,} are read", "Split it")
        # zipfile never gives more bytes than the directory states, so these sums bound what is unpacked.
        if (size := sum(m.file_size for m in members)) > most:
            raise ArticleTooLargeError(
                f"{self.label} unpacks to {size:,} bytes; the limit is {most:,}. Split it, or raise FOOTNOTE_MAX_FILE_BYTES."
            )
        for member in members:
            if member.flag_bits & 1:
                raise self.unreadable("it is encrypted and needs a password", "Save a copy without one and add that")
            if member.file_size > max(_LARGE, _MAX_RATIO * member.compress_size):
                raise self.unreadable(
                    "it unpacks to more than is safe to read", "Save it again with the program that made it"
                )

    def read(self, member: str) -> bytes:
        """The bytes of a member. Used inside `reading`, like what follows."""
        return self._zip.read(self._members[member])

    def xml(self, member: str) -> Any:
        """The root element of a member that is XML. No entity is resolved, no DTD loaded, nothing fetched."""
        from lxml import etree

        # Without `huge_tree`, libxml2 bounds the depth, and the entities in attributes, which it always resolves.
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        return etree.fromstring(self.read(member), parser)

    def optional(self, member: str) -> Any | None:
        """As `xml`; None if there is no such member."""
        return self.xml(member) if member in self._members else None

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts inside the package that a part refers to: id -> (last word of the type, member)."""
        folder, base = posixpath.split(part)
        root = self.optional(posixpath.join(folder, "_rels", f"{base}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for relation in () if root is None else root.iter(_RELATION):
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                found[relation.get("Id", "")] = (relation.get("Type", "").rpartition("/")[2], target.lstrip("/"))
        return found

    def refuse_entities(self) -> None:
        """Make sure that no XML in the package has a DTD, for libraries whose parsers are not ours.

        Raises:
            UnreadableFileError: a member has one, or is no XML.
        """
        for member in self._members:
            if member.endswith((".xml", ".rels")) and _has_doctype(self.read(member)):
                raise self.unreadable(
                    f"{member} in it has a document type", "Save it again with the program that made it"
                )

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn what goes wrong with a damaged document inside the block into `UnreadableFileError`."""
        try:
            yield
        except (LoadError, MemoryError):
            raise
        except Exception as error:
            # Libraries raise nearly every kind of error on damaged documents. This is libxml2's for want of memory.
            if type(error).__name__ == "XMLSyntaxError" and getattr(error, "code", 0) == _NO_MEMORY:
                raise MemoryError from error
            raise self.damaged(error) from error

    def damaged(self, error: object) -> UnreadableFileError:
        """The error for a file that can't be understood."""
        why = f"{type(error).__name__}: {str(error)[:150]}"
        return self.unreadable(f"it is damaged ({why})", "Open it in the program that made it and save it again")

    def unreadable(self, reason: str, remedy: str) -> UnreadableFileError:
        """An error that says why the file can't be read and what to do."""
        return UnreadableFileError(f"{self.label} can't be read: {reason}. {remedy}.")


def resolved(folder: str, href: str) -> str:
    """The member that a reference in a file of `folder` leads to."""
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _inside(member: str) -> bool:
    return (
        not member.startswith(("/", "\\"))
        and ".." not in member.replace("\\", "/").split("/")
        and ":" not in member[:3]
    )


class _RootReachedError(Exception):
    """The prolog of an XML document ended without a document type."""


def _has_doctype(data: bytes) -> bool:
    found = False

    def doctype(*_: object) -> None:
        nonlocal found
        found = True
        raise _RootReachedError

    def root(*_: object) -> None:
        raise _RootReachedError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = root
    with suppress(_RootReachedError, expat.ExpatError):
        parser.Parse(data, True)
    return found
