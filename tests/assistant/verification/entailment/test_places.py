"""Parts of the evidence that have changed places in a claim are seen, and what is only said otherwise is not taken for it."""

from __future__ import annotations

import time

import pytest

from assistant.verification.entailment.places import exchanged

EVIDENCE = "In 1961 the mayor of Halden thanked Elin Dahl, Peter Novak and Brenner before the bridge was painted."


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Kim visited Putin.", "Putin visited Kim."),
        ("Kim Jong Un visited Putin.", "Putin visited Kim Jong Un on Tuesday."),
        ("The mayor of Elin Dahl thanked Halden.", "The mayor of Halden thanked Elin Dahl."),
        ("When the queen had gone, the king was seen.", "When the king had gone, the queen was seen by all."),
        ("It was opened in 1978 and closed in 1961.", "It was opened in 1961 and closed in 1978."),
        ("They thanked Elin Novak, Peter Dahl and Brenner.", "They thanked Elin Dahl, Peter Novak and Brenner."),
        ("It sailed on the Dahl Elin.", "It sailed on the Elin Dahl."),
    ],
)
def test_two_parts_have_changed_places(claim: str, evidence: str) -> None:
    assert exchanged(claim, evidence)
    assert not exchanged(evidence, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Brenner, Peter Novak and Elin Dahl were thanked.", "Elin Dahl, Peter Novak and Brenner were thanked."),
        ("They saw Bergen and the Oslo Fjord.", "They saw the Oslo Fjord and the Bergen."),
        ("Kim met Putin.", "Putin met Kim."),
        ("Kim was visited by Putin.", "Putin visited Kim."),
        ("Novak bought the ship from Dahl.", "Dahl sold the ship to Novak."),
        ("The bridge was opened in 1961.", "In 1961, the bridge was opened."),
        ("It was opened on 18 June 2024.", "It was opened on June 18, 2024."),
        ("It was opened on 18 June.", "It was opened on June 18."),
        ("They thanked Dahl, Elin.", "They thanked Elin Dahl."),
        ("Putin visited Kim.", "Vladimir Putin visited Kim Jong Un."),
        ("Peter Novak visited Oslo.", "Elin Dahl visited Oslo."),
        ("Dahl thanked the mayor of Halden.", EVIDENCE),
        ("", EVIDENCE),
        (EVIDENCE, ""),
    ],
)
def test_what_is_said_otherwise_or_of_others_is_no_exchange(claim: str, evidence: str) -> None:
    assert not exchanged(claim, evidence)


def test_a_long_text_is_looked_at_as_far_as_it_is_a_sentence() -> None:
    start = time.process_time()
    assert not exchanged("word " * 100_000, "word " * 100_000)
    assert exchanged("Kim visited Putin. " + "word " * 500, "Putin visited Kim. " + "word " * 500)
    assert time.process_time() - start < 5
