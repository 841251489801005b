"""The trunk learns from written articles: what is asked of them, the windows that are read, and the parts that learn."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from assistant.network.adapters import unpacked
from assistant.network.windows import Window, encode
from assistant.training.reader import averaging, batches, export, network, train
from assistant.training.reader.examples import ARTICLES, Example, all_written, of_written, written_files
from assistant.training.reader.written import Span, Written, WrittenError, read
from assistant.training.shared.loop import Recipe, learnt
from index.sentences import sentences
from tests.tiny_base import write_base

ARTICLE = """### ARTICLE
title: Ferry to Osby stops
kind: local news
date: 3 March 2025
---
The ferry to Osby stops in May. It had carried 15 cars and 5 bicycles on its last day.

The council blames the price of oil. "We had no choice," said the mayor, Ada Lund.
---
Q howmany | How many bikes went along at the end? | 5 | It had carried
Q who | Who governs the town? | Ada Lund | said the mayor
Q list | What did it carry? | 15 cars && 5 bicycles | It had carried
Y no | Does the ferry still run in June? | stops in May
N person | Who bought the ferry? | Ada Lund
D
T | Who is the mayor? | Who is the mayor of Osby? | Ada Lund | said the mayor
T | did she have a choice | Did Ada Lund have a choice? | NO | We had no choice
T | Where was she born? | Where was Ada Lund born? | NONE |
C + | It runs no more. | stops in May
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "news-1.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def test_an_answer_is_found_as_whole_words_in_the_sentence_of_its_anchor(written: Path) -> None:
    [article] = read(written)
    bikes, mayor, several, decided, trap = article.questions
    said = [[article.text[s:e] for s, e in question.answers] for question in article.questions]
    assert said == [["5"], ["Ada Lund"], ["15 cars", "5 bicycles"], [], []]
    assert article.text[bikes.answers[0][0] :].startswith("5 bicycles")
    assert [article.text[s:e] for s, e in mayor.evidence] == ['"We had no choice," said the mayor, Ada Lund.']
    assert decided.yes is False
    assert decided.evidence == ((0, len("The ferry to Osby stops in May.")),)
    assert not trap.answerable
    assert article.text[slice(*trap.bait or (0, 0))] == "Ada Lund"
    assert several.answerable


def test_a_turn_stands_alone_and_knows_what_was_said_before(written: Path) -> None:
    _, choice, born = read(written)[0].turns
    assert choice.text == "Did Ada Lund have a choice?"
    assert choice.typed == "did she have a choice"
    assert choice.history == ("Who is the mayor?", "Ada Lund")
    assert choice.yes is False
    assert not born.answerable


def test_what_does_not_stand_in_the_article_is_named_with_its_line(written: Path) -> None:
    written.write_text(ARTICLE.replace("| 5 | It had", "| 7 | It had"), encoding="utf-8")
    with pytest.raises(WrittenError, match=r"news-1-1: 'Q howmany .*'7' does not stand in the article"):
        read(written)


@pytest.mark.parametrize(("line", "wrong"), [("Y no |", "Y nay |"), ("Q howmany |", "q howmany |")])
def test_a_line_that_begins_wrongly_is_named(written: Path, line: str, wrong: str) -> None:
    assert line in ARTICLE
    written.write_text(ARTICLE.replace(line, wrong), encoding="utf-8")
    with pytest.raises(WrittenError, match=r"a line begins with Q and a kind"):
        read(written)


def test_the_dev_part_is_never_trained_on(tmp_path: Path) -> None:
    for name in ("news-1.txt", "news-6.txt", "messy-4.txt", "messy-5.txt", "FORMAT.md"):
        (tmp_path / name).touch()
    assert [path.name for path in written_files(tmp_path, dev=False)] == ["messy-4.txt", "news-1.txt"]
    assert [path.name for path in written_files(tmp_path, dev=True)] == ["messy-5.txt", "news-6.txt"]


@pytest.mark.parametrize("seed", range(5))
def test_a_window_holds_what_answers_or_nothing_that_does(written: Path, seed: int) -> None:
    article = read(written)[0]
    kinds = set()
    for example in itertools.chain(*of_written([article], random.Random(seed), shares={"elsewhere": 1})):
        kinds.add(example.kind)
        assert example.context in article.text
        said = [example.context[s:e] for s, e in example.answers]
        if example.kind == "answer":
            assert said
            assert all(s >= 0 and e <= len(example.context) for s, e in example.evidence)
        elif example.kind in ("yesno", "claim"):
            assert example.evidence
            assert example.yes is not None
        else:
            assert not said
            assert not example.evidence
    assert kinds >= {"answer", "yesno", "claim", "trap", "none", "elsewhere"}


