"""Ask the questions of a set as a step of continuous integration; the exit code says whether all answers were right.

python examples/test_in_ci.py examples/ferry.questions.yaml

`footnote test SET` does the same and more. This is the way from Python: for an assistant of your own making, put it in the
place of `assistant`; anything whose `ask` gives an `Answer` can be tested.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant import Assistant
from assistant.questions import load, run


def main(path: str) -> int:
    """Add the set's articles to a temporary library, ask, print what went wrong."""
    questions = load(path)
    with TemporaryDirectory() as folder, Assistant.open(Path(folder) / "library") as assistant:
        assistant.add([source.path for source in questions.sources if source.path])
        report = run(questions, assistant, workers=2)

    wrong = [result for result in report.results if not result.grade.right]
    for result in wrong:
        # The stage says where it broke: retrieval, reading, proof, ...
        print(f"{result.expected.id}: {result.grade.outcome} ({result.grade.stage}): {result.answer.text}")
    print(f"{len(report.results) - len(wrong)} of {len(report.results)} right")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
