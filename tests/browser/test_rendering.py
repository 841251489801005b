"""Rendering without a browser: whatever the words are, the markup is only ours, on one line, and the words are all there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Answer, AnswerSentence, Citation, Trace
from assistant.conversation import Turn
from assistant.page import rendering, strings
from index.article import Article

_OURS = frozenset("div p b sup ol ul li span blockquote cite mark details summary bdi br h2".split())
_OUR_ATTRIBUTES = frozenset(("class", "title", "value"))

hostile = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "<img src=x onerror=alert(1)>",
            "</div></blockquote><script>alert(1)</script>",
            "\n\n# heading\n\n![i](http://evil.test/i.png)\n\n    code",
            "[x](javascript:alert(1)) `a` ~~~ *b* $$c$$ ${d} {{e}} <!-- -->",
            '" onmouseover="alert(1)',
            "&lt;b&gt;&#60;i&#62;",
            "a\u2028\u2029\x85\x0b\x0c\r\n\r\nb",
        ]
    ),
)


class _Markup(HTMLParser):
    """Collects tags, attributes and text; complains of anything that is not properly nested."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "br":
            self.text += "\n"
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment is no text")


def _parsed(html: str) -> _Markup:
    markup = _Markup()
    markup.feed(html)
    markup.close()
    assert markup.open == []
    assert markup.tags <= _OURS
    assert markup.attributes <= _OUR_ATTRIBUTES
    assert "\n" not in html
    assert "\r" not in html
    assert html == "" or html.startswith("<div")
    return markup


def _citation(quote: str, title: str = "A title", number: int = 1) -> Citation:
    return Citation(number, "a" * 12, title, 0, len(quote), quote)


def _answered(quote: str, key: str = "", title: str = "A title", text: str = "") -> Answer:
    said = text or (f"{key} — “{quote}”" if key and key != quote else f"“{quote}”")
    sentence = AnswerSentence(said, (1,), key)
    return Answer("Why?", "answered", (sentence,), (_citation(quote, title),), confidence=0.8)


@given(quote=hostile, title=hostile, question=hostile, message=hostile)
def test_nothing_from_outside_becomes_markup(quote: str, title: str, question: str, message: str) -> None:
    refusal = Answer(question, "not_found", closest=(_citation(quote, title),), message=message)
    turns = [Turn(question, _answered(quote, quote[:5], title)), Turn(question, refusal)]
    _parsed(rendering.conversation(turns, pending=question, notice=message))
    _parsed(rendering.articles([Article("text", title, quote, None), Article("text", quote, title, date(2024, 6, 18))]))


