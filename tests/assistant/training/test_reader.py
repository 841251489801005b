"""What the reader learns from: examples whose answers stand where they say, and questions whose contexts lack the answer."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from assistant.training.reader import decisions, prepare, unanswerable
from assistant.training.reader.batches import MAX_TOKENS, arrays, batches, encoded, tokenized, tokenizer
from assistant.training.reader.examples import Example, read, with_history
from index.passages import sentences

CONTEXT = (
    "Oslo is the capital of Norway. King Harald Hardrade founded the town in 1049. It became the largest city in 1814. "
    "Bergen had been larger before."
)
OTHER = "King Harald Hardrade fell at Stamford Bridge in 1066. The town mourned the king."
START = CONTEXT.index("King Harald Hardrade")
_REPLACED = [("discovered", "town"), ("founded", "castle"), ("founded", "district")]
FOUNDED = Example("plain", "x", "Oslo", "Who founded the town in 1049?", CONTEXT, START, START + 20)


def row(example: Example, number: int, **more: object) -> str:
    answers = [{"text": example.answer, "start": example.start}] if example.answerable else []
    return json.dumps({
        "id": str(number), "source": example.source, "title": example.title, "context": example.context,
        "question": example.question, "answers": answers, "answerable": example.answerable, **more,
    })  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    year = CONTEXT.index("1814")
    rows = [
        row(FOUNDED, 1),
        row(Example("plain", "x", "Oslo", "When did it become the largest?", CONTEXT, year, year + 4), 2),
        row(Example("asked", "x", "Oslo", "Who founded Bergen?", OTHER), 3),
        row(Example("plain", "qamr-x", "w", "What sank?", "The ship sank.", 0, 8), 4),
        row(Example("plain", "qamr-x", "w", "Who swam?", "Anna swam.", 0, 4), 5),
    ]
    talk = row(FOUNDED, 6, history=[{"role": "user", "text": "Tell me of Oslo."}])
    for name, lines in (("train", rows), ("conversational_train", [talk])):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return tmp_path


def test_preparing_twice_gives_the_same(data: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        prepare.main([str(data), str(tmp_path / name)])
    first, second = (read(tmp_path / name / "examples.jsonl.gz") for name in ("a", "b"))
    assert first == second
    assert {"plain", "asked", "sentence", "history"} <= {example.kind for example in first}


def test_answers_stand_where_they_are_said_to(data: Path, tmp_path: Path) -> None:
    prepare.main([str(data), str(tmp_path)])
    examples = read(tmp_path / "examples.jsonl.gz")
    whole = {"Who founded the town in 1049?": "King Harald Hardrade", "What sank?": "The ship", "Who swam?": "Anna"}
    for question, answer in whole.items():
        assert any(e.answer == answer for e in examples if e.question.endswith(question))
    assert any(e.kind == "history" and e.question.startswith("Tell me of Oslo. Who") for e in examples)


def test_made_questions_have_no_answer() -> None:
    rng = random.Random(1)
    near = unanswerable.near(FOUNDED, unanswerable.Paragraphs([CONTEXT, OTHER, "A bridge fell."]), rng)
    assert near is None  # The only similar paragraph names the king.
    shorter = OTHER.replace("King Harald Hardrade", "The king")
    near = unanswerable.near(FOUNDED, unanswerable.Paragraphs([CONTEXT, shorter, "A bridge fell."]), rng)
    assert near is not None
    assert (near.context, near.answerable) == (shorter, False)
    removed = unanswerable.removed(FOUNDED, sentences(CONTEXT))
    assert removed is not None
    assert "Hardrade" not in removed.context
    assert "largest" in removed.context
    swapped = unanswerable.swapped(FOUNDED, CONTEXT, rng)
    assert swapped is not None
    assert (swapped.question, swapped.answerable) == ("Who founded the town in 1814?", False)
    opposite = unanswerable.opposite(Example("plain", "x", "", "Which city was the largest?", CONTEXT, 0, 4), rng)
    assert opposite is not None
    assert opposite.question == "Which city was the smallest?"
    likeness = unanswerable.Likeness()
    words = likeness.words(CONTEXT + " The castle of a district was discovered; a village and a market burned.")
    replaced = unanswerable.replaced(FOUNDED, words, likeness, rng)
    assert replaced is not None
    assert not replaced.answerable
    assert replaced.context == CONTEXT
    # What means the same ("village") or has nothing to do with it ("market") would not make a question to learn from.
    assert replaced.question in {f"Who {verb} the {noun} in 1049?" for verb, noun in _REPLACED}


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("The network is part of a group.", "Is the network part of a group?"),
        ("Oslo was founded in 1049, some say.", "Was Oslo founded in 1049?"),
        ("When it rains it is wet here.", None),
        ("It rains.", None),
    ],
)
def test_statements_become_yes_no_questions(statement: str, question: str | None) -> None:
    assert decisions.as_question(statement) == question


@pytest.mark.parametrize(
    ("question", "answer", "decided"),
    [
        ("When did the king found the town?", "1049", "Did the king found the town?"),
        ("in what year was Oslo founded", "1049", "Was Oslo founded?"),
        ("Who was the founder?", "King Harald", "Was King Harald the founder?"),
        ("Who was the founder?", "", None),
        ("How many towns did he found?", "one", None),
        ("Why not?", "1049", None),
    ],
)
def test_questions_become_yes_no_questions(question: str, answer: str, decided: str | None) -> None:
    assert decisions.shortened(question, answer) == decided


def test_the_answers_sentence_decides() -> None:
    start = CONTEXT.index("1049")
    example = Example("plain", "x", "", "When did the king found the town?", CONTEXT, start, start + 4)
    decided = decisions.of_question(example, sentences(CONTEXT))
    assert decided is not None
    assert decided.answer == "King Harald Hardrade founded the town in 1049."
    nothing = decisions.of_question(Example("asked", "x", "", example.question, OTHER), sentences(OTHER))
    assert nothing is not None
    assert not nothing.answerable


def test_windows_hold_the_answer() -> None:
    long = "Nothing of note happened then. " * 60
    context = long + CONTEXT + long
    example = Example("plain", "x", "", FOUNDED.question, context, len(long) + START, len(long) + START + 20)
    rows = encoded([example] * 50, random.Random(3), 0.5, tokenized([example.question, context]))
    for one in rows:
        assert len(one.ids) <= MAX_TOKENS
        assert tokenizer().decode(list(one.ids[one.start : one.end + 1])) == "king harald hardrade"


def test_batches_are_the_same_for_the_same_seed() -> None:
    example = Example("plain", "x", "", "Who?", CONTEXT, 0, 4)
    rows = encoded([example] * 10, random.Random(1), 0.5, tokenized([example.question, CONTEXT]))
    first, second = (batches(rows, 4, random.Random(5)) for _ in range(2))
    assert [[list(r.ids) for r in b] for b in first] == [[list(r.ids) for r in b] for b in second]
    assert [len(batch) for batch in first] == [4, 4]
    made = arrays(first[0])
    assert set(made) == {"input_ids", "attention_mask", "token_type_ids"}
    assert (made["token_type_ids"] <= made["attention_mask"]).all()


def test_earlier_turns_come_first() -> None:
    assert with_history("And then?", [{"role": "user", "text": " Who? "}]) == "Who? And then?"


def test_the_mean_of_checkpoints_weighs_them(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    from assistant.training.reader import mean

    for name, value in (("a", 1.0), ("b", 5.0)):
        save_file({"w": torch.full((2, 2), value)}, tmp_path / name)
    mean.main([str(tmp_path / "new"), f"{tmp_path / 'a'}=0.75", f"{tmp_path / 'b'}=0.25"])
    assert load_file(tmp_path / "new")["w"].tolist() == [[2.0, 2.0], [2.0, 2.0]]


@pytest.mark.slow
def test_training_can_go_on_from_the_exported_files(tmp_path: Path) -> None:
    """Restored and exported again, the network reads as before."""
    from assistant.network.span_network import BUILT_IN, OnnxNetwork
    from assistant.network.windows import SpanFinder
    from assistant.training.reader import export, restore

    restore.main([str(tmp_path / "again.safetensors")])
    export.main([str(tmp_path / "again.safetensors"), str(tmp_path / "again")])
    readings = [
        SpanFinder(OnnxNetwork(f)).read("Who founded it?", [CONTEXT])[0] for f in (BUILT_IN, tmp_path / "again")
    ]
    first, second = (reading.spans[0] for reading in readings)
    assert (first.start, first.end) == (second.start, second.end)
    assert first.score == pytest.approx(second.score, abs=0.5)
