"""The fallback of a part that asks a language model: a part that needs none."""

from __future__ import annotations

from typing import Protocol, TypeVar, cast, runtime_checkable

Part = TypeVar("Part")


@runtime_checkable
class HasFallback(Protocol):
    """A reader or a resolver that asks a language model."""

    @property
    def fallback(self) -> object:
        """A part of the same kind that needs no language model."""


def without_model(part: Part) -> Part:
    """The part to use without a language model: the fallback, or the part itself if it asks no language model."""
    return cast(Part, part.fallback) if isinstance(part, HasFallback) else part
