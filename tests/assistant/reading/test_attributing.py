"""An answer that is speech says who speaks: the words that name the speaker are quoted before it, in the same sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant import Answer, Article, Assistant, Draft, DraftSentence, Evidence, Passage, Quote
from assistant.reading.attributing import Attributing
from assistant.verification.prover import prove
from tests.doubles import HashEmbedder, ScriptedReader

LEE = "The mayor, Ann Lee, came to the bridge on Monday."
NEVER, OLD = '"It will never open again," she said.', '"It is too old."'
TEXT = f"{LEE} {NEVER} {OLD} It rained."
ARTICLE = Article(TEXT, title="The bridge", source="1")
PASSAGE = Passage("p1", ARTICLE.id, 0, len(TEXT), TEXT, 0)


def sentence(text: str, key: str = "", own: str = "") -> DraftSentence:
    return DraftSentence((Quote(PASSAGE, text, TEXT.index(text)),), own, key)


def attributed(*sentences: DraftSentence) -> list[list[str]]:
    attributing = Attributing(lambda _: ARTICLE)
    return [[quote.text for quote in attributing.attributed(one).quotes] for one in sentences]


def test_the_speaker_is_quoted_before_the_speech() -> None:
    assert attributed(sentence(NEVER)) == [[LEE, NEVER]]


def test_the_speaker_of_what_follows_is_not_quoted_again() -> None:
    assert attributed(sentence(NEVER), sentence(OLD)) == [[LEE, NEVER], [OLD]]
    assert attributed(sentence(LEE), sentence(NEVER)) == [[LEE], [NEVER]]


def test_behind_another_sentence_the_speaker_is_quoted_again() -> None:
    assert attributed(sentence(NEVER), sentence("It rained."), sentence(OLD))[2] == [LEE, OLD]


def test_a_readers_own_words_and_quotes_without_a_place_stay_as_they_are() -> None:
    own, placeless = sentence(NEVER, own="It stays shut."), DraftSentence((Quote(PASSAGE, NEVER),))
    moved = DraftSentence((Quote(PASSAGE, NEVER, 3),))
    assert [Attributing(lambda _: ARTICLE).attributed(one) for one in (own, placeless, moved)] == [
        own,
        placeless,
        moved,
    ]


def test_law_1_and_2_both_quotes_are_proven_and_the_words_stay_in_the_speech() -> None:
    said = Attributing(lambda _: ARTICLE).attributed(sentence(NEVER, key="never open again"))
    proven = prove(Draft((said,), 0.9), lambda _: ARTICLE)
    [one] = proven.sentences
    assert [citation.quote for citation in proven.citations] == [LEE, NEVER]
    assert all(TEXT[citation.start : citation.end] == citation.quote for citation in proven.citations)
    assert one.citations == (1, 2)
    assert one.answering(proven.citations).quote == NEVER
    assert one.text == f"never open again — “{LEE}” … “{NEVER}”"


def test_words_that_the_speakers_sentence_has_too_are_marked_in_the_speech() -> None:
    text = 'The mayor, Ann Lee, came to the bridge. "The bridge is shut," she said.'
    article, said = Article(text, source="2"), '"The bridge is shut," she said.'
    passage = Passage("p2", article.id, 0, len(text), text, 0)
    draft = DraftSentence((Quote(passage, said, text.index(said)),), key="bridge")
    proven = prove(Draft((Attributing(lambda _: article).attributed(draft),), 0.9), lambda _: article)
    assert proven.sentences[0].answering(proven.citations).quote == said


def test_an_answer_shows_the_speaker_before_the_speech_everywhere(tmp_path: Path) -> None:
    def speech(question: str, evidence: Sequence[Evidence]) -> Draft:
        passage = evidence[0].passage
        quote = Quote(passage, NEVER, passage.start + passage.text.index(NEVER))
        return Draft((DraftSentence((quote,), key="never open again"),), 0.9)

    with Assistant.open(tmp_path, embedder=HashEmbedder(), reader=ScriptedReader(speech)) as assistant:
        assistant.add(Article(f"The bridge\n\n{TEXT}", title="The bridge", source="1"))
        answer = assistant.ask("Will the bridge open again?")
        article = assistant.article(answer.citations[0].article_id)
    assert answer.text == f"never open again — “{LEE}” … “{NEVER}” [1][2]"
    assert [article.text[one.start : one.end] for one in answer.citations] == [LEE, NEVER]
    assert str(answer).splitlines()[1].startswith(f"  [1] “{LEE}”")
    assert Answer.from_json(answer.to_json()).text == answer.text
