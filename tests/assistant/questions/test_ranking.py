"""Figures of citations and of the search against what is computed by hand."""

from __future__ import annotations

import math

from tests.assistant.questions.measuring import NOWHERE, Question, about, at, measured, value

# Citations


def test_a_citation_is_precise_with_the_characters_that_are_expected() -> None:
    one = Question(places=[[at(10, 15)]], cited=[at(0, 30), at(50, 60), at(10, 15, "b")])
    other = Question(places=[[at(90, 95)]], cited=[at(10, 15)])
    assert value("citation_precision", one) == about(5 / 45, 1)
    assert value("citation_precision", one, other) == about(5 / 50, 2)


def test_who_cites_everything_is_not_precise() -> None:
    places = [[at(10, 20)], [at(15, 30)]]
    assert value("citation_precision", Question(places=places, cited=[at(0, 1000)])) == about(20 / 1000, 1)
    assert value("citation_precision", Question(places=places, cited=[at(10, 30)])) == about(1.0, 1)


def test_characters_that_are_cited_twice_count_once() -> None:
    twice = Question(places=[[at(0, 20)]], cited=[at(0, 10), at(5, 15), at(0, 10), at(40, 50), at(45, 55)])
    assert value("citation_precision", twice) == about(15 / 30, 1)
    assert value("citation_recall", twice) == about(15 / 20, 1)


def test_a_citation_that_only_touches_is_not_precise() -> None:
    beside = Question(places=[[at(10, 20)]], cited=[at(0, 10), at(20, 30)])
    assert value("citation_precision", beside) == (0.0, 1)
    assert value("citation_recall", beside) == (0.0, 1)


def test_of_several_quotes_the_one_counts_that_is_cited_best() -> None:
    better = Question(places=[[at(0, 40)], [at(50, 60)]], cited=[at(0, 30), at(50, 59)])
    assert value("citation_recall", better) == about(9 / 10, 1)
    both = Question(places=[[at(0, 40)], [at(50, 60)]], cited=[at(0, 60)])
    half = Question(places=[[at(0, 10)]], cited=[at(5, 10)])
    assert value("citation_recall", both, half) == about((10 + 5) / 20, 2)


def test_each_quote_counts_where_all_are_needed() -> None:
    part = Question(places=[[at(0, 40)], [at(50, 60)]], cited=[at(0, 30)], needs_all=True)
    assert value("citation_recall", part) == about(30 / 50, 1)


def test_a_quote_that_stands_in_several_places_is_taken_at_the_best() -> None:
    twice = Question(places=[[at(0, 10), at(50, 60), at(0, 10, "b")]], cited=[at(0, 2), at(53, 60), at(8, 9, "b")])
    assert value("citation_recall", twice) == about(7 / 10, 1)


def test_a_refusal_cites_nothing_and_is_not_imprecise() -> None:
    refused = Question(status="not_found", places=[[at(0, 10)]])
    cited = Question(places=[[at(0, 10)]], cited=[at(0, 10)])
    assert value("citation_recall", refused, cited) == about(10 / 20, 2)
    assert value("citation_precision", refused, cited) == (1.0, 1)


def test_what_a_refusal_cites_against_the_law_does_not_count() -> None:
    unlawful = Question(outcome="law broken", status="not_found", places=[[at(0, 10)]], cited=[at(0, 10)])
    assert value("citation_recall", unlawful) == (0.0, 1)
    assert "citation_precision" not in measured(unlawful).overall


def test_a_quote_without_places_stands_nowhere() -> None:
    unknown = Question(lengths=[10, 20], found=[1], cited=[at(0, 10)])
    for figure in ("citation_recall", "citation_precision", "R@1", "nDCG@10"):
        assert value(figure, unknown) == (0.0, 1)


def test_a_quote_that_stands_nowhere_counts() -> None:
    lost = Question(places=[NOWHERE], lengths=[30], cited=[at(0, 10)])
    fine = Question(places=[[at(0, 10)]], cited=[at(0, 10)])
    assert value("citation_recall", lost, fine) == about(10 / 40, 2)
    assert value("citation_precision", lost, fine) == about(10 / 20, 2)


