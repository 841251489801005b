"""Settings -> the parts that they name: the reader, the resolver and the language model."""

from __future__ import annotations

from assistant.core.settings import Settings
from assistant.network.reading_models import GivenModel, SmallModel, StrongModel
from assistant.reading.network_reader import NetworkReader
from assistant.reading.protocol import Reader
from assistant.reading.quoting_reader import QuotingReader
from assistant.reading.substitute import SubstituteReader
from assistant.understanding.followup.resolving import Resolver
from assistant.understanding.followup.term_resolver import TermResolver
from assistant.writing.generating_reader import GeneratingReader
from assistant.writing.model import LanguageModel
from assistant.writing.writing import Limits
from index.embedding import Embedder


def open_reader(settings: Settings, embedder: Embedder, model: LanguageModel | None = None) -> Reader:
    """The reader that `settings.reader` names; with a language model, the generating reader, which falls back on that one.

    A network is loaded at the first question.
    """
    reader: Reader
    if settings.reader == "quoting":
        reader = QuotingReader(embedder, settings.threshold)
    elif settings.reader == "auto":
        reader = SubstituteReader(_network_reader("strong", settings), _network_reader("fast", settings))
    else:
        reader = _network_reader(settings.reader, settings)
    if model is None:
        return reader
    return GeneratingReader(model, reader, limits_of(settings))


def _network_reader(name: str, settings: Settings) -> NetworkReader:
    """The reader with the network that a name means. The strong one reads what the small one thinks best."""
    small = SmallModel()
    if name == "strong":
        return NetworkReader(StrongModel(settings.cache_dir, settings.base_model), settings.threshold, small)
    if name in ("fast", "trained"):
        return NetworkReader(small, settings.threshold, small)
    return NetworkReader(GivenModel(name), settings.threshold)


def limits_of(settings: Settings) -> Limits:
    """How much the settings let a language model read and write."""
    return Limits(settings.llm_passage_tokens, settings.llm_answer_tokens, settings.llm_format)


def open_resolver(settings: Settings, model: LanguageModel | None = None) -> Resolver:
    """The built-in resolver, or a language model's, which falls back on it, if the settings say so. Loads nothing yet."""
    if model is None or not settings.llm_followups:
        return TermResolver()
    from assistant.writing.contextualizing import ModelResolver

    return ModelResolver(model, TermResolver(), conversation_tokens=settings.llm_conversation_tokens)


def open_language_model(settings: Settings) -> LanguageModel | None:
    """The language model that the settings name, or None; without one, none of its packages are imported.

    Raises:
        SettingsError: the model can't be used.
    """
    if not settings.llm:
        return None
    from assistant.writing.caching import cached
    from assistant.writing.serving import open_model

    return cached(open_model(settings), settings)
