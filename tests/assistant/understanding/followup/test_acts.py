"""What an utterance does in a conversation, judged by its words."""

from __future__ import annotations

import pytest

from assistant.training.kinds.asked import TURNS, read_turns
from assistant.understanding.followup.acts import act_of

# None of these stands among the utterances that it was fitted to.


@pytest.mark.parametrize(
    ("utterance", "topic"),
    [
        ("no, I meant the windmill", "the windmill"),
        ("I meant the windmill, not the granary", "the windmill"),
        ("Sorry, the eldest daughter.", "the eldest daughter"),
        ("not the porter, the cook", "the cook"),
        ("Not Thursday, Friday.", "Friday"),
        ("no, for pensioners", "for pensioners"),
        ("not the Karsk Bridge, the Tindle Bridge", "the Tindle Bridge"),
    ],
)
def test_what_was_meant_is_put_right(utterance: str, topic: str) -> None:
    act = act_of(utterance)
    assert (act.kind, act.topic) == ("meant", topic)


@pytest.mark.parametrize(
    ("utterance", "topic", "rest"),
    [
        ("back to the windmill", "the windmill", ""),
        ("Back to the committee: when did it meet?", "the committee", "when did it meet?"),
        ("let's go back to the island, who lives there", "the island", "who lives there"),
    ],
)
def test_somebody_goes_back_perhaps_with_a_question(utterance: str, topic: str, rest: str) -> None:
    act = act_of(utterance)
    assert (act.kind, act.topic, act.rest) == ("back", topic, rest)


@pytest.mark.parametrize(
    "utterance", ["Are you sure about this one?", "where is that written down?", "can that really be?"]
)
def test_an_answer_is_doubted(utterance: str) -> None:
    assert act_of(utterance).kind == "source"


@pytest.mark.parametrize("utterance", ["who told you so?", "and who says so, please?"])
def test_it_is_asked_who_says_so(utterance: str) -> None:
    assert act_of(utterance).kind == "speaker"


@pytest.mark.parametrize(
    "utterance",
    [
        "What about the windmill?",
        "And the granary?",
        "Who met on Friday?",
        "why?",
        "What did you mean by that word?",
        "When do the goats go back to the island?",
        "Is the cook sure of it?",
        "",
        "?!",
    ],
)
def test_anything_else_asks(utterance: str) -> None:
    assert act_of(utterance).kind == "ask"


def test_each_utterance_that_it_was_fitted_to_is_understood() -> None:
    wrong = [turn.text for turn in read_turns(TURNS) if act_of(turn.text).kind != turn.act]
    assert len(wrong) <= 0.02 * len(read_turns(TURNS)), wrong


@pytest.mark.parametrize("line", ["asks | who?", "meant the ferry", "meant | [the] [ferry]", "meant | the] ferry"])
def test_a_line_of_another_form_is_named(line: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("turns") / "turns.txt"
    path.write_text(f"ask | who?\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_turns(path)
