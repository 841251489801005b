"""The house stays as it is drawn: imports run one way and in no circle, nothing heavy at the start, no output but the CLI's."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
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
    "py3langid",
)
ADAPTERS = ("assistant.integrations.llama", "index.llama")
"""Subclasses of llama-index classes: heavy themselves, so they too are imported inside functions."""
TRAINING = tuple(
    Path(f"assistant/training/{part}") for part in ("entailment", "kinds", "quoting", "reader", "resolver", "shared")
)
"""Commands that make a model: heavy themselves, and imported by nothing else."""
MAY_PRINT = {Path("assistant/cli.py")}

MOST_PARAMETERS = 6
MOST_LINES = 400
MOST_LOOSE_FILES = 10
LONGEST_CHAIN = 14

STOREYS = (
    {"cli", "doctor"},
    {"page"},
    {"questions"},
    {"assistant", "answering", "collecting", "conversations", "opening"},
    {"integrations"},
    {"writing"},
    {"verification"},
    {"reading"},
    {"understanding"},
    {"network"},
    {"core"},
)
"""The rooms and loose files of `assistant/` from the top: each imports what is on its own storey or below, never above."""
BESIDE = {"terminal": {"cli", "questions"}, "sample": {"page", "questions"}}
"""Rooms that stand beside the storeys -> who imports them. They themselves import nothing but `core`."""
FACADES = {"assistant", "assistant.errors", "assistant.events", "assistant.settings", "assistant.generating.serving"}
"""Where others find public names; our own modules import each name from where it is made."""

SOURCES = sorted(
    path.relative_to(ROOT)
    for top in ORDER
    for path in [ROOT / f"{top}.py", *(ROOT / top).rglob("*.py")]
    if path.is_file()
)
MODULES = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in SOURCES}

Arrows = Mapping[str, set[str]]
"""Name -> the names that it imports."""


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path))


def names(path: Path, nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Full names that import statements bring in: `a.b.c` for `from a.b import c`."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported(path: Path) -> set[str]:
    """What a file imports, inside functions and for type checking too."""
    return set(names(path, ast.walk(tree(path))))


def defining(name: str) -> str:
    """The module of ours that a full name is in; "" of another's name."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name


@cache
def arrows() -> Arrows:
    """Module -> modules of ours that it imports."""
    return {module: {defining(name) for name in imported(path)} - {"", module} for module, path in MODULES.items()}


def room(module: str) -> str:
    """The first-level package or file that a module is in: `assistant.page` of `assistant.page.export`."""
    return ".".join(module.split(".")[:2])


def between_rooms() -> Arrows:
    """The same between rooms; what is imported from `assistant/__init__.py` and the like counts as a room of its own."""
    found: dict[str, set[str]] = {}
    for module, others in arrows().items():
        found.setdefault(room(module), set()).update({room(other) for other in others} - {room(module)})
    return found


def circle(graph: Arrows) -> list[str]:
    """Names that import each other in a ring, the first one again at the end; empty if there is no ring."""
    done: set[str] = set()

    def walk(way: list[str]) -> list[str]:
        for name in sorted(graph[way[-1]] - done):
            if name in way:
                return [*way[way.index(name) :], name]
            if found := walk([*way, name]):
                return found
        done.add(way[-1])
        return []

    return next((found for name in sorted(graph) if (found := walk([name]))), [])


def assert_none(offenders: list[str]) -> None:
    """All of them stand in the message."""
    assert not offenders, "\n".join(offenders)


