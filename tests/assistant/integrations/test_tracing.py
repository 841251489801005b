"""An answer -> spans: the tree, its numbers and times, and no text unless it is asked for."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from assistant.core.answer import Answer, AnswerSentence, Citation, Dropped, Trace
from assistant.core.draft import Usage
from assistant.core.settings import load_settings
from assistant.integrations import tracing
from index.article import Passage
from index.evidence import Evidence

STARTED = 1_700_000_000.0
FIRST = Passage("a1-0", "a1", 0, 40, "Berg unveiled that bridge near Molde today.", 0)
SECOND = Passage("a1-1", "a1", 41, 60, "Ferries stopped afterwards.", 1)
ANSWER = Answer(
    question="Whom does she thank?",
    status="answered",
    sentences=(AnswerSentence("Berg unveiled it.", (1,)),),
    citations=(Citation(1, "a1", "Crossing", 0, 40, FIRST.text),),
    confidence=0.75,
    evidence=(Evidence(FIRST, 0.5), Evidence(SECOND, 0.25)),
    notice="Something strange happened.",
    trace=Trace(
        standalone_question="Whom does Anna thank?",
        ranked=(("a1-0", 0.5), ("a1-1", 0.25)),
        searched=("a1-1", "a1-0"),
        timings={"followup": 0.5, "retrieval": 1.0, "reading": 4.0, "citing": 0.25},
        fingerprint="settings 1",
        dropped=(
            Dropped("Nobody applauded loudly.", "not supported"),
            Dropped("Rain fell.", "quote not found", "Rain"),
        ),
        usage=Usage(2, 300, 40, 3.0),
    ),
)
SETTINGS = load_settings(llm="openai-like:qwen2.5:7b@http://127.0.0.1:11434/v1")
NAMED = {**dict.fromkeys(("question", "followup", "reading", "citing"), "CHAIN"), "retrieval": "RETRIEVER"}


@pytest.fixture(scope="module")
def exporter() -> Iterator[InMemorySpanExporter]:
    """Of the provider of this process, which can be set only once; it takes nothing more when these tests are over."""
    provider = TracerProvider()
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    yield exporter
    provider.shutdown()


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    exporter.clear()
    yield exporter
    exporter.clear()


def recorded(spans: InMemorySpanExporter, answer: Answer = ANSWER, **settings: object) -> dict[str, ReadableSpan]:
    tracing.record(answer, SETTINGS.model_copy(update=settings), STARTED)
    return {span.name: span for span in spans.get_finished_spans()}


def attributes(span: ReadableSpan) -> Mapping[str, object]:
    return span.attributes or {}


def seconds(span: ReadableSpan) -> tuple[float, float]:
    assert span.start_time is not None
    assert span.end_time is not None
    return span.start_time / 1e9 - STARTED, span.end_time / 1e9 - STARTED


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{4,}", text.lower()))


def test_a_question_has_a_span_for_each_stage_and_one_for_the_model(spans: InMemorySpanExporter) -> None:
    found = recorded(spans)
    root = found["question"]
    assert root.parent is None
    kinds = {name: attributes(span)["openinference.span.kind"] for name, span in found.items()}
    assert kinds == {**NAMED, "language model": "LLM"}
    parents = {span.parent.span_id for span in found.values() if span.parent}
    assert parents == {root.context.span_id}
    assert len({span.context.trace_id for span in found.values()}) == 1


def test_the_spans_stand_where_the_stages_were(spans: InMemorySpanExporter) -> None:
    found = recorded(spans)
    times = {name: seconds(span) for name, span in found.items()}
    expected = {
        "followup": (0, 0.5),
        "retrieval": (0.5, 1.5),
        "reading": (1.5, 5.5),
        "citing": (5.5, 5.75),
        "language model": (2.5, 5.5),
    }
    for name, both in expected.items():
        assert times[name] == pytest.approx(both, abs=1e-3)
    start, end = times["question"]
    assert start == 0
    assert end >= 5.75


def test_a_question_ends_with_its_last_stage_even_before_the_clock(spans: InMemorySpanExporter) -> None:
    tracing.record(ANSWER, SETTINGS, started := time.time())
    found = {span.name: span for span in spans.get_finished_spans()}
    assert (found["question"].end_time or 0) >= (found["citing"].end_time or 0) > started * 1e9


def test_the_numbers_are_there(spans: InMemorySpanExporter) -> None:
    found = {name: attributes(span) for name, span in recorded(spans).items()}
    model = found["language model"]
    assert {key: model[key] for key in model if key.startswith("llm.")} == {
        "llm.model_name": "qwen2.5:7b",
        "llm.token_count.prompt": 300,
        "llm.token_count.completion": 40,
        "llm.token_count.total": 340,
    }
    search = found["retrieval"]
    assert {key: search[key] for key in search if key.startswith("retrieval.")} == {
        "retrieval.documents.0.document.id": "a1-1",
        "retrieval.documents.0.document.score": 0.5,
        "retrieval.documents.1.document.id": "a1-0",
        "retrieval.documents.1.document.score": 0.25,
    }
    assert found["reading"]["footnote.ranked"] == ("a1-0", "a1-1")
    assert found["followup"]["footnote.rewritten"] is True
    verdicts = {key.rpartition(".")[2]: value for key, value in found["citing"].items() if "verdicts" in key}
    assert verdicts == {"proven": 1, "not_supported": 1, "quote_not_found": 1}
    assert found["question"]["footnote.status"] == "answered"
    assert (found["question"]["footnote.confidence"], found["question"]["footnote.citations"]) == (0.75, 1)


TOLD = words(
    " ".join(
        [
            ANSWER.question,
            ANSWER.text,
            ANSWER.notice,
            ANSWER.trace.standalone_question,
            FIRST.text,
            SECOND.text,
            *(text for text, _, _ in ANSWER.trace.dropped),
        ]
    )
)


def test_no_text_stands_in_a_trace(spans: InMemorySpanExporter) -> None:
    everything = " ".join(
        f"{span.name} {span.attributes} {span.events} {span.status.description}" for span in recorded(spans).values()
    )
    assert len(TOLD) > 15
    assert words(everything) & TOLD == set()


def test_texts_stand_in_it_where_they_were_asked_for(spans: InMemorySpanExporter) -> None:
    found = {name: attributes(span) for name, span in recorded(spans, trace_texts=True).items()}
    assert (found["question"]["input.value"], found["question"]["output.value"]) == (ANSWER.question, ANSWER.text)
    assert found["followup"]["output.value"] == "Whom does Anna thank?"
    assert found["retrieval"]["input.value"] == "Whom does Anna thank?"
    assert found["retrieval"]["retrieval.documents.0.document.content"] == SECOND.text
    assert found["citing"]["footnote.dropped.1"] == "Rain fell."
    everything = " ".join(str(values) for values in found.values())
    assert words(everything) >= TOLD


def test_what_was_not_gone_through_has_no_span(spans: InMemorySpanExporter) -> None:
    small_talk = Answer("Thanks!", "small_talk", message="You're welcome.", trace=Trace(""))
    assert recorded(spans, small_talk).keys() == {"question"}


def test_without_a_language_model_it_has_no_span(spans: InMemorySpanExporter) -> None:
    quoted = replace(ANSWER, trace=replace(ANSWER.trace, usage=Usage()))
    assert recorded(spans, quoted).keys() == NAMED.keys()


def test_a_model_that_the_settings_do_not_name_has_no_name(spans: InMemorySpanExporter) -> None:
    assert "llm.model_name" not in attributes(recorded(spans, llm="")["language model"])


def test_an_answer_stands_in_the_trace_of_whoever_asked(spans: InMemorySpanExporter) -> None:
    with trace.get_tracer("a program").start_as_current_span("request") as request:
        tracing.record(ANSWER, SETTINGS, STARTED)
    (root,) = [span for span in spans.get_finished_spans() if span.name == "question"]
    assert root.parent is not None
    assert root.parent.span_id == request.get_span_context().span_id


def test_an_error_disturbs_no_answer_and_says_nothing_of_it(
    spans: InMemorySpanExporter, caplog: pytest.LogCaptureFixture
) -> None:
    broken = replace(ANSWER, trace=replace(ANSWER.trace, ranked=(("Berg unveiled",),)))  # type: ignore[arg-type]
    with caplog.at_level(logging.DEBUG):
        tracing.record(broken, SETTINGS, STARTED)
    assert caplog.messages == ["An answer could not be traced: ValueError."]
    assert caplog.records[0].exc_info is None
    assert "question" in [span.name for span in spans.get_finished_spans()]


@pytest.mark.system
def test_where_nobody_traces_nothing_of_opentelemetry_is_loaded() -> None:
    script = (
        "import sys; from assistant.core.answer import Answer; from assistant.core.settings import Settings\n"
        "from assistant.integrations.tracing import record; record(Answer('Why?', 'unclear'), Settings(), 0.0)\n"
        "print([name for name in sys.modules if 'opentelemetry' in name])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.system
def test_without_a_provider_nothing_comes_of_it() -> None:
    script = (
        "import opentelemetry.trace, sys; from assistant import Answer, Settings\n"
        "from assistant.integrations.tracing import record; record(Answer('Why?', 'unclear'), Settings(), 0.0)\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
