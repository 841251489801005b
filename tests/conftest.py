"""Fixtures for all tests: assistants over fresh libraries, with the real embedding model or with a double."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from assistant import Assistant, Settings
from assistant.core.settings import load_settings
from assistant.sample import sample_path
from index.embedding import Embedder, open_embedder
from index.library.store import Library
from tests.doubles import EagerReader, HashEmbedder
from tests.helpers import free_port, running_chroma

# The same examples in every run, so that a failure is a change's own: some in `make test`, few in `make check`, as many as a test
# asks for in `make slow`. `--hypothesis-profile=explore` looks for new ones.
hypothesis_settings.register_profile("fast", derandomize=True, deadline=None, database=None, max_examples=25)
hypothesis_settings.register_profile("few", derandomize=True, deadline=None, database=None, max_examples=8)
hypothesis_settings.register_profile("full", derandomize=True, deadline=None, database=None)
hypothesis_settings.register_profile("explore", deadline=None, database=None)
hypothesis_settings.load_profile("fast")


_LONGEST_FIRST = ("browser", "questions", "index", "assistant")
"""Folders of tests whose files take long: begun last, one of them would hold up the end of a run on several workers."""

_TOGETHER = {
    "browser": tuple(
        f"tests/browser/test_{name}.py" for name in ("access", "conversations", "hostile", "library", "server")
    ),
    "browser too": ("tests/browser/",),
    "torch": (
        "tests/index/test_embedding.py",
        "tests/assistant/training/",
        "tests/assistant/test_doctor.py::test_a_damaged_compiled_model",
    ),
}
"""Names of groups -> how their tests begin, the first that fits: one worker runs a group, as each would take seconds to import
the same, or to start the same page server and browser. Those in the browser take about half of the whole."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a file, or of a group, on one worker, as they share servers and libraries."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            groups = (name for name, beginnings in _TOGETHER.items() if nodeid.startswith(beginnings))
            return next(groups, nodeid.partition("::")[0])

    # The order is that of the items below, not that of how many tests a file has.
    config.option.loadscopereorder = False
    return ByFile(config, log)


_OF_THE_SYSTEM = {"embedder", "chroma_server", "footnote", "site"}
"""Fixtures whose tests take more than their own code: the real networks, a server, a whole command."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with those that take long; whoever asks for the real networks or a server is a test of the system."""
    root = Path(__file__).parent
    for item in items:
        # Whatever is of training loads torch.
        if "training" in item.path.parts or not _OF_THE_SYSTEM.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.system)

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(root).parts[0]
        return _LONGEST_FIRST.index(folder) if folder in _LONGEST_FIRST else len(_LONGEST_FIRST)

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Question sets, the page and the documents are answered as users' questions are; elsewhere the fast reader does."""
    name, folders = item.path.name, {*item.path.parts}
    as_users = name.endswith((".questions.yaml", "test_examples.py")) or folders & {"browser", "docs"}
    os.environ["FOOTNOTE_READER"] = "auto" if as_users else "fast"
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """No test reaches another machine, and one that hangs ends with where it hangs."""
    config.option.disable_socket = True
    config.option.allow_hosts = "127.0.0.1,::1,localhost"
    config.option.allow_unix_socket = True
    if config.option.timeout is None:
        config.option.timeout = 300


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of each search for garbage: it stays, and there is much of it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _settings_of_the_machine_left_out() -> Iterator[None]:
    """A developer's own FOOTNOTE_ variables must not steer the tests; where compiled models lie is no matter."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("FOOTNOTE_")}
    for name in kept:
        if name not in ("FOOTNOTE_CACHE_DIR", "FOOTNOTE_READER"):
            del os.environ[name]
    yield
    os.environ.update(kept)


@pytest.fixture
def settings() -> Settings:
    """The defaults."""
    return load_settings()


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real embedding model, loaded once; it holds no state of its callers."""
    return open_embedder(load_settings())


@pytest.fixture
def hash_embedder() -> HashEmbedder:
    """The double, its counter at 0."""
    return HashEmbedder()


@pytest.fixture
def assistant(tmp_path: Path, embedder: Embedder) -> Iterator[Assistant]:
    """Everything real, over an empty library."""
    with Assistant.open(tmp_path / "library", embedder=embedder) as opened:
        yield opened


@pytest.fixture
def fast_assistant(tmp_path: Path, hash_embedder: HashEmbedder) -> Iterator[Assistant]:
    """The hash embedder over an empty library; the built-in reader."""
    with Assistant.open(tmp_path / "library", embedder=hash_embedder) as opened:
        yield opened


@pytest.fixture
def eager_assistant(tmp_path: Path, hash_embedder: HashEmbedder) -> Iterator[Assistant]:
    """The hash embedder over an empty library, and a reader that always quotes the best passage's first sentence."""
    with Assistant.open(tmp_path / "library", embedder=hash_embedder, reader=EagerReader()) as opened:
        yield opened


@pytest.fixture(scope="session")
def sample_assistant(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Assistant]:
    """Everything real, over the sample article. Shared by the whole session: for asking only."""
    folder, settings = tmp_path_factory.mktemp("sample") / "library", load_settings(reader="auto")
    with Assistant.open(folder, embedder=embedder, settings=settings) as opened:
        opened.add(sample_path())
        yield opened


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library."""
    opened = Library(tmp_path / "library")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real Chroma server on loopback."""
    with running_chroma(tmp_path_factory.mktemp("chroma-server"), free_port()) as url:
        yield url
