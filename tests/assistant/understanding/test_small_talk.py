"""Small talk gets a reply, unsearched; whatever else stands beside it makes it a question."""

from __future__ import annotations

import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant import Answer, Article, Assistant, Turn
from assistant.core.errors import EmptyLibraryError
from assistant.core.events import Done
from assistant.questions import load
from assistant.questions.grading.grade import broken_law
from assistant.understanding.small_talk import replies, reply, vocabulary
from tests.helpers import SHIPPED_SETS

SHIPPED = sorted(SHIPPED_SETS.glob("*.questions.yaml"))

SMALL_TALK = {
    "greeting": [
        "hello",
        "Hi!",
        "Hey there",
        "helloooo",
        "Good morning.",
        "hello Footnote",
        "Hello? Anyone there?",
        "hiii",
    ],
    "thanks": [
        "thanks",
        "Thank you so much for your help!",
        "thx!!",
        "that's great, thank you!",
        "THANKSSSS 🙏",
        "ty",
        "cheers mate",
        "oh, and thanks again :)",
        "I appreciate it",
        "Thank you... very much",
    ],
    "farewell": ["bye", "Goodbye!", "ok great, thanks a lot, bye", "see you later", "Have a nice day", "byeee"],
    "asking": ["I have a question", "Can I ask you something?"],
    "acknowledgement": [
        "ok",
        "O.K.",
        "Yes",
        "no",
        "No, that's all.",
        "I see",
        "got it",
        "Ah, I see. Makes sense!",
        "cool 😎",
        "great",
        "never mind",
        "nice",
        "Nice!",
        "That’s all right",
        "hmm",
        "You're welcome",
    ],
    "identity": ["who are you?", "What's your name", "Are you human?", "ok, and are you a robot?", "WHO R U"],
    "abilities": ["what can you do?", "help", "Help!", "/help", "can you help me?", "What can I ask you?"],
    "wellbeing": ["how are you?", "Hello, how are you today?", "How are you doing? Thanks!"],
    "proof": ["Are you sure?", "really?", "How do you know that?"],
    "apology": ["sorry", "Oops, my mistake", "I'm so sorry about that!"],
    "complaint": ["That's wrong.", "you didn't answer my question"],
    "compliment": ["You are the best!", "well done", "what a great answer", "Good job 👍"],
}

QUESTIONS = [
    "Thanks! And when was he born?",
    "Hello, who won?",
    "ok and in 2019?",
    "ok why",
    "ok so",
    "And?",
    "Thanks for what?",
    "Why thanks?",
    "Who are they?",
    "Who is this?",
    "What is this?",
    "Who made it?",
    "Is it a robot?",
    "What is her name?",
    "Who are you talking about?",
    "What can he do?",
    "How can we help?",
    "How does it work?",
    "Are you sure about the date?",
    "What is Cheers?",
    "“Hello”",
    'Who sang "Thank you"?',
    "Nice",
    "Nice?",
    "Right?",
    "That is it?",
    "Indeed.",
    "Great Britain",
    "Good Friday",
    "Hello Kitty",
    "No 10",
    "ok 👍 1912",
    "danke",
    "спасибо",
    "",
    "???",
    "👍",
    "help " * 60,
    "Is that true?",
    "When?",
]


def kind_of(said: str) -> str | None:
    return {text: kind for kind, text in replies().items()}.get(said)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SMALL_TALK.items() for text in texts])
def test_small_talk_gets_the_reply_of_its_kind(kind: str, text: str) -> None:
    assert kind_of(reply(text)) == kind


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: ascii(question[:30]))
def test_what_is_more_than_small_talk_is_none(question: str) -> None:
    assert reply(question) == ""


@pytest.mark.parametrize("question", ["How does this work?", "What's up?", "How is it going?"])
def test_what_may_mean_something_said_before_is_small_talk_only_at_first(question: str) -> None:
    assert reply(question, first=True)
    assert not reply(question, first=False)


def test_every_kind_can_be_met() -> None:
    assert set(SMALL_TALK) == set(replies())


@pytest.mark.parametrize("said", replies().values(), ids=replies().keys())
def test_replies_are_short_and_cite_nothing(said: str) -> None:
    assert 10 < len(said) < 250
    assert not re.search(r"\[\d*\]|[{}]", said)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_no_question_of_the_sets_is_small_talk(path: Path) -> None:
    asked = [expected.question for expected in load(path).expected]
    assert len(asked) >= 40
    assert [question for question in asked if reply(question)] == []


