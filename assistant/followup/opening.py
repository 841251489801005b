"""The resolver that the settings name."""

from __future__ import annotations

from assistant.followup.resolving import Resolver, TermResolver
from assistant.generating.model import LanguageModel
from assistant.settings import Settings


def open_resolver(settings: Settings, model: LanguageModel | None = None) -> Resolver:
    """The built-in resolver, behind a language model if there is one and the settings want it; nothing is loaded yet."""
    if model is None or not settings.llm_followups:
        return TermResolver()
    from assistant.generating.contextualizing import ModelResolver

    return ModelResolver(model, TermResolver(), conversation_tokens=settings.llm_conversation_tokens)


def without_model(resolver: Resolver) -> Resolver:
    """The resolver that is taken where a language model can't be asked; the resolver itself if it asks none."""
    from assistant.generating.contextualizing import ModelResolver

    return resolver.fallback if isinstance(resolver, ModelResolver) else resolver
