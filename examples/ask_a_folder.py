"""Ask a folder of articles a question, and print the answer with its quotes.

python examples/ask_a_folder.py examples/articles "Who owns the ferry?" [LIBRARY]

The articles are kept in LIBRARY, a folder; without it in `my-library`.
"""

import sys
from pathlib import Path

from assistant import Assistant


def main(folder: str, question: str, library: str = "my-library") -> int:
    """Add what the folder holds, ask, print. The exit code is 0 for an answer and 1 for a refusal."""
    with Assistant.open(library) as assistant:
        # Adding the same files again changes nothing, so this can stay in the program.
        report = assistant.add(Path(folder))
        for path, reason in report.skipped:
            print(f"skipped {path}: {reason}", file=sys.stderr)

        answer = assistant.ask(question)
        print(answer.text)
        # A refusal has no citations; `closest` then holds the nearest passages, which are no answer.
        for citation in answer.citations or answer.closest:
            text = assistant.article(citation.article_id).text
            assert text[citation.start : citation.end] == citation.quote  # true of every citation
            print(f"  “{citation.quote}” ({citation.title}, characters {citation.start} to {citation.end})")
        return 0 if answer.status == "answered" else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
