"""The house stays as it is drawn: imports run one way, nothing heavy is imported at the start, no output but the CLI's."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = {"app": 3, "assistant": 2, "index": 1, "prompts": 0}
"""Imports run from a higher number to a lower one; `prompts` is a leaf, so `index` imports nothing of ours but itself."""

MAY_IMPORT = {
    "app": {"assistant"},
    "assistant": {"assistant", "index", "prompts"},
    "index": {"index"},
    "prompts": {"prompts"},
}
HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "chromadb",
    "gradio",
    "llama_index",
    "mcp",
    "onnxruntime",
    "onnx",
    "openai",
)
ADAPTERS = ("assistant.integrations.llama", "index.llama")
"""Subclasses of llama-index classes: heavy themselves, so they too are imported inside functions."""
TRAINING = tuple(Path(f"assistant/training/{part}") for part in ("entailment", "reader", "resolver"))
"""Commands that make a model: heavy themselves, and imported by nothing else."""
MAY_PRINT = {Path("assistant/cli.py")}

MOST_PARAMETERS = 6

SOURCES = sorted(
    path.relative_to(ROOT)
    for top in ORDER
    for path in [ROOT / f"{top}.py", *(ROOT / top).rglob("*.py")]
    if path.is_file()
)


def imported(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, inside functions too."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written in full"
            yield node.module or ""


def top(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def test_there_is_something_to_look_at() -> None:
    assert {top(path) for path in SOURCES} == set(ORDER)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_imports_run_one_way(path: Path) -> None:
    ours = {name.split(".")[0] for name in imported(path)} & ORDER.keys()
    assert ours <= MAY_IMPORT[top(path)]


@pytest.mark.parametrize("path", [path for path in SOURCES if "page" in path.parts or "reading" in path.parts], ids=str)
def test_the_page_and_the_readers_do_not_know_each_other(path: Path) -> None:
    forbidden = "assistant.reading" if "page" in path.parts else "assistant.page"
    assert not any(name.startswith(forbidden) for name in imported(path))


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_heavy_packages_are_imported_inside_functions(path: Path) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    outside = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = [alias.name for node in outside if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in outside if isinstance(node, ast.ImportFrom)]
    if ".".join(path.with_suffix("").parts) not in ADAPTERS and path.parent not in TRAINING:
        assert not {name.split(".")[0] for name in names} & set(HEAVY)
        assert not set(names) & set(ADAPTERS)


@pytest.mark.parametrize("path", [path for path in SOURCES if path.parent not in TRAINING], ids=str)
def test_nothing_imports_how_models_are_made(path: Path) -> None:
    making = tuple(".".join(folder.parts) for folder in TRAINING)
    assert not any(name.startswith(making) for name in imported(path))


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_only_the_command_line_prints(path: Path) -> None:
    calls = [
        node for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    prints = [node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id == "print"]
    assert not prints or path in MAY_PRINT, f"print in lines {prints}"


@pytest.mark.parametrize("module", ["assistant", "assistant.cli", "index.ingest", "index.vectors.upkeep"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    script = f"import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules}} & set({HEAVY})))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []


def test_opening_a_library_and_listing_it_loads_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys; from assistant import Assistant\n"
        "with Assistant.open(sys.argv[1]) as assistant: assistant.articles()\n"
        f"print(*sorted({{name.split('.')[0] for name in sys.modules}} & set({HEAVY})))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "library")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_every_module_says_in_its_first_line_what_it_does(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    documented = ast.get_docstring(ast.parse(text))
    assert documented
    assert text.startswith('"""')


def test_functions_take_at_most_six_parameters() -> None:
    """What travels together is an object; only the public `Assistant.open` may name each of its options."""
    too_many = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                arguments = node.args
                named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
                taken = [one.arg for one in named if one.arg not in ("self", "cls")]
                if len(taken) > MOST_PARAMETERS:
                    too_many[path.as_posix(), node.name] = len(taken)
    assert set(too_many) == {("assistant/assistant.py", "open")}, too_many


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_files_stay_short_enough_to_read(path: Path) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) < 400