utterances = st.sampled_from([text for texts in SMALL_TALK.values() for text in texts])


def squeezed(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


@given(
    st.lists(utterances, max_size=3),
    st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=12)
    | st.sampled_from(["ferry", "Putin", "2019", "why", "when", "he", "they", "Britain", "x"]),
    st.lists(utterances, max_size=3),
    st.sampled_from([" ", ", ", "! ", "\n", " – "]),
)
def test_a_single_other_word_makes_it_a_question(before: list[str], word: str, after: list[str], between: str) -> None:
    known = {squeezed(one) for one in vocabulary()}
    told = unicodedata.normalize("NFKC", word).casefold()
    assume(any(letter.isalnum() for letter in told) and squeezed(told) not in known)
    assert reply(between.join([*before, word, *after])) == ""


@given(st.lists(utterances, min_size=1, max_size=4))
def test_small_talk_after_small_talk_is_small_talk(texts: list[str]) -> None:
    assert reply(". ".join(texts)) or len(". ".join(texts)) > 200


@given(st.text(max_size=300) | st.lists(st.sampled_from(sorted(vocabulary())), max_size=60).map(" ".join))
def test_any_text_is_judged_at_once(text: str) -> None:
    reply("hello")
    start = time.process_time()
    assert reply(text) in ("", *replies().values())
    assert time.process_time() - start < 2


# Asked like a question


def test_small_talk_is_not_searched(sample_assistant: Assistant) -> None:
    (event,) = sample_assistant.stream("Thanks a lot!")
    assert isinstance(event, Done)
    answer = event.answer
    assert (answer.status, answer.question, answer.text) == ("small_talk", "Thanks a lot!", replies()["thanks"])
    assert (answer.sentences, answer.citations, answer.closest, answer.evidence) == ((), (), (), ())
    assert (answer.confidence, answer.trace.timings, answer.trace.standalone_question) == (0.0, {}, "")
    assert answer.trace.fingerprint == sample_assistant.ask("When was it published?").trace.fingerprint
    assert broken_law(answer, {}) == ""
    assert Answer.from_json(answer.to_json()) == answer


def test_what_was_corrected_by_hand_is_searched(sample_assistant: Assistant) -> None:
    assert sample_assistant.ask("help", standalone="Who asked for help?").status != "small_talk"
    assert sample_assistant.ask("Who asked for help?", standalone="help").status != "small_talk"


def test_an_empty_library_has_no_small_talk(fast_assistant: Assistant) -> None:
    with pytest.raises(EmptyLibraryError):
        fast_assistant.ask("hello")


FERRY = Article(
    "The ferry\n\nAnna Berg, the mayor, said on Monday that the ferry is safe. Anna Berg was born in 1961 in Bergen.",
    source="ferry",
)


def test_a_follow_up_understands_the_turn_before_the_thanks(fast_assistant: Assistant) -> None:
    fast_assistant.add(FERRY)
    chat = fast_assistant.conversation(keep=True)
    chat.ask("Who is Anna Berg?")
    for _ in range(12):
        assert chat.ask("Thanks!").status == "small_talk"
    assert "Anna Berg" in chat.ask("When was she born?").trace.standalone_question
    kept = fast_assistant.conversation(chat.id).turns
    assert [turn.answer.status for turn in kept][1:3] == ["small_talk", "small_talk"]


def test_after_a_question_this_means_what_was_asked_about(fast_assistant: Assistant) -> None:
    fast_assistant.add(FERRY)
    hello = Turn("hello", fast_assistant.ask("hello"))
    asked = Turn("Is the ferry safe?", fast_assistant.ask("Is the ferry safe?"))
    assert fast_assistant.ask("How does this work?", history=[hello]).status == "small_talk"
    assert fast_assistant.ask("How does this work?", history=[asked, hello]).status != "small_talk"


def test_small_talk_is_no_history_for_a_pronoun(fast_assistant: Assistant) -> None:
    fast_assistant.add(FERRY)
    hello = Turn("hello", fast_assistant.ask("hello"))
    assert fast_assistant.ask("What about him?", history=[hello]).status == "unclear"
