"""What `add` makes of a list of sources."""

from __future__ import annotations

from assistant import Article, Assistant

OLD = Article("The old mill\n\nThe mill grinds rye.", source="mill")
NEW = Article("The new mill\n\nThe mill grinds oats.", source="mill")


def test_of_two_versions_in_one_list_the_last_is_kept(fast_assistant: Assistant) -> None:
    fast_assistant.add(OLD)
    fast_assistant.add([NEW, OLD])
    assert [article.text for article in fast_assistant.articles()] == [OLD.text]
    fast_assistant.add([OLD, NEW])
    assert [article.text for article in fast_assistant.articles()] == [NEW.text]


def test_the_same_twice_in_one_list_is_added_once(fast_assistant: Assistant) -> None:
    report = fast_assistant.add([NEW, NEW, Article(NEW.text, source="copy")])
    assert len(report.added) == 1
    assert report.unchanged == report.added
    assert len(fast_assistant.articles()) == 1
