"""What the tests of `footnote test` have in common: a set about a mill."""

from __future__ import annotations

from pathlib import Path

MILL = """The mill

The paper mill burned down in March 1912. Anna Berg rebuilt it with 40 workers.

Mayor Olav Lunde opened the new hall on Saturday. It is 80 metres long.
"""
WHEN = """
  - id: when
    question: When did the paper mill burn down?
    answers: ["1912"]
    evidence: [burned down in March 1912]
    tags: [dates]
"""
WHO = """
  - id: who
    question: Who rebuilt the mill?
    answers: [Anna Berg]
    tags: [names]
"""
COST = """
  - id: cost
    question: What did the new hall cost?
    answerable: false
"""
WRONG = WHO.replace("Anna Berg", "Astrid Lie")


def a_set(*cases: str, name: str = "mill.questions.yaml") -> Path:
    """A set about the mill in the working folder, with the article beside it."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "mill.txt").write_text(MILL, encoding="utf-8")
    path.write_text("version: 1\narticles: [mill.txt]\ncases:" + "".join(cases), encoding="utf-8")
    return path
