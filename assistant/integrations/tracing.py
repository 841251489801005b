"""Makes OpenTelemetry spans of a finished answer, by OpenInference's conventions, if the program has a tracer provider.

Footnote sends nothing and sets no provider. A program that wants traces installs the extra `tracing` and sets one before it asks:

    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))
    trace.set_tracer_provider(provider)

llama-index's own spans can be added by `LlamaIndexInstrumentor().instrument()` of the package
`openinference-instrumentation-llama-index`; they hold texts unless it is configured otherwise.

Each answer is one tree: a CHAIN span for the question, a span for each stage that ran (`followup`, `retrieval`, `reading`,
`citing`), and an LLM span if a language model ran. They are made from `Answer.trace` afterwards, so that no stage knows of them:
stages that alternated (reading and citing) appear one after the other, each with its total time. An answer that was stopped is
not traced.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping
from typing import Any

from assistant.core.answer import Answer
from assistant.core.draft import Usage
from assistant.core.errors import SettingsError
from assistant.core.settings import Settings
from assistant.writing.naming import parse_model_name

Value = bool | int | float | str | list[str]
Attributes = Mapping[str, Value]

KIND = "openinference.span.kind"
INPUT = "input.value"
OUTPUT = "output.value"
DOCUMENTS = "retrieval.documents"
DOCUMENT_ID = "document.id"
DOCUMENT_SCORE = "document.score"
DOCUMENT_CONTENT = "document.content"
MODEL = "llm.model_name"
PROMPT_TOKENS = "llm.token_count.prompt"
COMPLETION_TOKENS = "llm.token_count.completion"
TOTAL_TOKENS = "llm.token_count.total"
"""Names of https://github.com/Arize-ai/openinference, `openinference-semantic-conventions` 0.1. Those of our own begin with
`footnote.`."""

_NANOSECONDS = 1_000_000_000

_log = logging.getLogger(__name__)


def record(answer: Answer, settings: Settings, started: float) -> None:
    """Make the spans of an answer. Never raises: an error is logged, without the answer's text.

    Args:
        answer: the finished answer.
        settings: `trace_texts`, whether texts may stand in the spans; `llm`, the model's name.
        started: when the question was asked, in seconds since the epoch, as `time.time()` gives them.
    """
    # Not imported here: if the program has not imported it, no provider can be set.
    api = sys.modules.get("opentelemetry.trace")
    if api is None:
        return
    try:
        _Tree(api, settings.trace_texts).record(answer, _model_name(settings), started)
    except Exception as error:
        _log.warning("An answer could not be traced: %s.", type(error).__name__)


class _Tree:
    """The spans of one answer."""

    def __init__(self, api: Any, texts: bool) -> None:
        self._api = api
        self._tracer = api.get_tracer("footnote")
        self._texts = texts

    def record(self, answer: Answer, model: str, started: float) -> None:
        root = self._tracer.start_span("question", start_time=_nanoseconds(started))
        try:
            if root.is_recording():
                root.set_attributes(self._question(answer))
                self._stages(answer, model, started, self._api.set_span_in_context(root))
        finally:
            root.end(_nanoseconds(max(time.time(), started + sum(answer.trace.timings.values()))))

    def _stages(self, answer: Answer, model: str, started: float, parent: Any) -> None:
        attributes = {
            "followup": self._followup,
            "retrieval": self._retrieval,
            "reading": self._reading,
            "citing": self._citing,
        }
        at, read = started, started
        for stage, seconds in answer.trace.timings.items():
            described = attributes[stage](answer) if stage in attributes else {KIND: "CHAIN"}
            self._span(stage, at, seconds, described, parent)
            at += seconds
            read = at if stage in {"followup", "reading"} else read
        usage = answer.trace.usage
        if usage.requests:
            # It ends with the reading, since most of its time belongs to that.
            self._span("language model", max(read - usage.seconds, started), usage.seconds, _llm(usage, model), parent)

    def _span(self, name: str, start: float, seconds: float, attributes: Attributes, parent: Any) -> None:
        span = self._tracer.start_span(name, parent, attributes=attributes, start_time=_nanoseconds(start))
        span.end(_nanoseconds(start + seconds))

    def _question(self, answer: Answer) -> Attributes:
        return {
            KIND: "CHAIN",
            "footnote.status": answer.status,
            "footnote.confidence": answer.confidence,
            "footnote.citations": len(answer.citations),
            "footnote.fingerprint": answer.trace.fingerprint,
            **self._said({INPUT: answer.question, OUTPUT: answer.text, "footnote.notice": answer.notice}),
        }

    def _followup(self, answer: Answer) -> Attributes:
        standalone = answer.trace.standalone_question
        return {
            KIND: "CHAIN",
            "footnote.rewritten": standalone != answer.question,
            **self._said({INPUT: answer.question, OUTPUT: standalone}),
        }

    def _retrieval(self, answer: Answer) -> Attributes:
        """The passages in the search's order. Reading hands the sorted scores out anew, so the n-th is still the n-th's."""
        ranked = answer.trace.ranked
        found = answer.trace.searched or [passage for passage, _ in ranked]
        contents = {item.passage.id: item.passage.text for item in answer.evidence}
        values: dict[str, Value] = {KIND: "RETRIEVER", **self._said({INPUT: answer.trace.standalone_question})}
        for n, (passage, (_, score)) in enumerate(zip(found, ranked, strict=False)):
            place = f"{DOCUMENTS}.{n}."
            values |= {place + DOCUMENT_ID: passage, place + DOCUMENT_SCORE: score}
            values |= self._said({place + DOCUMENT_CONTENT: contents.get(passage, "")})
        return values

    def _reading(self, answer: Answer) -> Attributes:
        return {
            KIND: "CHAIN",
            "footnote.ranked": [passage for passage, _ in answer.trace.ranked],
            **self._said({INPUT: answer.trace.standalone_question}),
        }

    def _citing(self, answer: Answer) -> Attributes:
        verdicts = {"proven": len(answer.sentences), **answer.left_out}
        dropped = {f"footnote.dropped.{n}": one.text for n, one in enumerate(answer.trace.dropped)}
        counts = {f"footnote.verdicts.{verdict.replace(' ', '_')}": count for verdict, count in verdicts.items()}
        return {KIND: "CHAIN", **counts, **self._said({OUTPUT: answer.text, **dropped})}

    def _said(self, texts: Mapping[str, str]) -> dict[str, Value]:
        """The texts that the settings allow in spans."""
        return dict(texts) if self._texts else {}


def _llm(usage: Usage, model: str) -> Attributes:
    return {
        KIND: "LLM",
        **({MODEL: model} if model else {}),
        PROMPT_TOKENS: usage.prompt_tokens,
        COMPLETION_TOKENS: usage.completion_tokens,
        TOTAL_TOKENS: usage.tokens,
        "footnote.requests": usage.requests,
    }


def _model_name(settings: Settings) -> str:
    """The model's name at its server; "" if the settings name none, as when a model was passed in Python."""
    try:
        return parse_model_name(settings.llm).model
    except SettingsError:
        return ""


def _nanoseconds(seconds: float) -> int:
    return int(seconds * _NANOSECONDS)
