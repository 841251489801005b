"""What the checker is trained with besides real claims: sentences turned round, and sentences said otherwise."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from assistant.training.entailment import falsifying, prepare, rewording, templates
from assistant.training.entailment.falsifying import Change

SEEDS = range(40)


def results(change: Change, text: str) -> set[str | None]:
    """Everything that chance makes of a sentence."""
    return {change(text, Random(seed)) for seed in SEEDS}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Dahl visited Novak in Halden.",
            {"Novak visited Dahl in Halden.", "Halden visited Novak in Dahl.", "Dahl visited Halden in Novak."},
        ),
        (
            "The ship of Elin Dahl left for Bergen.",
            {
                "The ship of Bergen left for Elin Dahl.",
                "The ship of Bergen Dahl left for Elin.",
                "The ship of Elin Bergen left for Dahl.",
            },
        ),
        ("However, the mayor thanked Novak and Dahl.", {None}),
        ("Dahl met Novak.", {None}),
        ("Suddenly the bell of Dahl rang.", {None}),
    ],
)
def test_names_change_places_unless_their_places_do_not_matter(text: str, expected: set[str | None]) -> None:
    assert results(falsifying.exchange_names, text) == expected


def test_numbers_change_places_wherever_they_stand() -> None:
    found = falsifying.exchange_numbers("From 1901 to 1950, and 1901 was wet, it lasted.", Random(1))
    assert found == "From 1950 to 1901, and 1950 was wet, it lasted."


def test_nouns_change_places() -> None:
    assert results(falsifying.exchange_nouns, "When the dog was near, the man was away.") == {
        "When the man was near, the dog was away."
    }
    assert results(falsifying.exchange_nouns, "Dahl slept near the dog.") == {None}


def test_a_name_or_number_is_taken_from_the_rest_of_the_evidence() -> None:
    text, evidence = "Dahl left in 1961.", "Dahl left in 1961. Novak came in 1978."
    found = {falsifying.replace_detail(text, evidence, Random(seed)) for seed in SEEDS}
    assert found == {"Novak left in 1961.", "Dahl left in 1978."}
    assert falsifying.replace_detail(text, text, Random(1)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was painted.", {"It was not painted.", "It wasn't painted.", "It was never painted."}),
        ("He wrote it.", {"He did not write it.", "He never wrote it."}),
        ("They can swim.", {"They can not swim.", "They cannot swim.", "They can never swim."}),
        ("It was not painted.", {None}),
        ("Rabbits near the newly built bridge.", {None}),
    ],
)
def test_a_negation_is_put_in(text: str, expected: set[str | None]) -> None:
    assert results(falsifying.deny, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was not painted.", "It was painted."),
        ("It wasn't painted.", "It was painted."),
        ("It can't swim.", "It can swim."),
        ("He did not write it.", "He wrote it."),
        ("He never wrote it.", "He wrote it."),
        ("He wrote it.", None),
    ],
)
def test_a_negation_is_taken_out(text: str, expected: str | None) -> None:
    assert results(falsifying.affirm, text) == {expected}


def test_a_word_is_replaced_by_its_opposite() -> None:
    assert results(falsifying.oppose, "Prices rose before noon.") == {
        "Prices fell before noon.",
        "Prices rose after noon.",
    }
    assert falsifying.oppose("Rabbits eat grass.", Random(1)) is None


@pytest.mark.parametrize(
    ("change", "text", "expected"),
    [
        (rewording.move_phrase, "In 1961, the bridge was opened.", "The bridge was opened in 1961."),
        (rewording.move_phrase, "The bridge was opened in 1961.", "In 1961, the bridge was opened."),
        (rewording.move_phrase, "It was opened.", None),
        (rewording.drop_aside, "Dahl, a builder from Oslo, came late to Bergen.", "Dahl came late to Bergen."),
        (rewording.drop_aside, "The bridge (of stone) is very old.", "The bridge is very old."),
        (rewording.drop_end, "The bridge is very old, because nobody cared.", "The bridge is very old."),
        (rewording.drop_end, "The bridge is not old because nobody cared.", None),
        (rewording.reorder_members, "He saw Oslo and Bergen.", "He saw Bergen and Oslo."),
        (rewording.change_voice, "The bridge was built by Elin Dahl.", "Elin Dahl built the bridge."),
        (rewording.change_voice, "Dahl visited Novak in 1961.", "Novak was visited by Dahl in 1961."),
        (rewording.change_voice, "Dahl slept in 1961.", None),
        (rewording.misattribute, "The bridge was built by Elin Dahl.", "The bridge built Elin Dahl."),
        (rewording.misattribute, "Dahl visited Novak in 1961.", "Dahl was visited by Novak in 1961."),
        (rewording.shorten_name, "President Elin Dahl said so.", "Dahl said so."),
        (rewording.contract, "It was not painted.", "It wasn't painted."),
        (rewording.contract, "It can't swim.", "It cannot swim."),
        (rewording.replace_word, "He said so.", "He stated so."),
    ],
)
def test_a_sentence_is_said_otherwise(change: Change, text: str, expected: str | None) -> None:
    assert results(change, text) == {expected}


def test_a_statement_supports_its_passive_and_not_its_reverse() -> None:
    for seed in range(300):
        made = templates.statement(["Dahl", "Novak", "Brenner"], Random(seed))
        said, turned = ({_bare(claim) for claim in claims} for claims in (made.supported, made.other))
        assert _bare(made.text) in said
        assert len(said) == 2
        assert said.isdisjoint(turned)
    deeds = {_bare(templates.statement(["Dahl", "Novak"], Random(seed)).other[0]) for seed in SEEDS}
    assert any("was" in deed for deed in deeds)
    assert any("not" in deed for deed in deeds)


def _bare(claim: str) -> str:
    """Without the time, which may be left out or stand elsewhere."""
    words = claim.rstrip(".").lower()
    for time in filter(None, templates.WHEN):
        words = words.removeprefix(f"{time.lower()}, ").removesuffix(f" {time.lower()}")
    return words


CONTEXT = (
    "In 1961, the bridge of Halden was opened by Elin Dahl. It was not painted by Peter Novak in Oslo. "
    "Novak visited Dahl in Bergen on a cold Tuesday. The mayor thanked Brenner after the long meeting in Halden."
)


def written(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    folder.mkdir(exist_ok=True)
    with gzip.open(folder / name, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def made_of(tmp_path: Path) -> Callable[[str], list[dict[str, object]]]:
    def make(held_out: str) -> list[dict[str, object]]:
        row = {"id": "1", "source": "a", "claim": "Dahl visited Novak.", "evidence": "Dahl visited Novak in Oslo."}
        written(tmp_path / "support", "train.jsonl.gz", [{**row, "supported": True}])
        written(tmp_path / "support", "dev.jsonl.gz", [{**row, "evidence": held_out, "supported": True}])
        written(tmp_path / "reading", "train.jsonl.gz", [{"context": CONTEXT}, {"context": CONTEXT}])
        held = [
            {"title": title, "context": f"{title} was visited by Elin Dahl in May."} for title in ("Oslo", "Bergen")
        ]
        written(tmp_path / "reading", "dev.jsonl.gz", held)
        prepare.main([str(tmp_path), str(tmp_path / "out")])
        with gzip.open(tmp_path / "out" / "made.jsonl.gz", "rt", encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    return make


def test_as_many_supported_claims_are_made_as_others(made_of: Callable[[str], list[dict[str, object]]]) -> None:
    rows = made_of("Rabbits eat grass.")
    of_sentences = [row for row in rows if row["source"] == "made-sentences"]
    assert len(of_sentences) == 2 * 4
    assert sum(bool(row["supported"]) for row in of_sentences) == 4
    assert [row["supported"] for row in rows if row["source"] == "made-claims"] == [False]
    assert all(row["supported"] or row["claim"] not in str(row["evidence"]) for row in rows)
    assert made_of("Rabbits eat grass.") == rows


def test_what_stands_elsewhere_in_the_evidence_is_not_called_unsupported() -> None:
    said = ["Dahl was not late.", "Dahl wasn't late.", "Dahl was never late.", "Dahl was early."]
    assert all(
        prepare.falsified("Dahl was late.", " ".join(["Dahl was late.", *said]), Random(s)) is None for s in SEEDS
    )
    found = {prepare.falsified("Dahl was late.", "Dahl was late.", Random(seed)) for seed in SEEDS}
    assert {one[1] for one in found if one} == set(said)


def test_claims_to_calibrate_with_are_made_of_the_first_half_of_the_held_out_titles(
    made_of: Callable[[str], list[dict[str, object]]], tmp_path: Path
) -> None:
    made_of("Rabbits eat grass.")
    with gzip.open(tmp_path / "out" / "made_dev.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    assert [row["supported"] for row in rows] == [True, False]
    assert all("Bergen" in row["evidence"] and "Oslo" not in row["evidence"] for row in rows)


def test_what_is_held_out_is_not_learnt_from(made_of: Callable[[str], list[dict[str, object]]]) -> None:
    rows = made_of(f"Rabbits eat grass. {CONTEXT}")
    assert {row["source"] for row in rows} == {"made-claims"}
