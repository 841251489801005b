"""Every block of Python that a page shows is run, or, where it needs a server or a language model, looked up; examples too."""

from __future__ import annotations

import ast
import runpy
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant import Assistant
from tests.docs.pages import EXAMPLES, PAGES, ROOT, Block, blocks

BLOCKS = [block for page in PAGES for block in blocks(page, "python")]
REASONS = {"needs a served page", "needs a language model"}


@pytest.mark.parametrize("block", [block for block in BLOCKS if not block.checked_only], ids=str)
@pytest.mark.usefixtures("folder")
def test_a_block_runs(block: Block, filled: Assistant) -> None:
    code = compile("\n" * (block.line - 1) + block.text, str(block.page), "exec")
    exec(code, {"__name__": "shown", "assistant": filled})


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.checked_only], ids=str)
def test_what_a_block_imports_is_there(block: Block) -> None:
    assert block.checked_only in REASONS
    for node in ast.walk(ast.parse(block.text)):
        if not isinstance(node, ast.ImportFrom):
            continue
        assert node.module is not None
        assert find_spec(node.module) is not None
        if node.module.startswith("assistant"):
            module = import_module(node.module)
            assert all(hasattr(module, name.name) for name in node.names)


@pytest.mark.system
@pytest.mark.parametrize(
    ("example", "arguments", "code", "said"),
    [
        ("ask_a_folder.py", ["examples/articles", "Who owns the ferry?"], 0, "Anna Berg owns the ferry"),
        ("ask_a_folder.py", ["examples/articles", "Who won the cup?"], 1, "I found no sentence that answers this."),
        ("test_in_ci.py", ["examples/ferry.questions.yaml"], 0, "4 of 4 right"),
        ("test_in_ci.py", ["examples/wrong.questions.yaml"], 1, "owner: wrong (read wrongly)"),
        ("in_llama_index.py", ["examples/articles", "Who owns the ferry?"], 0, "“Anna Berg owns the ferry"),
    ],
)
def test_an_example_runs(
    example: str,
    arguments: list[str],
    code: int,
    said: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    right = (folder / "examples/ferry.questions.yaml").read_text(encoding="utf-8")
    wrong = right.replace(r"[Anna Berg, /\bBerg\b/]", "[Astrid Lie]").replace("[Jon Dahl]", "[nobody]")
    (folder / "examples/wrong.questions.yaml").write_text(wrong, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [example, *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "examples" / example), run_name="__main__")
    assert ended.value.code == code
    assert said in capsys.readouterr().out


def test_examples_are_short_and_say_how_they_are_run() -> None:
    assert len(EXAMPLES) == 3
    for path in EXAMPLES:
        text = path.read_text(encoding="utf-8")
        assert 25 <= len(text.splitlines()) <= 50, path.name
        assert f"python examples/{path.name}" in text