def test_the_articles_that_ship_keep_to_the_format() -> None:
    articles = [*all_written(ARTICLES, dev=False), *all_written(ARTICLES, dev=True)]
    assert len(articles) == len({article.title for article in articles}) == 734
    assert sum(article.loaded is not None for article in articles) == 92
    assert all(article.questions for article in articles)
    assert all(article.claims for article in articles if article.id.split("-")[0] not in ("close", "form"))
    assert all(not question.answerable for article in articles for question in article.questions if question.bait)


def test_questions_in_other_words_are_kinds_of_their_own(written: Path) -> None:
    again = (
        "R\nQ howmany | pedal-powered things aboard | 5 | It had carried\nN person | Who sold the boat? | Ada Lund\n"
    )
    written.write_text(ARTICLE.replace("D\nT |", f"{again}D\nT |", 1), encoding="utf-8")
    article = read(written)[0]
    assert [question.text for question in article.questions if question.series == "reworded"] == [
        "pedal-powered things aboard",
        "Who sold the boat?",
    ]
    kinds = {group[0].question: group[0].kind for group in of_written([article], random.Random(1))}
    assert kinds["How many bikes went along at the end?"] == "answer"
    assert kinds["pedal-powered things aboard"] == "reworded/answer"
    assert kinds["Who sold the boat?"] == "reworded/trap"


def test_questions_about_one_sentence_are_read_over_one_window(tmp_path: Path) -> None:
    body = "\n\n".join(f"Street {n} was built in {1900 + n}. It is {n + 20} metres long." for n in range(30))
    asked = "Q when | When was street 7 built? | 1907 | Street 7 was\nN entity | When was lane 7 built? | 1907"
    path = tmp_path / "news-1.txt"
    path.write_text(f"### ARTICLE\ntitle: Streets\nkind: news\ndate: x\n---\n{body}\n---\n{asked}\n", encoding="utf-8")
    seen = set()
    for seed in range(20):
        [[answered], [trap]] = of_written(read(path), random.Random(seed))
        assert (answered.kind, trap.kind) == ("answer", "trap")
        assert answered.context == trap.context
        assert answered.about == trap.about != ""
        seen.add(answered.context)
    assert len(seen) > 1


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def tokenizer(base: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(base / "tokenizer.json"))


def test_tokens_point_at_the_words_that_answer(written: Path, tokenizer: Any) -> None:
    article = read(written)[0]
    for [example] in of_written([article], random.Random(2)):
        [[row]] = [one.windows for one in batches.encoded(tokenizer, [(example,)], random.Random(1))]
        one = encode(tokenizer, row.window)
        said = [
            example.context[one.offsets[s - one.first][0] : one.offsets[e - one.first][1]]
            for s, e in zip(row.starts, row.ends, strict=True)
        ]
        assert said == [example.context[s:e] for s, e in example.answers]
        known = sentences(example.context)
        assert {known[n] for n in row.evidence} == set(example.evidence)
        assert (row.context == 1).sum() == len(one.offsets)
        assert set(np.unique(row.sentence[row.context == 1])) <= set(range(len(known)))
        assert (row.verdict in (batches.YES, batches.NO)) == (example.kind == "yesno")


def test_at_first_the_adapted_network_is_the_base(base: Path) -> None:
    from transformers import MPNetModel

    plain = MPNetModel.from_pretrained(base, add_pooling_layer=False).eval()
    adapted = network.TrunkNetwork(base, rank=4, frozen=1).eval()
    ids = torch.randint(4, 40, (2, 12))
    mask = torch.ones_like(ids)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        difference = plain(ids, mask).last_hidden_state.float() - adapted.hidden(ids, mask, mask).float()
    assert difference.abs().max() < 0.1


