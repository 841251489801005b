"""The generating reader: a language model writes from the evidence; if nothing can be said of that, another reader quotes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from assistant.core.draft import Draft, Proof
from assistant.reading.protocol import Drafting, Loaded, Prove, Reader, Reranking, drafting, whole
from assistant.understanding.analysis import HEAD_TYPES, analyse
from assistant.writing.model import LanguageModel
from assistant.writing.replies import Form
from assistant.writing.writing import Limits, Writing
from index.evidence import Evidence
from prompts.loading import load

_HEAD_FACTS = HEAD_TYPES - {"about"}
"""Title, date, place and author stand in an article's head, which the fallback reads; no passage states them in a sentence."""


class GeneratingReader:
    """Lets a language model answer. Its only state between questions is the form of reply that the model's server takes."""

    def __init__(self, model: LanguageModel, fallback: Reader, limits: Limits | None = None) -> None:
        """Asks nothing yet.

        Args:
            model: writes the answers.
            fallback: reads if the model can't, and for facts that stand in an article's head.
            limits: limits of the model's tokens; None = the defaults.
        """
        self._model = model
        self._fallback = fallback
        self._limits = limits or Limits()
        self._form: Form = "lines" if self._limits.format == "lines" else "json"

    @property
    def name(self) -> str:
        """See `Reader.name`; the name also changes with the prompts."""
        return f"{self._model.name}, prompts {_prompts()}, {self._limits.format}; {self._fallback.name}"

    @property
    def fallback(self) -> Reader:
        """The reader to use when the model can't answer."""
        return self._fallback

    def warm(self) -> None:
        """See `Loaded.warm`; loads the fallback's model."""
        if isinstance(self._fallback, Loaded):
            self._fallback.warm()

    @property
    def candidates(self) -> int:
        """See `Reranking.candidates`; the fallback reranks."""
        return self._fallback.candidates if isinstance(self._fallback, Reranking) else 0

    def reranked(self, question: str, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
        """See `Reranking.reranked`."""
        return self._fallback.reranked(question, evidence) if isinstance(self._fallback, Reranking) else evidence

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """See `Reader.read`. There is no proof here: every sentence that the model writes is taken as proven."""
        return whole(self.stream(question, evidence, lambda _: Proof("proven")))

    def stream(self, question: str, evidence: Sequence[Evidence], prove: Prove, tokens: int | None = None) -> Drafting:
        """See `Streaming.stream`.

        Raises:
            CassetteError: a recording is replayed that has no reply to a request.
        """
        if not evidence or analyse(question).answer_type in _HEAD_FACTS:
            return (yield from drafting(self._fallback, question, evidence, prove))
        writing = Writing(self._model, self._limits, question, evidence, form=self._form, tokens=tokens)
        draft = yield from writing.draft(prove)
        if self._limits.format == "auto" and writing.schema_refused:
            self._form = "lines"
        if draft is not None:
            return draft
        quoted = yield from drafting(self._fallback, question, evidence, prove)
        return replace(quoted, notice=writing.notice, usage=writing.usage)


@cache
def _prompts() -> str:
    """Eight hexadecimal digits that change with any prompt file."""
    texts = [load(name).text for name in ("answer", "repair", "format_json", "format_lines")]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:8]