@given(text=hostile)
def test_escaped_text_reads_as_it_was(text: str) -> None:
    shown = _parsed(f"<div>{rendering.safe(text)}</div>").text
    expected = re.sub(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    assert len(shown) == len(expected)
    seen = [(a, b) for a, b in zip(shown, expected, strict=True) if a != b]
    assert all(a == "\N{REPLACEMENT CHARACTER}" for a, _ in seen)


@given(text=st.text(alphabet="abc*_`#[](){}<>&$\\|~!-=+.'\"", max_size=80))
@settings(max_examples=50)
def test_no_mark_is_left_that_means_something_elsewhere(text: str) -> None:
    inside = rendering.safe(text).removeprefix("<bdi>").removesuffix("</bdi>").replace("<br>", "")
    assert re.fullmatch(r"(?:[^!-/:-@\[-`{-~]|&#\d+;)*", inside)


def test_key_words_come_first_in_bold_then_the_marked_quote_with_its_number_and_title() -> None:
    html = rendering.answer(_answered("It sailed after 24 years at sea.", "24 years", "On ships"))
    assert (
        html.index('<b class="fn-key"><bdi>24 years') < html.index('<sup class="fn-marker">1</sup>') < html.index("<li")
    )
    assert "<mark><bdi>24 years</bdi></mark>" in html
    assert "On ships" in html
    assert strings.VERBATIM in html
    assert _parsed(html).text.count("It sailed after") == 1


def test_a_quote_that_is_the_whole_answer_is_said_once() -> None:
    for key in ("", "It sailed."):
        assert _parsed(rendering.answer(_answered("It sailed.", key))).text.count("It sailed") == 1


def test_a_readers_own_words_are_said_with_their_markers() -> None:
    answer = _answered("It sailed after 24 years.", "24 years", text="The ship sailed again after 24 years.")
    html = rendering.answer(answer)
    assert _parsed(html).text.startswith("The ship sailed again after 24 years.1")
    assert '<b class="fn-key"><bdi>24 years</bdi></b>' in html


def test_long_key_words_are_only_marked_in_their_quote() -> None:
    quote = "She said " + "that it would go on " * 10
    html = rendering.answer(_answered(quote, quote[9:]))
    assert "fn-key" not in html
    assert "<mark>" in html


def test_every_sentence_and_every_citation_of_an_answer_is_there() -> None:
    quotes = ("One came.", "Two went.", "Three stayed.")
    sentences = tuple(AnswerSentence(f"{q[:3]} — “{q}”", (n,), q[:3]) for n, q in enumerate(quotes, start=1))
    citations = tuple(_citation(q, number=n) for n, q in enumerate(quotes, start=1))
    html = rendering.answer(Answer("Who?", "answered", sentences, citations, confidence=0.5))
    assert [int(n) for n in re.findall(r'<li value="(\d)"', html)] == [1, 2, 3]
    assert html.count("fn-key") == 3


def test_a_stale_quote_says_so_and_is_not_called_verbatim() -> None:
    answer = _answered("It sailed.")
    html = rendering.answer(replace(answer, citations=tuple(replace(c, stale=True) for c in answer.citations)))
    assert f">{strings.STALE}<" in html
    assert strings.VERBATIM not in html


def test_a_refusal_has_its_passages_folded_and_no_confidence() -> None:
    html = rendering.answer(Answer("Why?", "not_found", closest=(_citation("Near."),), message="They don't say."))
    assert "<details" in html
    assert "<details open" not in html
    assert "<summary>closest passages, not an answer</summary>" in html
    assert "fn-confidence" not in html
    assert "<details" not in rendering.answer(Answer("Why?", "unclear", message="What?"))


def test_confidence_is_words_with_a_figure() -> None:
    words = []
    for probability in (0.0, 0.49, 0.5, 0.75, 0.9, 1.0):
        html = rendering.answer(replace(_answered("It sailed."), confidence=probability))
        assert f"&#58; {round(100 * probability)} &#37;" in html
        words.append(_parsed(html).text.rpartition(strings.VERBATIM)[2])
    assert words[0] == words[1] == "a guess: check the quote"
    assert words[2:] == ["unsure: check the quote", "probably right", "very likely right", "very likely right"]


def test_a_follow_up_shows_what_was_searched_for() -> None:
    asked = replace(_answered("It sailed."), question="And when?", trace=Trace("When did the ship sail?"))
    html = rendering.conversation([Turn("And when?", asked)])
    assert "Searched for: When did the ship sail?" in _parsed(html).text
    plain = replace(asked, trace=Trace("And  when?"))
    assert "fn-searched" not in rendering.conversation([Turn("And when?", plain)])


def test_a_long_conversation_shows_its_last_turns_and_says_so() -> None:
    turns = [Turn(f"Question {n}?", _answered(f"Answer {n}.")) for n in range(200)]
    html = rendering.conversation(turns)
    assert html.count('class="fn-turn"') == rendering.SHOWN_TURNS
    assert f"{200 - rendering.SHOWN_TURNS} earlier questions" in html
    assert "Question 199" in html
    assert "Question 149" not in html


def test_a_large_library_lists_its_first_articles_and_counts_the_rest() -> None:
    html = rendering.articles([Article("text", f"Title {n}", f"{n}.txt") for n in range(5_000)])
    assert html.count("<li>") == rendering.SHOWN_ARTICLES
    assert f"and {5_000 - rendering.SHOWN_ARTICLES:,} more" in _parsed(html).text
    assert "No articles yet" in _parsed(rendering.articles([])).text


def test_titles_and_file_names_lose_what_makes_them_run_backwards() -> None:
    html = rendering.articles([Article("text", "a\u202eb", "/home/x/c\u2067exe.txt")])
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", html)
    assert "cexe" in html
    assert "home" not in _parsed(html).text