def test_only_adapters_and_heads_learn_and_they_do(base: Path, tokenizer: Any, written: Path) -> None:
    task = train.Trunk(base)
    groups = [one for one in of_written(read(written), random.Random(2)) if one[0].kind != "none"]
    rows = batches.encoded(tokenizer, groups, random.Random(1))
    torch.manual_seed(3)
    learner = network.TrunkNetwork(base, rank=4, frozen=1, dropout=0.0)
    before = {name: value.detach().clone() for name, value in learner.named_parameters()}
    optimizer = torch.optim.AdamW([p for p in learner.parameters() if p.requires_grad], lr=1e-2)
    losses = []
    for _ in range(80):
        loss = task.loss(learner, rows, torch.device("cpu")) / len(rows)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] / 2
    changed = {name for name, value in learner.named_parameters() if not torch.equal(value, before[name])}
    assert changed <= set(learnt(learner))
    assert all(any(part in name for part in ("down", "up", "span", "sentence", "verdict")) for name in changed)


def test_a_window_without_an_answer_teaches_that_there_is_none(tokenizer: Any) -> None:
    example = Example("trap", "Osby", "Who bought it?", "The mayor is Ada Lund. She sold it.")
    [asked] = batches.encoded(tokenizer, [(example,)], random.Random(1))
    wanted = batches.targets(asked.windows, len(asked.ids))
    assert wanted["start"][0, 0] == wanted["end"][0, 0] == wanted["sentence"][0, 0] == 1
    assert wanted["verdict"][0] == -1
    [asked] = batches.encoded(tokenizer, [(Example("trap", "", "Was it sold?", "It lay there."),)], random.Random(1))
    assert batches.targets(asked.windows, 40)["verdict"][0] == batches.NEITHER


def test_training_goes_on_from_what_was_exported(base: Path, tokenizer: Any, tmp_path: Path) -> None:
    recipe = Recipe((), rank=4, frozen=1)
    task = train.Trunk(base)
    trained = task.load(None, recipe)
    with torch.no_grad():
        for value in learnt(trained).values():
            value.normal_(std=0.1)
    export.write_weights(trained, tokenizer, [[Window("who?", "", "Ada did.")]], tmp_path / "trunk.safetensors")
    again = learnt(task.load(tmp_path / "trunk.safetensors", recipe))
    for name, value in learnt(trained).items():
        torch.testing.assert_close(again[name].float(), value, atol=3e-3, rtol=1e-3)


def test_training_can_go_on_with_adapters_of_a_higher_rank_and_in_more_layers(
    base: Path, tokenizer: Any, tmp_path: Path
) -> None:
    task = train.Trunk(base)
    trained = task.load(None, Recipe((), rank=4, frozen=1)).eval()
    with torch.no_grad():
        for value in learnt(trained).values():
            value.normal_(std=0.1)
    path = tmp_path / "trunk.safetensors"
    export.write_weights(trained, tokenizer, [[Window("who?", "", "Ada did.")]], path)
    with pytest.raises(ValueError, match="rank 4: name a recipe with that rank or more"):
        task.load(path, Recipe((), rank=2, frozen=1))
    wider = task.load(path, Recipe((), rank=8, frozen=0)).eval()
    assert sum(value.numel() for value in learnt(wider).values()) > sum(
        value.numel() for value in learnt(trained).values()
    )
    [asked] = batches.encoded(tokenizer, [(Example("answer", "", "who?", "ada did. it rained."),)], random.Random(1))
    given = {name: torch.from_numpy(values) for name, values in batches.arrays(asked.windows).items()}
    with torch.inference_mode():
        for before, after in zip(trained(**given), wider(**given), strict=True):
            torch.testing.assert_close(after, before, atol=0.05, rtol=0.05)


def test_a_claim_is_asked_as_a_question_with_its_verdict(written: Path) -> None:
    [article] = read(written)
    asked = {
        example.question: example.yes
        for seed in range(20)
        for [example] in of_written([article], random.Random(seed))
        if example.kind == "claim"
    }
    assert set(asked) <= {"It runs no more?", "Is it true that it runs no more?", "Is it right that it runs no more?"}
    assert set(asked.values()) == {True}


def test_windows_that_do_not_answer_come_with_a_question_as_the_search_finds_them(written: Path) -> None:
    [article] = read(written)
    other = Written("other", "Ferries", "news", "", "Another ferry has 9 bicycles.")

    def near(question: str, own: Written, others: bool) -> list[tuple[Written, Span]]:
        assert own is article
        return [(other, (0, 15))] if others else [(article, (0, 10))]

    groups = list(of_written([article], random.Random(1), near, {"elsewhere": 1, "library": 1}))
    assert {tuple(one.kind for one in group[1:]) for group in groups} == {("elsewhere", "library")}
    assert {(group[2].title, group[2].context) for group in groups} == {("Ferries", other.text[:15])}