def top(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def test_there_is_something_to_look_at() -> None:
    assert {top(path) for path in SOURCES} == set(ORDER)
    assert len(SOURCES) > 100


def test_imports_run_one_way() -> None:
    ours = {path: {name.split(".")[0] for name in imported(path)} & ORDER.keys() for path in SOURCES}
    assert_none([str(path) for path in SOURCES if not ours[path] <= MAY_IMPORT[top(path)]])


def test_no_module_and_no_room_is_part_of_a_circle() -> None:
    assert_none(circle(arrows()))
    assert_none(circle(between_rooms()))


def test_a_circle_would_be_seen() -> None:
    assert circle({"a": {"b"}, "b": {"c", "d"}, "c": set(), "d": {"b"}}) == ["b", "d", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_chains_of_imports_stay_short_enough_to_follow() -> None:
    @cache
    def chain(module: str) -> tuple[str, ...]:
        return (module, *max((chain(other) for other in sorted(arrows()[module])), key=len, default=()))

    assert_none([" > ".join(chain(module)) for module in MODULES if len(chain(module)) > LONGEST_CHAIN])


def test_the_rooms_of_the_assistant_import_what_is_below_them() -> None:
    storey = {name: n for n, names in enumerate(STOREYS) for name in names}
    may_import = {name: {other for other in storey if storey[other] >= n} for name, n in storey.items()}
    for beside, users in BESIDE.items():
        may_import[beside] = {"core"}
        for user in users:
            may_import[user].add(beside)
    up = [
        f"{module} imports {other}"
        for module, others in arrows().items()
        for other in sorted(others)
        if module.startswith("assistant.") and other.startswith("assistant.") and module not in FACADES
        if (name := room(module).removeprefix("assistant.")) != "training"
        if room(module) != room(other) and room(other).removeprefix("assistant.") not in may_import.get(name, set())
    ]
    assert_none(up)


def test_our_own_modules_go_past_the_facades() -> None:
    assert_none([module for module, others in arrows().items() if others & FACADES])


def test_few_files_lie_loose_in_the_assistant() -> None:
    loose = [str(path) for path in SOURCES if path.parent == Path("assistant")]
    assert len(loose) <= MOST_LOOSE_FILES, loose


def test_the_page_and_the_readers_do_not_know_each_other() -> None:
    strangers = {"page": "assistant.reading", "reading": "assistant.page"}
    assert_none(
        [
            f"{path} imports {name}"
            for path in SOURCES
            for part, stranger in strangers.items()
            if part in path.parts
            for name in imported(path)
            if name.startswith(stranger)
        ]
    )


def test_heavy_packages_are_imported_inside_functions() -> None:
    assert_none(
        [
            f"{path} imports {name}"
            for module, path in MODULES.items()
            if module not in ADAPTERS and path.parent not in TRAINING
            for name in names(path, tree(path).body)
            if name.split(".")[0] in HEAVY or name.startswith(ADAPTERS)
        ]
    )


def test_nothing_imports_how_models_are_made() -> None:
    making = tuple(".".join(folder.parts) for folder in TRAINING)
    others = [path for path in SOURCES if path.parent not in TRAINING]
    assert_none([str(path) for path in others if any(name.startswith(making) for name in imported(path))])


def test_only_the_command_line_prints() -> None:
    assert_none(
        [
            f"{path}:{node.lineno}"
            for path in SOURCES
            if path not in MAY_PRINT
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        ]
    )


@pytest.mark.system
@pytest.mark.parametrize("module", ["assistant", "assistant.cli", "index.ingest", "index.vectors.upkeep"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    script = f"import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules}} & set({HEAVY})))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []


@pytest.mark.system
def test_opening_a_library_and_listing_it_loads_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys; from assistant import Assistant\n"
        "with Assistant.open(sys.argv[1]) as assistant: assistant.articles()\n"
        f"print(*sorted({{name.split('.')[0] for name in sys.modules}} & set({HEAVY})))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "library")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []


def test_every_module_says_in_its_first_line_what_it_does() -> None:
    def says(path: Path) -> bool:
        return bool(ast.get_docstring(tree(path))) and text(path).startswith('"""')

    assert_none([str(path) for path in SOURCES if not says(path)])


def test_functions_take_at_most_six_parameters() -> None:
    """What travels together is an object; only the public `Assistant.open` may name each of its options."""
    too_many = {}
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                arguments = node.args
                named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
                taken = [one.arg for one in named if one.arg not in ("self", "cls")]
                if len(taken) > MOST_PARAMETERS:
                    too_many[path.as_posix(), node.name] = len(taken)
    assert set(too_many) == {("assistant/assistant.py", "open")}, too_many


def test_files_stay_short_enough_to_read() -> None:
    assert_none([str(path) for path in SOURCES if len(text(path).splitlines()) >= MOST_LINES])