# Retrieval


def test_recall_where_one_quote_is_enough() -> None:
    places = [[at(12, 14)], [at(42, 44)]]
    results = [Question(places=places, found=[1, 0]), Question(places=places, found=[0, 2, 3, 5, 4, 1])]
    assert value("R@1", *results) == (0.5, 2)
    assert value("R@5", *results) == (1.0, 2)


def test_recall_where_all_quotes_are_needed() -> None:
    places = [[at(12, 14)], [at(42, 44)], [at(5, 6), at(95, 96)]]
    result = Question(places=places, found=[9, 2, 1, 3, 5, 4], needs_all=True)
    assert value("R@1", result) == about(1 / 3, 1)
    assert value("R@5", result) == about(2 / 3, 1)


def test_the_first_passage_that_overlaps_decides_the_reciprocal_rank() -> None:
    places = [[at(18, 22)], [at(42, 44)]]
    third, first = Question(places=places, found=[0, 3, 2, 4]), Question(places=places, found=[4, 2])
    never = Question(places=places, found=[0, 3])
    assert value("MRR", third, first, never) == about((1 / 3 + 1) / 3, 3)


def test_gain_is_beside_the_best_ranking_of_all_passages_that_were_found() -> None:
    places = [[at(18, 22)], [at(42, 44)]]
    result = Question(places=places, found=[0, 2, 3, 4])
    gained = 1 / math.log2(3) + 1 / math.log2(5)
    assert value("nDCG@10", result) == about(gained / (1 + 1 / math.log2(3)), 1)
    # Another question found one more that overlaps, number 1.
    other = Question(places=[[at(0, 1)]], found=[1])
    pooled = gained / (1 + 1 / math.log2(3) + 1 / math.log2(4))
    assert value("nDCG@10", result, other) == about((pooled + 0) / 2, 2)


def test_gain_ends_with_the_tenth() -> None:
    long = Question(places=[[at(0, 200)]], found=list(range(12)))
    assert value("nDCG@10", long) == (1.0, 1)
    late = Question(places=[[at(100, 101)]], found=list(range(12)))
    assert value("nDCG@10", late) == (0.0, 1)
    assert value("MRR", late) == about(1 / 11, 1)


def test_the_order_of_the_search_comes_before_that_of_reading() -> None:
    result = Question(places=[[at(12, 14)]], found=[1, 0], searched=["a0", "a1"])
    assert value("R@1", result) == (0.0, 1)
    assert value("MRR", result) == (0.5, 1)


def test_a_passage_that_stands_there_twice_is_one() -> None:
    result = Question(places=[[at(12, 14)]], found=[0, 0, 1, 1])
    assert value("MRR", result) == (0.5, 1)
    assert value("nDCG@10", result) == about(1 / math.log2(3), 1)


def test_the_same_place_in_another_article_is_not_relevant() -> None:
    assert value("MRR", Question(places=[[at(12, 14, "b")]], found=[1])) == (0.0, 1)


def test_what_stands_nowhere_and_what_is_refused_is_not_found() -> None:
    found = Question(places=[[at(12, 14)]], found=[1], status="not_found")
    lost, nothing = Question(places=[NOWHERE], lengths=[3], found=[1]), Question(places=[[at(12, 14)]])
    for figure in ("R@1", "R@5", "MRR", "nDCG@10"):
        assert value(figure, found, lost, nothing) == about(1 / 3, 3)


def test_without_expected_evidence_nothing_is_measured_of_search_and_citations() -> None:
    results = [
        Question(found=[1], cited=[at(0, 10)]),
        Question(answerable=False, places=[[at(0, 10)]], found=[1], cited=[at(0, 10)]),
    ]
    figures = measured(*results).overall
    assert {"R@1", "R@5", "MRR", "nDCG@10", "citation_precision", "citation_recall"}.isdisjoint(figures)