def test_the_windows_of_a_question_are_one_choice(tokenizer: Any) -> None:
    margins = torch.tensor([[0.0, 2.0, -3.0], [0.0, 3.0, 1.0], [0.0, 5.0, 5.0]])
    wanted = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    apart = train.shared_loss(margins, wanted, [1, 1, 1])
    together = train.shared_loss(margins, wanted, [2, 1])
    all_of_it = torch.tensor([0.0, 2.0, -3.0, 3.0, 1.0])
    assert float(apart) == 0
    assert float(together) == pytest.approx(float(all_of_it.logsumexp(0)) - 2.0)


def test_what_the_teacher_says_of_a_word_is_taught_at_the_same_word() -> None:
    from assistant.network.reading_models import SmallModel
    from assistant.network.weights import open_tokenizer
    from assistant.network.windows import BERT
    from assistant.training.reader.distilling import taught

    texts = ("The bridge is shut. Kari Holm mends the bridge, he said.", "It rained.")
    group = tuple(Example("answer", "Bridge", "Who mends the bridge?", text) for text in texts)
    [asked] = batches.encoded(open_tokenizer(), [group], random.Random(3), BERT)
    readings = SmallModel().load().read([row.window for row in asked.windows])
    width = max(len(row.ids) for row in asked.windows)
    said = taught(asked.windows, readings, width)
    assert {name: values.shape for name, values in said.items()} == {
        "start": (2, width),
        "end": (2, width),
        "sentence": (2, 65),
    }
    for n, (row, reading) in enumerate(zip(asked.windows, readings, strict=True)):
        assert all(abs(values[n].sum() - 1) < 1e-5 for values in said.values())
        inside = np.append(0, np.flatnonzero(row.context))
        for name, logits in (("start", reading.start), ("end", reading.end)):
            assert said[name][n].argmax() == inside[logits[inside].argmax()]
        assert said["sentence"][n, 1:].argmax() == reading.margins.argmax()


def test_the_fast_network_can_be_trained_on_from_what_ships() -> None:
    from assistant.network.reading_models import SmallModel
    from assistant.network.weights import READER, open_tokenizer
    from assistant.network.windows import BERT
    from index.compiling import built_in_model_dir

    task = train.Trunk(built_in_model_dir(), small=True)
    again = task.load(READER / "reader.onnx", Recipe((), dropout=0.0)).eval()
    text = "The bridge is shut. Kari Holm mends the bridge until May. It rained."
    [asked] = batches.encoded(
        open_tokenizer(), [(Example("answer", "Bridge", "Who mends it?", text),)], random.Random(3), BERT
    )
    with torch.inference_mode():
        given = {name: torch.from_numpy(values) for name, values in batches.arrays(asked.windows).items()}
        _, _, sentence, _ = again(**given)
    [shipped] = SmallModel().load().read([asked.windows[0].window])
    margins = (sentence[0, 1:4] - sentence[0, 0]).numpy()
    np.testing.assert_allclose(margins, shipped.margins, atol=0.5)


def test_two_exports_are_averaged_and_what_is_made_is_known_by_its_checksum(
    base: Path, tokenizer: Any, tmp_path: Path
) -> None:
    from safetensors.numpy import load_file

    files = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        files.append(tmp_path / f"{seed}.safetensors")
        trained = network.TrunkNetwork(base, rank=4, frozen=1)
        export.write_weights(trained, tokenizer, [[Window("who?", "", "Ada did.")]], files[-1])
    (tmp_path / "trunk.json").write_text(
        json.dumps({"name": "old", "sha256": {"tokenizer.json": "a"}, "calibration": {}})
    )
    averaging.main([*map(str, files), str(tmp_path), "--name", "mean"])
    first, second, made = (unpacked(load_file(path)) for path in (*files, tmp_path / "trunk.safetensors"))
    for name, value in made.items():
        both = np.stack([first[name], second[name]]).astype(np.float32)
        np.testing.assert_allclose(
            value, both.max(0) if name.endswith(".largest") else both.mean(0), atol=1e-3, rtol=1e-3
        )
    known = json.loads((tmp_path / "trunk.json").read_text())
    assert known["name"] == "mean"
    assert (
        known["sha256"]["trunk.safetensors"]
        == hashlib.sha256((tmp_path / "trunk.safetensors").read_bytes()).hexdigest()
    )
    with pytest.raises(ValueError, match="different networks"):
        averaging.mean(first, {})
