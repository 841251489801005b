"""What is kept of a run, what a later run is told of it, and what a damaged file is told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.answer import Answer, Status, Trace
from assistant.core.errors import QuestionSetError
from assistant.questions.comparing.baseline import Baseline, SetOutcomes, compare, read_baseline, write_baseline
from assistant.questions.comparing.failing import failed
from assistant.questions.metrics.figures import Change, Comparison
from assistant.questions.metrics.statistics import mcnemar
from assistant.questions.rendering.words import difference
from assistant.questions.reports import OUTCOMES, TOO_SLOW, ArticleRef, Grade, Outcome, Report, Result
from assistant.questions.spec.cases import Expected

RIGHT: Outcome = "right and cited"
REFUSED: Outcome = "refused rightly"
WRONG: Outcome = "wrong"


def result(name: str, outcome: Outcome, *, slow: bool = False) -> Result:
    expected = Expected(name, "Who?", ("Anna",), max_seconds=1.0)
    return Result(expected, Answer("Who?", "not_found"), Grade(outcome), seconds=2.0 if slow else 0.5)


def report(outcomes: dict[str, Outcome], name: str = "mill", slow: Sequence[str] = ()) -> Report:
    articles = (ArticleRef("0123456789ab", "The mill", "f" * 64),)
    results = tuple(result(key, outcome, slow=key in slow) for key, outcome in outcomes.items())
    return Report(name, articles, "model 1", results)


def baseline(outcomes: Mapping[str, str], name: str = "mill") -> Baseline:
    return Baseline({name: SetOutcomes(outcomes, "model 0")})


# Comparing


def test_a_regression_was_right_and_is_not() -> None:
    found = compare(report({"a": WRONG, "b": RIGHT}), baseline({"a": RIGHT, "b": RIGHT}))
    assert found == Comparison(regressions=(Change("a", RIGHT, WRONG),), p=1.0, fingerprint="model 0")


def test_an_improvement_was_not_right_and_is() -> None:
    found = compare(report({"a": REFUSED, "b": WRONG}), baseline({"a": "answered what it shouldn't", "b": WRONG}))
    assert found == Comparison(
        improvements=(Change("a", "answered what it shouldn't", REFUSED),), fingerprint="model 0"
    )


def test_right_but_too_slow_now_is_a_regression() -> None:
    found = compare(report({"a": RIGHT, "b": WRONG}, slow=("a", "b")), baseline({"a": RIGHT, "b": WRONG}))
    assert found.regressions == (Change("a", RIGHT, TOO_SLOW),)
    assert found.changes == ()


def test_what_was_too_slow_and_is_in_time_is_an_improvement() -> None:
    before = baseline({"a": TOO_SLOW, "b": TOO_SLOW, "c": TOO_SLOW})
    found = compare(report({"a": RIGHT, "b": RIGHT, "c": WRONG}, slow=("b",)), before)
    assert found.improvements == (Change("a", TOO_SLOW, RIGHT),)
    assert found.changes == (Change("c", TOO_SLOW, WRONG),)
    assert found.regressions == ()


@pytest.mark.parametrize(
    ("before", "status", "confidence", "threshold", "wavers"),
    [
        (RIGHT, "not_found", 0.36, 0.45, True),
        (RIGHT, "not_found", 0.34, 0.45, False),
        (RIGHT, "not_found", 0.46, 0.45, False),  # It was not proven.
        (REFUSED, "answered", 0.44, 0.45, False),
        (RIGHT, "not_found", 0.01, 0.0, False),  # A reader that names no threshold.
        (REFUSED, "answered", 0.54, 0.45, True),
        (REFUSED, "answered", 0.56, 0.45, False),
        (RIGHT, "answered", 0.46, 0.45, False),  # Another answer is no matter of the threshold.
    ],
)
def test_a_refusal_or_answer_that_rounding_may_turn_wavers_and_fails_nothing(
    before: str, status: Status, confidence: float, threshold: float, wavers: bool
) -> None:
    answer = Answer("Who?", status, confidence=confidence, trace=Trace("Who?", threshold=threshold))
    run = replace(report({"a": WRONG}), results=(replace(result("a", WRONG), answer=answer),))
    found = compare(run, baseline({"a": before}))
    assert found.regressions == (Change("a", before, WRONG, wavers),)
    assert failed(run, found) == (() if wavers else run.results)
    assert ("1 of those that got worse waver" in difference(found)) == wavers


def test_what_wavers_and_breaks_a_law_fails() -> None:
    answer = Answer("Who?", "not_found", confidence=0.4, trace=Trace("Who?", threshold=0.45))
    run = replace(report({"a": WRONG}), results=(replace(result("a", "law broken"), answer=answer),))
    found = compare(run, baseline({"a": RIGHT}))
    assert failed(run, found) == run.results
    assert "waver" not in difference(found)


def test_another_outcome_of_the_same_kind_is_a_change() -> None:
    found = compare(report({"a": "law broken", "b": REFUSED}), baseline({"a": WRONG, "b": RIGHT}))
    assert found.changes == (Change("a", WRONG, "law broken"), Change("b", RIGHT, REFUSED))
    assert (found.regressions, found.improvements) == ((), ())


def test_questions_that_only_one_side_has() -> None:
    run, before = report({"z": RIGHT, "b": WRONG, "a": RIGHT}), baseline({"y": RIGHT, "b": WRONG, "c": WRONG})
    found = compare(run, before)
    assert found.new == ("z", "a")
    assert found.gone == ("c", "y")
    assert compare(run, before, partial=True) == replace(found, gone=())


def test_of_a_set_that_the_baseline_lacks_all_is_new() -> None:
    found = compare(report({"a": WRONG}), baseline({"a": RIGHT}, "tower"))
    assert found == Comparison(new=("a",))


def test_the_order_is_the_sets() -> None:
    names = ["d", "a", "c", "b"]
    found = compare(report(dict.fromkeys(names, WRONG)), baseline(dict.fromkeys(names, RIGHT)))
    assert [change.id for change in found.regressions] == names


def test_chance_is_judged_by_regressions_and_improvements_alone() -> None:
    now: dict[str, Outcome] = {f"r{n}": WRONG for n in range(7)} | {
        "i": RIGHT,
        "c": "law broken",
        "d": RIGHT,
        "n": RIGHT,
    }
    before = {f"r{n}": RIGHT for n in range(7)} | {"i": WRONG, "c": WRONG, "d": REFUSED, "g": RIGHT}
    found = compare(report(now), baseline(before))
    assert (len(found.regressions), len(found.improvements), len(found.changes)) == (7, 1, 2)
    assert found.p == mcnemar(7, 1) == pytest.approx(2 * 9 / 256)


# Writing and reading


def test_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, [report({"b": RIGHT, "a": WRONG, "ä": REFUSED})])
    assert path.read_bytes().decode() == (
        '{\n "sets": {\n  "mill": {\n   "articles": {\n    "' + "f" * 64 + '": "The mill"\n   },\n'
        '   "fingerprint": "model 1",\n   "outcomes": {\n    "a": "wrong",\n    "b": "right and cited",\n'
        '    "ä": "refused rightly"\n   }\n  }\n },\n "version": 1\n}\n'
    )
    assert [file.name for file in tmp_path.iterdir()] == ["baseline.json"]


def test_the_order_timings_and_where_articles_lie_make_no_difference(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    one = report({"a": RIGHT, "b": WRONG})
    refs = (ArticleRef("a" * 12, "The mill", "f" * 64), ArticleRef("b" * 12, "The mill, again", "f" * 64))
    moved = tuple(replace(ref, id=name) for ref, name in zip(reversed(refs), ("c" * 12, "d" * 12), strict=True))
    slower = tuple(replace(result, seconds=0.9) for result in reversed(one.results))
    write_baseline(first, [replace(one, articles=refs), report({"a": RIGHT}, "tower")])
    write_baseline(second, [report({"a": RIGHT}, "tower"), replace(one, articles=moved, results=slower)])
    assert first.read_bytes() == second.read_bytes()


def test_being_too_slow_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, [report({"a": RIGHT}, slow=("a",))])
    assert read_baseline(path).sets["mill"].outcomes == {"a": RIGHT}


def test_sets_that_were_not_run_stay(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, [report({"a": RIGHT}), report({"t": WRONG}, "tower")])
    before = read_baseline(path)
    write_baseline(path, [report({"b": WRONG})], before)
    after = read_baseline(path)
    assert after.sets["tower"] == before.sets["tower"]
    assert after.sets["mill"].outcomes == {"b": WRONG}
    write_baseline(path, [report({"b": WRONG})])
    assert set(read_baseline(path).sets) == {"mill"}


def test_of_a_part_the_questions_that_were_not_asked_stay(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    before = baseline({"a": RIGHT, "b": RIGHT})
    write_baseline(path, [report({"b": WRONG, "c": RIGHT})], before, partial=True)
    assert read_baseline(path).sets["mill"].outcomes == {"a": RIGHT, "b": WRONG, "c": RIGHT}
    assert before == baseline({"a": RIGHT, "b": RIGHT})


def test_two_sets_of_one_name_are_not_mixed_up(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    with pytest.raises(QuestionSetError, match=r"baseline\.json: two question sets are called 'mill'.*Rename"):
        write_baseline(path, [report({"a": RIGHT}), report({"b": RIGHT})])
    assert not path.exists()


def test_a_file_that_can_not_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "baseline.json"
    folder.mkdir()
    for path in (folder, tmp_path / "missing" / "baseline.json"):
        with pytest.raises(QuestionSetError, match=r"baseline\.json: can't be written: "):
            write_baseline(path, [report({"a": RIGHT})])
    assert list(tmp_path.iterdir()) == [folder]
    assert list(folder.iterdir()) == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("{}")
    link.symlink_to(real)
    write_baseline(link, [report({"a": RIGHT})])
    assert link.is_symlink()
    assert read_baseline(real).sets["mill"].outcomes == {"a": RIGHT}


names = st.text(min_size=1, max_size=5)
reports = st.builds(
    lambda name, outcomes, fingerprint, articles: Report(
        name,
        tuple(ArticleRef("", title, content_hash) for content_hash, title in articles.items()),
        fingerprint,
        tuple(result(key, outcome) for key, outcome in outcomes.items()),
    ),
    names,
    st.dictionaries(names, st.sampled_from(OUTCOMES), max_size=5),
    names,
    st.dictionaries(names, names, max_size=3),
)


@given(st.lists(reports, max_size=3, unique_by=lambda report: report.name))
def test_what_was_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, runs: list[Report]) -> None:
    path = tmp_path_factory.mktemp("round") / "baseline.json"
    write_baseline(path, runs)
    found = read_baseline(path)
    assert found == Baseline({
        run.name: SetOutcomes(
            {one.expected.id: one.grade.outcome for one in run.results},
            run.fingerprint,
            {article.content_hash: article.title for article in run.articles},
        )
        for run in runs
    })  # fmt: skip
    for run in runs:
        assert compare(run, found) == Comparison(fingerprint=run.fingerprint)
    written = path.read_bytes()
    write_baseline(path, [], found)
    assert path.read_bytes() == written


# The older form


def test_the_form_without_sets_holds_for_any(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps({"a": RIGHT, "b": WRONG}))
    before = read_baseline(path)
    for name in ("mill", "tower"):
        found = compare(report({"a": WRONG}, name), before)
        assert found == Comparison(regressions=(Change("a", RIGHT, WRONG),), gone=("b",))
    write_baseline(path, [report({"a": WRONG})], before, partial=True)
    assert read_baseline(path).sets["mill"].outcomes == {"a": WRONG, "b": WRONG}


def test_an_empty_one_knows_no_question(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text("{}")
    assert compare(report({"a": WRONG}), read_baseline(path)) == Comparison(new=("a",))


# Damaged files

SET = '{"fingerprint": "", "articles": {}, "outcomes": {}}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1: this is not JSON"),
        ('{\n"a":\n}', ":3: this is not JSON"),
        ("\xff", ": this is not JSON"),
        ("[" * 100_000, ": this is not JSON"),
        ("[]", r": must be a mapping, not \[\]"),
        (
            '{"a": "right and sited"}',
            ": question 'a' has the outcome 'right and sited'; there are only: right and cited, ",
        ),
        ('{"a": "wrong", "a": "wrong"}', ": the key 'a' stands there twice"),
        ('{"a": "wrong", "b": 1}', ": `version` is None; it must be 1"),
        ('{"sets": {}}', ": `version` is None; it must be 1"),
        ('{"version": true, "sets": {}}', ": `version` is True; it must be 1"),
        ('{"version": "1", "sets": {}}', ": `version` is '1'; it must be 1"),
        ('{"version": 0, "sets": {}}', ": `version` is 0; it must be 1"),
        (
            '{"version": 2, "sets": {}, "more": 1}',
            ": it has version 2, and this Footnote knows version 1. Update Footnote",
        ),
        ('{"version": 1}', ": `sets` is missing"),
        ('{"version": 1, "sets": {}, "more": 1}', ": the key 'more' is unknown"),
        ('{"version": 1, "sets": []}', r": `sets` must be a mapping, not \[\]"),
        ('{"version": 1, "sets": {"mill": 1}}', ": set 'mill': it must be a mapping, not 1"),
        ('{"version": 1, "sets": {"mill": {"outcomes": {}}}}', ": set 'mill': `fingerprint` is missing"),
        ('{"version": 1, "sets": {"mill": ' + SET[:-1] + ', "x": 1}}}', ": set 'mill': the key 'x' is unknown"),
        (
            '{"version": 1, "sets": {"mill": ' + SET.replace('"outcomes": {}', '"outcomes": []') + "}}",
            ": set 'mill': `outcomes` must be a mapping",
        ),
        (
            '{"version": 1, "sets": {"mill": ' + SET.replace('"articles": {}', '"articles": {"a": 1}') + "}}",
            ": set 'mill': the fingerprint and titles must be text, not 1",
        ),
        (
            '{"version": 1, "sets": {"mill": ' + SET.replace('"outcomes": {}', '"outcomes": {"a": ["wrong"]}') + "}}",
            ": set 'mill': question 'a' has the outcome",
        ),
    ],
)
def test_a_damaged_file_is_refused_with_its_name_and_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(QuestionSetError, match=rf"baseline\.json{message}"):
        read_baseline(path)


def test_a_missing_file_is_named_with_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match=r"none\.json: can't be read: .*--update-baseline"):
        read_baseline(tmp_path / "none.json")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.sampled_from([*OUTCOMES, "x"]),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["version", "sets", "fingerprint", "articles", "outcomes", "a"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    path = tmp_path_factory.mktemp("any") / "baseline.json"
    path.write_text(json.dumps(data))
    try:
        found = read_baseline(path)
    except QuestionSetError as error:
        assert str(error).startswith(str(path))  # noqa: PT017
    else:
        assert isinstance(found, Baseline)
