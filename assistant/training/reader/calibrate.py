"""Fits how far a reader is to be trusted: `python -m assistant.training.reader.calibrate DATA OUTCOMES [--small]`.

The questions of the written dev part are asked of their own article, of a library of all dev articles, and of an article that
has nothing to do with them, likewise those of documents in other formats than text, and those of `reading/dev` of their own
context, each as a user would ask them. What comes of each is kept in the folder OUTCOMES, and read from there if it is there. All
figures are cross-validated: an article's questions are judged by what was fitted on the others.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from assistant.assistant import Assistant
from assistant.core import squad_scores as scoring
from assistant.core.draft import Draft
from assistant.core.settings import load_settings
from assistant.network import weights
from assistant.network.reading_models import SmallModel, StrongModel
from assistant.network.readings import ABSENT
from assistant.reading.deciding import decision_values
from assistant.reading.judging import found_sentences
from assistant.reading.network_reader import NetworkReader
from assistant.reading.protocol import Drafting, Prove
from assistant.training.reader.examples import ARTICLES, all_written
from assistant.training.reader.moving import moved
from assistant.training.reader.outcomes import LIBRARIES, SETTINGS, Outcome, by_kind, cross_validated, figures, fitted
from assistant.training.reader.written import Question, Span
from assistant.training.shared.rows import read_rows
from assistant.understanding.analysis import HEAD_TYPES, analyse
from index.article import Article
from index.evidence import Evidence


def _reader(small: bool, base: Path | None) -> NetworkReader:
    if small:
        return NetworkReader(SmallModel(), first=SmallModel())
    return NetworkReader(StrongModel(load_settings().cache_dir, base), first=SmallModel())


class _Recorder:
    """A reader that keeps the evidence of the last question, in the order in which another reader reads it."""

    name = "recorder"

    def __init__(self, reader: NetworkReader) -> None:
        self._reader = reader
        self.evidence: tuple[Evidence, ...] = ()

    @property
    def candidates(self) -> int:
        return self._reader.candidates

    def reranked(self, question: str, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
        return self._reader.reranked(question, evidence)

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        self.evidence = tuple(evidence)
        return Draft((), 0.0)

    def stream(self, question: str, evidence: Sequence[Evidence], prove: Prove, tokens: int | None = None) -> Drafting:
        """As of a reader that is asked every question alike, whatever its kind."""
        yield from ()
        return self.read(question, evidence)


def outcomes(data: Path, setting: str, every: int, reader: NetworkReader) -> Iterator[Outcome]:
    """Ask every n-th question of a setting."""
    with tempfile.TemporaryDirectory() as folder:
        recorder = _Recorder(reader)
        asked = list(_asked(data, setting))
        beside = [article for article, _, _ in _written(data)] if setting == "documents" else []
        with Assistant.open(folder, settings=load_settings(), reader=recorder) as assistant:
            assistant.add(list({one.id: one for one in [*beside, *(article for article, _, _ in asked)]}.values()))
            for article, about, written in asked[::every]:
                try:
                    question = moved(written, article.text, assistant.article(article.id).text)
                except ValueError:
                    continue  # Cleaning has changed more than white space: a few contexts of `reading/dev`.
                recorder.evidence = ()
                assistant.ask(question.text, articles=None if setting in LIBRARIES else [article.id])
                if recorder.evidence and analyse(question.text).answer_type not in HEAD_TYPES:
                    yield _outcome(reader, recorder.evidence, setting, question, (about, article.id))


Questions = Iterator[tuple[Article, str, Question]]
"""The article, the name by which its questions are kept together, and the question."""


def _asked(data: Path, setting: str) -> Questions:
    if setting == "squad":
        return _dev_rows(data)
    found = _documents() if "document" in setting else _written(data)
    return _foreign(list(found)) if "foreign" in setting else found


def _written(data: Path) -> Questions:
    for one in all_written(data / "written", dev=True):
        article = Article(one.text, one.title, one.id)
        yield from ((article, one.id, question) for question in one.questions)


def _documents() -> Questions:
    for one in all_written(ARTICLES, dev=True):
        if one.loaded is not None:
            yield from ((one.loaded, one.id, question) for question in one.questions)


def _foreign(asked: Sequence[tuple[Article, str, Question]]) -> Questions:
    """The questions of each article, asked of the one behind it; they still count to their own."""
    articles = list({article.id: article for article, _, _ in asked}.values())
    behind = {one.id: other for one, other in zip(articles, [*articles[1:], articles[0]], strict=True)}
    for article, about, question in asked:
        yield behind[article.id], about, Question(question.text, question.kind)


def _dev_rows(data: Path) -> Questions:
    articles: dict[str, Article] = {}
    for row in read_rows(data / "reading" / "dev.jsonl.gz"):
        text = row["context"]
        article = articles.setdefault(text, Article(text, row["title"], f"context {len(articles)}"))
        spans = tuple((a["start"], a["start"] + len(a["text"])) for a in row["answers"] if row["answerable"])
        yield article, row["title"], Question(row["question"], "squad", spans, spans)


def _outcome(
    reader: NetworkReader, evidence: Sequence[Evidence], setting: str, question: Question, article: tuple[str, str]
) -> Outcome:
    asked = analyse(question.text)
    windows, readings = reader.readings(asked, evidence)
    best_first = found_sentences(windows, readings)

    def answers(n: int) -> bool:
        one = best_first[n]
        start = one.passage.start + one.start
        return one.passage.article_id == article[1] and _touches((start, start + len(one.text)), question.evidence)

    rights = [answers(n) for n in range(len(best_first))]
    best = best_first[0]
    said = best.words[0] if best.words else None
    words = best.window.context[said.start : said.end] if said else ""
    golds = _golds(question, evidence, article[1])
    verdict = best.reading.verdicts[best.number]
    decided = None if question.yes is None else bool((verdict[1] > verdict[2]) == question.yes)
    return Outcome(
        setting,
        article[0],
        question.kind,
        question.answerable,
        any(right and one.margin > ABSENT for right, one in zip(rights, best_first, strict=True)),
        rights[0],
        [round(float(value), 4) for value in reader.trust_values(asked, best_first)],
        max((scoring.f1(gold, words) for gold in golds), default=0.0),
        decided,
        decision_values(best).round(4).tolist() if question.yes is not None or asked.answer_type == "yes_no" else [],
    )


def _golds(question: Question, evidence: Sequence[Evidence], article: str) -> list[str]:
    """The expected words, as far as passages that were found have them."""
    return [
        item.passage.text[start - item.passage.start : end - item.passage.start]
        for start, end in question.answers
        for item in evidence
        if item.passage.article_id == article and item.passage.start <= start and end <= item.passage.end
    ]


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(span[0] < end and span[1] > start for start, end in others)


def files_of(small: bool) -> dict[str, str]:
    """The checksums of the networks that a reader has. The small one has a part in what the strong one reads and trusts."""
    folders = [weights.READER] if small else [weights.TRUNK, weights.READER]
    known = [json.loads((folder / f"{folder.name}.json").read_text(encoding="utf-8")) for folder in folders]
    return {name: digest for one in known for name, digest in one["sha256"].items() if name != "tokenizer.json"}


def kept_outcomes(path: Path, files: dict[str, str]) -> list[Outcome]:
    """What came of the questions of a setting.

    Raises:
        SystemExit: it is of other networks.
    """
    known = json.loads(path.read_text(encoding="utf-8"))
    if known["of"] != files:
        raise SystemExit(
            f"{path} is of other networks than those that are calibrated: delete it, or name another folder."
        )
    return [Outcome(**one) for one in known["outcomes"]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask, fit, print, write."""
    parser = argparse.ArgumentParser(description="Calibrate a reader.")
    parser.add_argument("data", type=Path)
    parser.add_argument("outcomes", type=Path, help="folder for what comes of the questions")
    parser.add_argument("--small", action="store_true", help="the fast reader's network")
    parser.add_argument("--base", type=Path, default=load_settings().base_model, help="folder of all-mpnet-base-v2")
    parser.add_argument("--every", type=int, default=1, help="ask every n-th question")
    parser.add_argument("--threshold", type=float, help="ship this threshold, not the one that the loss chooses")
    parser.add_argument("--only", choices=SETTINGS, help="ask in this setting, and fit nothing")
    options = parser.parse_args(arguments)
    options.outcomes.mkdir(parents=True, exist_ok=True)
    files = files_of(options.small)
    for setting in SETTINGS:
        path = options.outcomes / f"{setting}.json"
        if not path.exists() and options.only in (None, setting):
            reader = _reader(options.small, options.base)
            asked = [asdict(one) for one in outcomes(options.data, setting, options.every, reader)]
            path.write_text(json.dumps({"of": files, "every": options.every, "outcomes": asked}), encoding="utf-8")
    if options.only:
        return
    found = [one for name in SETTINGS for one in kept_outcomes(options.outcomes / f"{name}.json", files)]
    confidence, threshold, told = cross_validated(found)
    for setting in SETTINGS:
        mine = [n for n, one in enumerate(found) if one.setting == setting]
        asked_here = [found[n] for n in mine]
        known = figures(asked_here, confidence[mine], threshold[mine], told[mine])
        rounded = {name: value if value is None else round(value, 3) for name, value in known.items()}
        sys.stdout.write(json.dumps({"setting": setting, **rounded}) + "\n")
        for kind, parts in by_kind(asked_here, confidence[mine], threshold[mine]).items():
            sys.stdout.write(f"  {kind:10}" + "".join(f"{name} {value:<8.3g}" for name, value in parts.items()) + "\n")
    path = weights.READER / "reader.json" if options.small else weights.TRUNK / "trunk.json"
    details = json.loads(path.read_text(encoding="utf-8"))
    shipped = fitted(found)
    shipped = shipped if options.threshold is None else replace(shipped, threshold=options.threshold)
    details["calibration"] = shipped.to_dict()
    path.write_text(json.dumps(details, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
