"""Answers by kind: each part of several questions, overviews, what the library itself holds, and what no quote can answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from assistant import Answer, Assistant, Draft, DraftSentence, Evidence, Quote
from assistant.core.standalone import Standalone
from assistant.core.turns import Turn
from assistant.understanding.followup.term_resolver import TermResolver
from assistant.verification.citations import whole
from index.article import Article
from index.embedding import Embedder
from tests.doubles import HashEmbedder, ScriptedReader

FERRY = "The ferry\n\nThe ferry sank at noon. Ada Lund steered it. Nobody was hurt, since all could swim."
BRIDGE = "The bridge\n\nKari Holm mends the bridge. It costs 400 crowns. The work takes a year."
CHAPTERS = (
    "# The river\n\nThe river is long. It rises in the hills.\n\n## Fees\n\nA licence costs 30 crowns. "
    "Children pay nothing.\n\n## Fish\n\nTrout live in the upper river. Eels live in the lower one."
)


def quoting(*wanted: str) -> ScriptedReader:
    """A reader that quotes, for each question in turn, the sentence with certain words; refuses where there are none."""

    def draft(words: str) -> object:
        def made(question: str, evidence: Sequence[Evidence]) -> Draft:
            for item in evidence:
                for line in item.passage.text.replace(". ", ".\n").split("\n"):
                    if words and words in line:
                        return Draft((DraftSentence((Quote(item.passage, line),)),), 0.8)
            return Draft((), 0.1)

        return made

    return ScriptedReader(*(draft(words) for words in wanted))  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def filled(folder: Path, reader: ScriptedReader, *articles: Article) -> Assistant:
    assistant = Assistant.open(folder, embedder=HashEmbedder(), reader=reader)
    assistant.add(list(articles))
    return assistant


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Assistant]:
    with Assistant.open(tmp_path_factory.mktemp("real"), embedder=embedder, reader=ScriptedReader()) as assistant:
        assistant.add([
            Article(FERRY, "The ferry", "ferry", date(2024, 5, 3)),
            Article(BRIDGE, "The bridge", "bridge"),
        ])  # fmt: skip
        yield assistant


def test_the_trace_says_from_which_confidence_on_the_reader_answers(folder: Path) -> None:
    def drafts(*sentences: DraftSentence) -> object:
        return lambda question, evidence: Draft(sentences, 0.4, threshold=0.45)

    with filled(folder, ScriptedReader(drafts()), Article(FERRY, source="1")) as assistant:  # type: ignore[arg-type]
        answer = assistant.ask("Who steered the ferry?")
    assert (answer.status, answer.confidence, answer.trace.threshold) == ("not_found", 0.4, 0.45)
    assert Answer.from_json(answer.to_json()).trace.threshold == 0.45
    kept = answer.to_dict()
    del kept["trace"]["threshold"]
    assert Answer.from_dict(kept).trace.threshold == 0.0, "kept by an older version"


def refusing(*nearest: str) -> ScriptedReader:
    """A reader that refuses, and names the passages with certain words as the nearest."""

    def made(question: str, evidence: Sequence[Evidence]) -> Draft:
        passages = [item.passage for words in nearest for item in evidence if words in item.passage.text]
        return Draft((), 0.3, order=tuple(one.id for one in passages), nearest=tuple(map(whole, passages)))

    return ScriptedReader(made)


def test_a_refusal_says_what_is_lacking_as_it_was_asked(folder: Path) -> None:
    with filled(folder, refusing("sank"), Article(FERRY, source="1")) as assistant:
        answer = assistant.ask("Who needed a permit in zone D?")
        other = assistant.ask("Why didn't Rost sell the Model T in the 1990s, in O’Brien's shop?")
    assert answer.message.endswith(" does not name D.")
    assert other.message.endswith(" does not name Rost, Model T, 1990 or O’Brien.")


def test_what_another_of_the_closest_passages_names_is_not_said_to_be_lacking(folder: Path) -> None:
    articles = [Article(FERRY, source="1"), Article(BRIDGE, source="2")]
    for nearest, lacking in (("sank",), True), (("sank", "mends"), False):
        with filled(folder / str(lacking), refusing(*nearest), *articles) as assistant:
            answer = assistant.ask("Where did Kari Holm go?")
        assert ("Kari Holm" in answer.message) == lacking


# Several questions in one


def test_each_part_is_answered_under_its_own_words(folder: Path) -> None:
    with filled(folder, quoting("steered", "sank"), Article(FERRY, source="1")) as assistant:
        answer = assistant.ask("Who steered the ferry and when did it sink?")
    assert answer.status == "answered"
    assert [part.heading for part in answer.parts] == ["Who steered the ferry", "and when did it sink?"]
    assert [part.sentences for part in answer.parts] == [1, 1]
    assert [citation.quote for citation in answer.citations] == ["Ada Lund steered it.", "The ferry sank at noon."]
    assert answer.text.splitlines()[0] == "Who steered the ferry"


def test_a_part_without_an_answer_is_named(folder: Path) -> None:
    with filled(folder, quoting("steered", ""), Article(FERRY, source="1")) as assistant:
        answer = assistant.ask("Who steered the ferry and who owned it?")
    assert answer.status == "answered"
    lost = answer.parts[1]
    assert (lost.sentences, [remark.name for remark in lost.remarks]) == (0, ["nothing"])
    assert "and who owned it?\nI found no sentence that answers this." in answer.text


def test_several_questions_without_any_answer_are_refused(folder: Path) -> None:
    with filled(folder, quoting("", ""), Article(FERRY, source="1")) as assistant:
        answer = assistant.ask("Who built the ferry and who owned it?")
    assert (answer.status, answer.parts, answer.sentences) == ("not_found", (), ())
    assert answer.closest


def test_a_later_part_is_understood_from_those_before(folder: Path) -> None:
    reader = quoting("steered", "sank")
    with filled(folder, reader, Article(FERRY, source="1")) as assistant:
        assistant.ask("Who steered the ferry and when did it sink?")
    assert "ferry" in reader.questions[1]


# Overviews


def test_an_overview_of_one_article_begins_with_its_headline(real: Assistant) -> None:
    [ferry] = [entry.id for entry in real.entries() if entry.title == "The ferry"]
    answer = real.ask("What is this article about?", articles=[ferry])
    assert (answer.kind, answer.status) == ("overview", "answered")
    quotes = [citation.quote for citation in answer.citations]
    assert quotes[:2] == ["The ferry", "The ferry sank at noon."]
    assert answer.text.count("The ferry”") == 1
    assert answer.parts == ()
    assert [citation.start for citation in answer.citations] == sorted(citation.start for citation in answer.citations)


def test_of_several_articles_each_has_a_line(real: Assistant) -> None:
    answer = real.ask("What is this about?")
    assert {part.heading for part in answer.parts} == {"The ferry", "The bridge"}
    assert all(part.sentences == 1 for part in answer.parts)
    assert len({citation.article_id for citation in answer.citations}) == 2


def test_an_overview_that_names_an_article_is_of_that_one(real: Assistant) -> None:
    answer = real.ask("Summarise the article on the bridge")
    assert {citation.title for citation in answer.citations} == {"The bridge"}


def test_a_section_is_told_alone(tmp_path: Path, embedder: Embedder) -> None:
    path = tmp_path / "river.md"
    path.write_text(CHAPTERS, encoding="utf-8")
    with Assistant.open(tmp_path / "library", embedder=embedder, reader=ScriptedReader()) as assistant:
        assistant.add(path)
        answer = assistant.ask("What does the section on fees say?")
    assert [citation.quote for citation in answer.citations] == ["A licence costs 30 crowns.", "Children pay nothing."]
    assert answer.parts[0].heading.endswith("Fees")


def test_more_articles_than_are_told_of_are_counted(folder: Path) -> None:
    articles = [Article(f"Village {n}\n\nVillage {n} has a well and a mill.", source=str(n)) for n in range(11)]
    with filled(folder, ScriptedReader(), *articles) as assistant:
        answer = assistant.ask("What is this about?")
    assert answer.parts[-1].remarks[0].text == "These are 8 of 11 articles."


# The library itself, and what lies beyond it


def test_the_library_tells_what_it_holds_without_a_search(real: Assistant) -> None:
    answer = real.ask("How many articles do you have?")
    assert (answer.kind, answer.status, answer.citations) == ("library", "small_talk", ())
    assert answer.message.startswith("There are 2 articles here:")
    assert "The ferry (3 May 2024)" in answer.message


def test_articles_that_mention_something_are_quoted(real: Assistant) -> None:
    answer = real.ask("Which articles mention Kari Holm?")
    assert answer.status == "answered"
    assert [citation.title for citation in answer.citations] == ["The bridge"]
    assert "Kari Holm" in answer.citations[0].quote


@pytest.mark.parametrize("question", ["Write a tweet about the ferry", "Translate the ferry article into French"])
def test_what_no_quote_can_answer_is_said_to_be_so(real: Assistant, question: str) -> None:
    answer = real.ask(question)
    assert (answer.kind, answer.status) == ("beyond", "not_found")
    assert answer.message == "I can only answer with quotes from the articles."
    assert answer.closest


# Refusals


def test_a_refusal_says_what_the_closest_passage_lacks(real: Assistant) -> None:
    answer = real.ask("Who steered the ferry in 1923?")
    assert answer.status == "not_found"
    assert "1923" in answer.message
    assert answer.closest


def test_the_articles_are_said_not_to_say_only_where_all_that_name_the_thing_were_read(folder: Path) -> None:
    with filled(folder, ScriptedReader(), Article(FERRY, source="1")) as assistant:
        answer = assistant.ask("Whom did Ada Lund marry?")
        assert answer.message.startswith("The articles don't say.")
        assistant.add([Article(f"Log {n}\n\nAda Lund steered on day {n}.", source=f"log {n}") for n in range(60)])
        for question in ("Whom did Ada Lund marry?", "Whom did Ada Lund marry in 1923?"):
            assert assistant.ask(question).message.startswith("I found no sentence that answers this.")


@pytest.mark.parametrize("confidence", [0.04, 0.06])
def test_the_articles_are_said_not_to_say_only_where_the_reader_is_sure_of_it(folder: Path, confidence: float) -> None:
    reader = ScriptedReader(Draft((), confidence))
    with filled(folder, reader, Article(FERRY, source="1")) as assistant:
        sure = assistant.ask("Whom did Ada Lund marry?").message.startswith("The articles don't say.")
    assert sure == (confidence < 0.05)


def test_the_articles_are_not_said_to_lack_what_was_asked_in_another_language(folder: Path) -> None:
    with filled(folder, ScriptedReader(*[Draft((), 0.0)] * 9), Article(FERRY, source="1")) as assistant:
        german = assistant.ask("Wann hat Ada Lund die Fähre zum ersten Mal gesteuert?")
        english = assistant.ask("When did Ada Lund steer the ferry for the first time?")
    assert german.message == "I found no sentence that answers this."
    assert german.notice
    assert english.message.startswith("The articles don't say.")


def test_a_question_in_another_language_is_read_for_whatever_its_kind_seems_to_be(folder: Path) -> None:
    question = "¿Cuántos empleados hay?"
    with filled(folder, quoting("steered"), Article(FERRY, source="1")) as assistant:
        answer = assistant.ask(question)
    assert (answer.status, answer.kind) == ("answered", "fact")
    assert answer.notice


def test_what_is_named_apart_is_not_said_to_be_missing(folder: Path) -> None:
    articles = [Article(FERRY, source="1"), Article(BRIDGE, source="2")]
    with filled(folder, ScriptedReader(*[Draft((), 0.0)] * 9), *articles) as assistant:
        apart = assistant.ask("Who taught Ada Lund and Kari Holm?").message
        nowhere = assistant.ask("Who taught Ada Lund and Nils Berg?").message
    assert apart.startswith("I found no sentence that answers this.")
    assert nowhere.startswith("The articles don't say.")


def test_what_a_list_of_the_article_answers_is_laid_out_as_one_whatever_was_asked(folder: Path) -> None:
    text = "The bike\n\nYou must bring:\n\n- a card\n- a helmet\n\nIt is free."

    def listed(question: str, evidence: Sequence[Evidence]) -> Draft:
        passage = next(item.passage for item in evidence if "a helmet" in item.passage.text)
        items = (DraftSentence((Quote(passage, words),)) for words in ("a card", "a helmet"))
        return Draft(tuple(items), 0.9, listed=True)

    with filled(folder, ScriptedReader(listed), Article(text, source="1")) as assistant:
        answer = assistant.ask("What is needed for the bike?")
    assert (answer.kind, len(answer.text.splitlines())) == ("list", 2)


def test_the_parts_of_a_question_cost_no_language_model_where_none_was_wanted(folder: Path) -> None:
    class Costly(TermResolver):
        """Asks a language model, unless it is replaced by its fallback."""

        @property
        def fallback(self) -> TermResolver:
            return TermResolver()

        def resolve(self, question: str, history: Sequence[Turn] = ()) -> Standalone:
            raise AssertionError("asked")

    with Assistant.open(
        folder, embedder=HashEmbedder(), reader=quoting("steered", "sank"), resolver=Costly()
    ) as assistant:
        assistant.add(Article(FERRY, source="1"))
        assert len(assistant.ask("Who steered the ferry and when did it sink?", llm=False).parts) == 2


def test_a_named_article_is_looked_for_by_the_search_and_not_among_the_ids_of_all(folder: Path) -> None:
    articles = [Article(f"Village {n}\n\nVillage {n} has a well and a mill.", source=str(n)) for n in range(11)]
    with filled(folder, ScriptedReader(), *articles, Article(FERRY, source="f")) as assistant:
        answer = assistant.ask("Summarise the article on the ferry")
    assert {citation.title for citation in answer.citations} == {"The ferry"}
