"""What the resolver learns from: labels that say what a rewrite says, and made follow-ups that leave out what was said."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.training.reader.written import Question, Written
from assistant.training.resolver import prepare
from assistant.training.resolver.examples import Example, read
from assistant.training.resolver.labels import Labels, label
from assistant.training.resolver.made import made, shortened
from assistant.training.resolver.scoring import Resolved, figures
from assistant.training.resolver.written import of_conversations, unrelated
from assistant.understanding.followup.editing import edited
from assistant.understanding.followup.layout import Utterance, lay_out
from assistant.understanding.followup.resolver_network import BUILT_IN, LINKS, OnnxResolver, Thresholds, by_word
from assistant.understanding.followup.terms import content_words
from tests.assistant.understanding.followup.scripted import tokenizer

SAID = [
    Utterance("user", "Who is Anna Berg?"),
    Utterance("assistant", "The mayor of Oslo, Anna Berg, opened the bridge in 2019."),
]
CONTEXT = (
    "Anna Berg was born in Oslo. She went to school in Bergen. Her first book is about ferries. Berg died in 1990."
)


def labelled(question: str, rewrite: str) -> tuple[Labels, list[str]]:
    layout = lay_out(tokenizer(), question, SAID)
    labels = label(layout, rewrite)
    return labels, [word.text for word, wanted in zip(layout.said, labels.needed, strict=True) if wanted]


def test_a_name_for_a_pronoun_is_a_replacement_from_wherever_it_stands() -> None:
    labels, needed = labelled("What did she say?", "What did Anna Berg say?")
    (one,) = labels.replacements
    assert (one.first, one.last, len(one.spans)) == (2, 2, 2)
    assert needed == ["Anna", "Berg", "Anna", "Berg"]
    assert not labels.insertions


def test_words_that_are_added_are_an_insertion_with_what_leads_them_in() -> None:
    labels, needed = labelled("Were there floods?", "Were there floods in Oslo?")
    (one,) = labels.insertions
    assert (one.after, LINKS[one.link]) == (2, "in")
    assert needed == ["Oslo"]


def test_what_the_history_lacks_is_not_learnt() -> None:
    labels, needed = labelled("What did she say?", "What did the minister say?")
    assert (labels.replacements, labels.insertions, needed) == ([], [], [])


def test_a_question_that_stays_has_no_labels() -> None:
    labels, needed = labelled("How deep is the sea?", "How deep is the sea?")
    assert (labels.changed, labels.replacements, labels.insertions, needed) == (False, [], [], [])


def _row(question: str, answer: str, context: str = CONTEXT) -> dict[str, Any]:
    answers = [{"text": answer, "start": context.index(answer)}]
    return {
        "id": question, "source": "squad1-dev", "title": "Anna_Berg", "context": context, "question": question,
        "answers": answers, "answerable": True,
    }  # fmt: skip


READING = [
    _row("Where was Anna Berg born?", "Oslo"),
    _row("Where did Anna Berg go to school?", "Bergen"),
    _row("What is Anna Berg's first book about?", "ferries"),
    _row("When did Anna Berg die?", "1990"),
]


ARTICLE = """### ARTICLE
title: The ferry
kind: news
date: 4 March 2024
---
Ada Lund steers the ferry. She is 40.
---
Q who | Who steers the ferry? | Ada Lund | steers the ferry
D
T | who steers the ferry | Who steers the ferry? | Ada Lund | steers the ferry
T | and how old is she? | How old is Ada Lund? | 40 | She is 40
"""


def folders(data: Path, followup: list[dict[str, Any]], reading: list[dict[str, Any]]) -> None:
    """A folder of data as `prepare` reads it, without written articles."""
    for name, lines in (("followup", followup), ("reading", reading)):
        (data / name).mkdir()
        with gzip.open(data / name / "train.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write("".join(json.dumps(line) + "\n" for line in lines))
    (data / "written").mkdir()


def test_made_follow_ups_leave_out_only_what_was_said_before() -> None:
    examples = [e for seed in range(20) for e in made(READING, random.Random(seed))]
    assert {"made", "whole"} <= {e.kind for e in examples}
    assert any(" she " in e.question for e in examples)
    assert any("her first book" in e.question for e in examples)
    for e in examples:
        lost = content_words(e.rewrite).keys() - content_words(e.question).keys()
        told = content_words(" ".join(piece.text for piece in e.history)).keys()
        assert lost <= told
        assert bool(lost) == (e.kind in {"made", "across"})


def test_questions_across_paragraphs_are_answered_with_passages() -> None:
    other = (
        "The ferry of Bergen was built in 1911. The ferry of Bergen sank in 1950, and nobody drowned. It was a Tuesday."
    )
    rows = [
        *READING,
        _row("When was the ferry of Bergen built?", "1911", other),
        _row("When sank the ferry of Bergen?", "1950", other),
    ]
    examples = [e for seed in range(30) for e in made(rows, random.Random(seed)) if e.kind == "across"]
    answers = {piece.text for e in examples for piece in e.history if piece.role == "assistant"}
    assert "The ferry of Bergen sank in 1950, and nobody drowned. It was a Tuesday." in answers


def test_a_modifier_is_left_out_where_the_noun_stays() -> None:
    told = "The northern ferry sank."
    found = {shortened("When sank the northern ferry?", told, told, random.Random(seed)) for seed in range(40)}
    assert "When sank the ferry?" in found
    noun_follows = {
        shortened("When sank the northern ferry?", "the northern", told, random.Random(s)) for s in range(40)
    }
    assert noun_follows <= {f"When sank {word} ferry?" for word in ("the", "this", "that")}


def test_preparing_gives_rewritten_and_untitled_histories_and_the_same_twice(tmp_path: Path) -> None:
    turns = [{"role": "topic", "text": "Oslo"}, {"role": "user", "text": "Is it old?"}]
    rows = [
        {"id": "C1-0", "source": "canard", "history": turns[:1], "question": "Is it old?", "rewrite": "Is Oslo old?"},
        {"id": "C1-1", "source": "canard", "history": turns, "question": "And big?", "rewrite": "Is Oslo big?"},
    ]
    folders(tmp_path, rows, READING)
    for name in ("a", "b"):
        prepare.main([str(tmp_path), str(tmp_path / name), "--articles", str(tmp_path / "none")])
    first, second = (read(tmp_path / name / "examples.jsonl.gz") for name in ("a", "b"))
    assert first == second
    standalone = next(e for e in first if e.kind == "standalone")
    assert standalone == Example(
        "standalone", (Utterance("topic", "Oslo"), Utterance("user", "Is Oslo old?")), "And big?", "Is Oslo big?"
    )
    assert all(p.role != "topic" for e in first if e.kind == "untitled" for p in e.history)
    assert {(e.question, e.rewrite) for e in first if e.kind == "told"} == {("Is Oslo big?", "Is Oslo big?")} | {
        ("Is Oslo old?", "Is Oslo old?")
    }


def test_a_row_learns_where_the_words_stand() -> None:
    from assistant.training.resolver.train import encoded

    row = encoded(Example("canard", tuple(SAID), "What did she say?", "What did Anna Berg say?"))
    layout = lay_out(tokenizer(), "What did she say?", SAID)
    assert [layout.asked[n].text for n, w in enumerate(layout.asked) if row.replaced[w.token] == 1] == ["she"]
    (_, token, starts), (_, _, ends) = row.pointers
    by_token = {word.token: word.text for word in layout.said}
    assert (token, {by_token[t] for t in starts}, {by_token[t] for t in ends}) == (
        layout.asked[2].token,
        {"Anna"},
        {"Berg"},
    )
    assert {by_token[int(t)] for t in np.flatnonzero(row.needed == 1)} == {"Anna", "Berg"}


@pytest.mark.slow
def test_the_exported_network_says_what_the_trained_one_says(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    from assistant.training.resolver import export
    from assistant.training.resolver.network import load
    from assistant.training.shared.loop import learnt

    torch.manual_seed(1)
    network = load(None, dropout=0.0).eval()
    save_file({name: value.contiguous() for name, value in learnt(network).items()}, tmp_path / "checkpoint")
    export.main([str(tmp_path / "checkpoint"), str(tmp_path), "--exact", "--name", "x"])
    layout = lay_out(tokenizer(), "What did she say?", SAID)
    ids = torch.from_numpy(layout.ids)[None]
    with torch.inference_mode():
        outputs = network(ids, torch.ones_like(ids), *(torch.from_numpy(a)[None] for a in (layout.types, layout.marks)))
    words, links, pointers, changed = (output[0].numpy() for output in outputs)
    trained = by_word(layout, words, links, pointers, float(changed))
    exported = OnnxResolver(tmp_path).predict(layout)
    for name in ("changed", "needed", "replaced", "links", "starts", "ends", "inner_starts", "inner_ends"):
        # The exported one has tanh for erf in its activations.
        assert np.abs(getattr(trained, name) - getattr(exported, name)).max() < 0.05, name
    assert edited(layout, trained, Thresholds()) == edited(layout, exported, Thresholds())


@pytest.mark.slow
def test_training_can_go_on_from_the_exported_files(tmp_path: Path) -> None:
    from assistant.training.resolver import export, restore

    restore.main([str(tmp_path / "again.safetensors")])
    export.main([str(tmp_path / "again.safetensors"), str(tmp_path), "--name", "x"])
    layout = lay_out(tokenizer(), "What did she say?", SAID)
    first, second = (OnnxResolver(folder).predict(layout) for folder in (BUILT_IN, tmp_path))
    assert np.abs(first.needed - second.needed).max() < 0.1
    assert edited(layout, first, Thresholds()) == edited(layout, second, Thresholds())


def test_the_figures_are_counted_over_terms() -> None:
    right = Resolved("What did she say?", "What did Anna Berg say?", "What did Anna Berg say")
    half = Resolved("Is it old?", "Is the Oslo bridge old?", "Is Oslo tower old?")
    alone = Resolved("Is rain wet?", "Is rain wet?", "Is rain wet? (Oslo)")
    left = Resolved("Who?", "Who opened the bridge?", "Who?")
    found = figures([right, half, alone, left])
    assert found["added_term_precision"] == pytest.approx(3 / 5)
    assert found["added_term_recall"] == pytest.approx(3 / 6)
    assert found["added_term_f1"] == pytest.approx(6 / 11)
    assert found["rouge1_recall"] == pytest.approx((5 / 5 + 3 / 5 + 3 / 3 + 1 / 4) / 4)
    assert (found["exact_match"], found["changed_self_contained"]) == (1 / 4, 1.0)
    assert found["unchanged_follow_ups"] == pytest.approx(1 / 3)


def written(*turns: tuple[str, str], title: str = "The ferry") -> Written:
    """An article with a conversation, each turn as it was typed and as it stands alone, and the sentence that answers."""
    made = Written(title, title, "news", "2024-01-01", "Ada Lund steers the ferry. She is 40.")
    spans = [(0, 26), (27, 37)]
    before: tuple[str, ...] = ()
    for number, (typed, alone) in enumerate(turns):
        made.turns.append(Question(alone, "turn", (), (spans[number % 2],), typed=typed, history=before))
        before = (*before, typed, "answer")
    made.questions.append(Question("Who steers it?", "who", (spans[0],), (spans[0],)))
    return made


TALK = (("who steers the ferry", "Who steers the ferry?"), ("and how old is she?", "How old is Ada Lund?"))


def test_a_written_follow_up_is_learnt_with_what_was_typed_and_quoted_before() -> None:
    found = list(of_conversations([written(*TALK)], random.Random(1)))
    by_kind = {example.kind: example for example in found}
    assert set(by_kind) == {"written", "written alone", "written told"}
    assert by_kind["written"].history == (
        Utterance("user", "who steers the ferry"),
        Utterance("assistant", "Ada Lund steers the ferry."),
    )
    assert by_kind["written alone"].history[0].text == "Who steers the ferry?"
    assert (by_kind["written"].question, by_kind["written"].rewrite) == TALK[1]
    assert (by_kind["written told"].question, by_kind["written told"].rewrite) == (TALK[1][1],) * 2


def test_a_conversation_that_begins_anew_leans_on_nothing_before() -> None:
    article = written(*TALK)
    article.turns.append(replace(article.turns[0]))
    assert [example.question for example in of_conversations([article], random.Random(1))].count(TALK[0][0]) == 0


def test_after_a_talk_about_another_article_a_question_needs_nothing() -> None:
    one, other = written(*TALK), written(("what sank?", "What sank?"), title="The bridge")
    found = list(unrelated([one, other] * 4, random.Random(3)))
    assert found
    assert all(example.question == example.rewrite and example.history for example in found)
    assert {example.kind for example in found} == {"unrelated"}


def test_no_article_of_the_dev_part_is_learnt_from(tmp_path: Path) -> None:
    folders(tmp_path, [], READING)
    for name in ("news-1.txt", "news-6.txt"):
        (tmp_path / "written" / name).write_text(ARTICLE.replace("Ada", name[:6]), encoding="utf-8")
    prepare.main([str(tmp_path), str(tmp_path / "made"), "--articles", str(tmp_path / "none")])
    told = [e for e in read(tmp_path / "made" / "examples.jsonl.gz") if e.kind.startswith("written")]
    assert told
    assert any("news-1" in utterance.text for example in told for utterance in example.history)
    assert not any("news-6" in utterance.text for example in told for utterance in example.history)
