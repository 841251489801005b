"""The figures of support, and what is counted of a claim, by hand."""

from __future__ import annotations

import math

import pytest

from assistant.training.entailment.scoring import auroc, best_threshold, figures
from assistant.verification.entailment.features import FEATURES, features, overlap

SCORES = [0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.2]
SUPPORTED = [True, True, False, True, True, False, False]


def test_auroc_is_the_share_of_pairs_in_order_a_tie_being_half() -> None:
    # Of the supported, 0.9 and 0.8 are above all three others, 0.6 above two, 0.5 above one and level with one.
    assert auroc(SCORES, SUPPORTED) == pytest.approx((3 + 3 + 2 + 1.5) / 12)


def test_balanced_accuracy_is_that_of_the_threshold() -> None:
    assert figures(SCORES, SUPPORTED, 0.6)["balanced_accuracy"] == pytest.approx((3 / 4 + 2 / 3) / 2)
    assert figures(SCORES, SUPPORTED, 2.0)["balanced_accuracy"] == 0.5


def test_the_best_threshold_is_a_score_that_splits_best() -> None:
    assert best_threshold(SCORES, SUPPORTED) == 0.8
    assert figures(SCORES, SUPPORTED)["balanced_accuracy"] == pytest.approx((2 / 4 + 3 / 3) / 2)


def test_precision_is_taken_where_nine_tenths_are_kept() -> None:
    # All four supported ones must be kept: down to 0.5, where six claims are.
    assert figures(SCORES, SUPPORTED)["precision_at_90_recall"] == pytest.approx(4 / 6)
    scores = [float(n) for n in range(11, 0, -1)]
    # Nine of ten supported ones stand above the only other claim, the last below it.
    assert figures(scores, [True] * 9 + [False, True])["precision_at_90_recall"] == 1.0


@pytest.mark.parametrize("supported", [True, False])
def test_claims_of_one_kind_have_no_figures(supported: bool) -> None:
    with pytest.raises(ValueError, match="supported claims and others"):
        figures([0.1, 0.2], [supported] * 2)


def test_the_figures_agree_with_another_program() -> None:
    import torch
    from torchmetrics.functional.classification import binary_auroc

    rng = torch.Generator().manual_seed(3)
    scores, truth = torch.rand(200, generator=rng).round(decimals=1), torch.rand(200, generator=rng) > 0.6
    assert auroc(scores.tolist(), truth.tolist()) == pytest.approx(float(binary_auroc(scores, truth.int())))


def test_overlap_counts_stems_of_content_words_once() -> None:
    assert overlap("The ferries sank, ferries!", "A ferry sinks.") == 1 / 2
    assert overlap("It was he", "It was he") == 0.0
    assert overlap("", "") == 0.0


def test_what_is_counted() -> None:
    found = dict(zip(FEATURES, features("I know 12 ferries sank in 1950?", "The ferries sank in 1950."), strict=True))
    assert found == {
        "overlap": 3 / 5,
        "words missing": math.log(1 + 3),
        "numbers missing": 1 / 2,
        "content words": math.log(1 + 5),
        "speaker": math.log(2),
        "question": 1.0,
    }
