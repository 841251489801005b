"""How the checker is made: batches that a seed repeats, an export that says what was trained, a calibration that is written."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.network.weights import open_tokenizer
from assistant.verification.entailment.checker import BUILT_IN, OnnxChecker, probability
from assistant.verification.entailment.layout import MAX_TOKENS, arrays, lay_out

PAIRS = [
    ("The ferry sank in 1950.", "The ferry of Bergen sank in 1950, and nobody drowned."),
    ("The ferry sank in 1911.", "The ferry of Bergen sank in 1950, and nobody drowned."),
    ("Rabbits eat grass.", "The bridge is 240 metres long."),
]


def data(folder: Path, name: str, count: int) -> None:
    rng = random.Random(count)
    places = ["Oslo", "Bergen", "Halden"]
    rows = []
    for n in range(count):
        said, year = rng.choice(places), 1900 + n
        other = rng.choice(places)
        claim, evidence = f"The ferry reached {said} in {year}.", f"In {year} the ferry reached {other}."
        rows.append(
            {"id": str(n), "source": f"s{n % 2}", "claim": claim, "evidence": evidence, "supported": said == other}
        )
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))


def test_a_pair_is_laid_out_with_the_evidence_as_the_second_text() -> None:
    tokenizer = open_tokenizer()
    first, second = rows = lay_out(tokenizer, [("A ferry sank.", "It sank."), ("word " * 300, "other " * 300)])
    encoding = tokenizer.encode("A ferry sank.", "It sank.")
    batch = arrays(rows)
    assert first.ids.tolist() == encoding.ids
    assert batch["token_type_ids"][0][: len(encoding.ids)].tolist() == encoding.type_ids
    assert batch["attention_mask"].sum(axis=1).tolist() == [len(first.ids), len(second.ids)]
    assert len(second.ids) == MAX_TOKENS
    assert tokenizer.decode(second.ids[second.premise :].tolist()).split()[0] == "other"


def test_of_long_evidence_the_part_that_has_the_claims_words_is_read() -> None:
    tokenizer = open_tokenizer()
    claim = "The ferry sank in 1950."
    for before, after in ((0, 300), (300, 0), (250, 250)):
        (row,) = lay_out(tokenizer, [(claim, f"{'other ' * before}{claim}{' other' * after}")])
        assert len(row.ids) == MAX_TOKENS
        assert "the ferry sank in 1950." in tokenizer.decode(row.ids[row.premise :].tolist())


def test_the_plan_is_the_same_for_the_same_seed_and_reads_what_the_rounds_say(tmp_path: Path) -> None:
    from assistant.training.entailment.train import Supporting
    from assistant.training.shared.loop import Recipe

    data(tmp_path, "train", 40)
    recipe = Recipe(rounds=({"s0": 1, "s1": 0.5}, {"s1": 1}), batch=5)
    first, second = (Supporting().plan(tmp_path, recipe) for _ in range(2))
    ids: list[list[Any]] = [[row.ids.tolist() for batch in plan for row in batch] for plan in (first, second)]
    assert ids[0] == ids[1]
    assert len(first) == 30 // 5 + 20 // 5


def test_made_claims_are_read_beside_the_real_ones(tmp_path: Path) -> None:
    from assistant.training.entailment.train import Supporting
    from assistant.training.shared.loop import Recipe

    data(tmp_path, "train", 20)
    data(tmp_path, "made", 10)
    plan = Supporting().plan(tmp_path, Recipe(rounds=({"s0": 1, "s1": 1},), batch=5))
    assert len(plan) == (20 + 10) // 5


@pytest.mark.slow
def test_the_exported_network_says_what_the_trained_one_says(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    from assistant.training.entailment import export
    from assistant.training.entailment.network import load
    from assistant.training.shared.loop import learnt

    torch.manual_seed(1)
    network = load(None, dropout=0.0).eval()
    torch.nn.init.normal_(network.supported[3].weight, std=0.5)
    save_file({name: value.contiguous() for name, value in learnt(network).items()}, tmp_path / "checkpoint")
    export.main([str(tmp_path / "checkpoint"), str(tmp_path), "--exact", "--name", "x"])
    inputs = arrays(lay_out(open_tokenizer(), PAIRS))
    with torch.inference_mode():
        trained = network(*(torch.from_numpy(values) for values in inputs.values())).numpy()
    exported = np.array([values[0] for values in OnnxChecker(tmp_path).values(PAIRS)])
    # The exported one has tanh for erf in its activations.
    assert np.abs(trained - exported).max() < 0.02


def test_training_begins_with_the_readers_transformer_or_goes_on_with_its_own(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    from assistant.training.entailment.network import load
    from assistant.training.reader.network import SmallNetwork
    from assistant.training.shared.loop import learnt

    reader = SmallNetwork()
    reader.encoder.encoder.layer[0].output.dense.weight.data += 1.0
    save_file({name: value.contiguous() for name, value in learnt(reader).items()}, tmp_path / "reader")
    begun = load(tmp_path / "reader")
    assert begun.encoder.encoder.layer[0].output.dense.weight.equal(reader.encoder.encoder.layer[0].output.dense.weight)
    save_file({name: value.contiguous() for name, value in learnt(begun).items()}, tmp_path / "own")
    assert load(tmp_path / "own").supported[0].weight.equal(begun.supported[0].weight)
    save_file({"encoder.other": reader.span.weight.data}, tmp_path / "foreign")
    with pytest.raises(ValueError, match="no checkpoint"):
        load(tmp_path / "foreign")


def test_evaluating_writes_what_it_fitted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    from assistant.training.entailment import evaluate

    shutil.copytree(BUILT_IN, tmp_path / "model")
    data(tmp_path, "train", 60)
    data(tmp_path, "dev", 30)
    evaluate.main([str(tmp_path), str(tmp_path / "model"), "--write"])
    report = json.loads(capsys.readouterr().out)
    known = json.loads((tmp_path / "model" / "support.json").read_text())
    assert (known["counted"], known["calibration"]) == (report["counted"], report["calibration"])
    assert OnnxChecker(tmp_path / "model").threshold == report["threshold"]
    assert report["auroc_of_counted"] == 1.0
    assert 0.5 < report["cross_validated"]["auroc"] <= 1


def test_calibrating_hears_made_claims_and_leaves_the_threshold_to_real_ones() -> None:
    from assistant.training.entailment.evaluate import fitted
    from assistant.training.entailment.scoring import best_threshold

    rng = np.random.default_rng(1)
    supported = np.arange(200) % 2 == 0
    values = np.column_stack([rng.normal(supported, 1.0), rng.normal(supported, 0.5), np.zeros(200)])
    made_supported = np.arange(100) % 2 == 0
    made = np.column_stack([made_supported * 6.0 - 3.0, np.full(100, 2.0), ~made_supported * 1.0])
    alone, _ = fitted(values, supported, made[:0], made_supported[:0])
    weights, threshold = fitted(values, supported, made, made_supported)
    assert alone[3] == 0
    assert weights[3] < -1
    assert weights[1] / weights[2] > alone[1] / alone[2]
    found = [probability(weights, one) for one in values]
    assert threshold == pytest.approx(best_threshold(found, supported.tolist()), abs=1e-4)


@pytest.mark.slow
def test_training_can_go_on_from_the_exported_files(tmp_path: Path) -> None:
    from assistant.training.entailment import export, restore

    restore.main([str(tmp_path / "again.safetensors")])
    export.main([str(tmp_path / "again.safetensors"), str(tmp_path), "--name", "x"])
    first, second = (np.array([v[0] for v in OnnxChecker(folder).values(PAIRS)]) for folder in (BUILT_IN, tmp_path))
    assert np.abs(first - second).max() < 0.3
