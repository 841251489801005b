"""What a part that asks a language model has behind it: one that needs none."""

from __future__ import annotations

from typing import Protocol, TypeVar, cast, runtime_checkable

Part = TypeVar("Part")


@runtime_checkable
class HasFallback(Protocol):
    """A reader or a resolver that asks a language model."""

    @property
    def fallback(self) -> object:
        """The same kind of part, which needs no language model."""


def without_model(part: Part) -> Part:
    """The part that is taken where a language model can't be asked; the part itself if it asks none."""
    return cast(Part, part.fallback) if isinstance(part, HasFallback) else part
