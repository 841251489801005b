"""The built-in checker: its files are what was exported, and it tells what the evidence says from what it does not."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.core.errors import ReaderError
from assistant.verification.entailment.checker import BUILT_IN, EntailmentChecker, OnnxChecker, open_checker

BRIDGE = "The bridge at Halden was opened by Elin Dahl in May 1961. It is 240 metres long and was never painted."
OPENED = "The bridge at Halden was opened by Elin Dahl in May 1961. It is 240 metres long."
UNRELATED = "Rabbits eat grass, and they sleep in burrows under the hill."
CLAIMS = [
    "The bridge at Halden was opened by Elin Dahl in May 1961.",
    "It is 240 metres long and was never painted.",
    "Elin Dahl opened the bridge in 1961.",
    UNRELATED,
]


@pytest.fixture(scope="module")
def checker() -> EntailmentChecker:
    return open_checker()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("The bridge was opened in May 1961.", "The bridge was opened in May 1978."),
        ("The bridge is 240 metres long.", "The bridge is 900 metres long."),
        ("The bridge was opened by Elin Dahl.", "The bridge was opened by Peter Novak."),
        ("The bridge at Halden was opened in 1961.", "The bridge at Bergen was opened in 1961."),
        ("It is 240 metres long.", "I hope that you like long bridges too!"),
    ],
)
def test_what_the_evidence_says_scores_above_what_it_does_not(
    checker: EntailmentChecker, right: str, wrong: str
) -> None:
    supported, other = checker.support([(right, BRIDGE), (wrong, BRIDGE)])
    assert supported > other + 0.05


@pytest.mark.parametrize("claim", CLAIMS[:3])
def test_a_sentence_of_the_evidence_is_supported(checker: EntailmentChecker, claim: str) -> None:
    (found,) = checker.support([(claim, BRIDGE)])
    assert checker.threshold <= found <= 1


@pytest.mark.parametrize("claim", [UNRELATED, "What a lovely day! How are you?"])
def test_what_has_nothing_to_do_with_the_evidence_is_not(checker: EntailmentChecker, claim: str) -> None:
    (found,) = checker.support([(claim, BRIDGE)])
    assert 0 <= found < min(checker.threshold, 0.2)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The bridge at Elin Dahl was opened by Halden in May 1961.", BRIDGE),
        ("The bridge at Halden was not opened by Elin Dahl in May 1961.", OPENED),
        ("The bridge at Halden was never opened by Elin Dahl.", OPENED),
        ("It is 240 metres long and was painted.", BRIDGE),
        ("The bridge at Halden was closed by Elin Dahl in May 1961.", OPENED),
    ],
)
def test_what_turns_the_words_of_the_evidence_round_is_not_supported(
    checker: EntailmentChecker, claim: str, evidence: str
) -> None:
    (found,) = checker.support([(claim, evidence)])
    assert found < checker.threshold


@pytest.mark.parametrize(
    "claim",
    [
        "In May 1961, the bridge at Halden was opened by Elin Dahl.",
        "Elin Dahl opened the bridge at Halden.",
        "The bridge at Halden, opened by Elin Dahl, was never painted.",
        "It wasn't painted.",
    ],
)
def test_what_is_only_said_otherwise_is_supported(checker: EntailmentChecker, claim: str) -> None:
    (found,) = checker.support([(claim, BRIDGE)])
    assert found >= checker.threshold


@pytest.mark.parametrize(
    "pair",
    [
        ("", BRIDGE),
        ("…", BRIDGE),
        (CLAIMS[0], " "),
        ("", ""),
        ("Cats purr.", BRIDGE),
        ("船在中午沉没。", "猫在睡觉。"),
        ("Корабль утонул.", "Кошка спит."),
        ("noon", "א\u200fב"),
    ],
)
def test_without_a_word_in_common_nothing_is_supported(checker: EntailmentChecker, pair: tuple[str, str]) -> None:
    alone = checker.support([(CLAIMS[1], BRIDGE)])[0]
    assert checker.support([pair, (CLAIMS[1], BRIDGE), pair]) == [0.0, alone, 0.0]


def test_a_pair_scores_the_same_whatever_stands_beside_it(checker: EntailmentChecker) -> None:
    pairs = [(claim, BRIDGE) for claim in CLAIMS] + [(UNRELATED, BRIDGE * 40)]
    together = checker.support(pairs)
    assert checker.support(pairs) == together
    assert [checker.support([pair])[0] for pair in pairs] == pytest.approx(together, abs=1e-6)


def test_threads_get_what_one_would(checker: EntailmentChecker) -> None:
    pairs = [(claim, BRIDGE) for claim in CLAIMS] * 4
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda pair: checker.support([pair])[0], pairs))
    assert found == checker.support(pairs)


def test_nothing_is_asked_and_nothing_said(checker: EntailmentChecker) -> None:
    assert checker.support([]) == []


@pytest.mark.parametrize("text", ["", " ", "船在中午沉没。", "\x00🛳️", "word " * 5_000])
def test_any_text_has_a_probability(checker: EntailmentChecker, text: str) -> None:
    for found in checker.support([(text, BRIDGE), (CLAIMS[0], text), (text, text)]):
        assert 0 <= found <= 1


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(BUILT_IN, tmp_path / "model")
    return tmp_path / "model"


def test_a_damaged_network_is_refused(copied: Path) -> None:
    content = bytearray((copied / "support.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (copied / "support.onnx").write_bytes(content)
    with pytest.raises(ReaderError, match=r"support\.onnx.*damaged.*Install footnote again"):
        OnnxChecker(copied)


@pytest.mark.parametrize("name", ["support.onnx", "support.json"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(ReaderError, match=name):
        OnnxChecker(copied)


def test_the_files_fit_the_repository() -> None:
    assert sum(path.stat().st_size for path in BUILT_IN.iterdir()) < 25e6


def test_no_product_is_cut_off_on_processors_without_vnni() -> None:
    """See `tests/test_model.py` and `write_network`: signed weights would give each processor answers of its own."""
    import onnx
    from onnx import TensorProto

    weights = [i for i in onnx.load(BUILT_IN / "support.onnx").graph.initializer if i.name.endswith("_quantized")]
    assert len(weights) >= 24
    assert {weight.data_type for weight in weights} == {TensorProto.UINT8}
