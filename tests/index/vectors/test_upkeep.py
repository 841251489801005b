"""The vectors follow the library: caught up, rebuilt when broken, never searched when they are another model's."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from assistant import Article, Assistant, Settings
from index.errors import VectorStoreError
from index.library.store import Library
from index.vectors.upkeep import VectorIndex
from tests.doubles import EagerReader, HashEmbedder
from tests.helpers import EMBEDDER, cut, free_port, running_chroma, store
from tests.processes import CONTEXT

pytestmark = pytest.mark.system

WORDS = [
    a + b + c for a in "balo remi tuku sina dovo".split() for b in "ra ne li po".split() for c in "nd st mp rk".split()
]
LINES = [f"{WORDS[n % 79]} {WORDS[n % 73]} {WORDS[n % 71]} {WORDS[n % 67]} number{n}" for n in range(1_100)]
"""More than Chroma keeps in its log before it writes its index to disk."""
TEXT = "\n".join(LINES)
FILES = ("chroma.sqlite3", "data_level0.bin", "header.bin", "length.bin", "link_lists.bin")


@pytest.fixture
def index(library: Library) -> Iterator[VectorIndex]:
    opened = VectorIndex(library, "embedded")
    yield opened
    opened.close()


def put(library: Library, index: VectorIndex, text: str, source: str) -> Article:
    """Change the library, then the vectors, as `Ingest` does."""
    old = [passage.id for passage in library.passages_of(Article("", source=source).id)]
    article = store(library, text, source)
    index.put(old, [passage.id for passage in cut(article)[0]])
    return article


def nearest(index: VectorIndex, text: str) -> str:
    """Id of the passage nearest to a text; it must be the text itself."""
    hits = index.query(EMBEDDER.embed([text])[0], 1)
    assert hits[0][1] == pytest.approx(1.0, abs=1e-4)
    return hits[0][0]


def test_vectors_follow_each_change(library: Library, index: VectorIndex) -> None:
    first = put(library, index, "the heron\nthe stork", "1")
    assert nearest(index, "the stork") == f"{first.id}-{first.content_hash[:12]}-1"
    second = put(library, index, "the egret", "1")
    assert nearest(index, "the egret") == f"{second.id}-{second.content_hash[:12]}-0"
    assert index.query(EMBEDDER.embed(["the stork"])[0], 5) == index.query(EMBEDDER.embed(["the stork"])[0], 1)
    assert index.problems() == []


def test_what_the_library_got_while_the_vectors_were_closed_is_caught_up(library: Library) -> None:
    index = VectorIndex(library, "embedded")
    put(library, index, "the heron", "1")
    index.close()
    store(library, "the egret", "1")
    store(library, "the stork", "2")
    index = VectorIndex(library, "embedded")
    assert nearest(index, "the stork")
    assert nearest(index, "the egret")
    assert index.problems() == []
    index.close()


def test_closing_twice_is_no_error(index: VectorIndex) -> None:
    index.query(EMBEDDER.embed(["x"])[0], 1)
    index.close()
    index.close()


def test_a_process_that_is_not_the_writer_leaves_the_files_alone(tmp_path: Path) -> None:
    writer = Library(tmp_path)
    article = store(writer, "the heron\nthe stork", "1")
    reader = Library(tmp_path, write=False)
    index = VectorIndex(reader, "embedded")
    assert nearest(index, "the stork") == f"{article.id}-{article.content_hash[:12]}-1"
    store(writer, "the egret", "2")
    assert nearest(index, "the egret")
    index.close()
    assert not (tmp_path / "vectors").exists()
    reader.close()
    writer.close()


# Chroma's files damaged (FAULTS row 3)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def make_sparse(path: Path) -> None:
    os.truncate(path, path.stat().st_size + 100_000_000)


def blank_with_a_hole(path: Path) -> None:
    size = path.stat().st_size
    os.truncate(path, 0)
    os.truncate(path, size)


def delete(path: Path) -> None:
    path.unlink()


DAMAGES = (truncate, empty, make_sparse, blank_with_a_hole, delete)


def open_assistant(folder: Path, embedder: HashEmbedder) -> Assistant:
    return Assistant.open(folder, embedder=embedder, reader=EagerReader())


def answers(folder: Path) -> list[str]:
    """What the library answers now, from both searches; nothing may be embedded for it but the questions."""
    embedder = HashEmbedder()
    with open_assistant(folder, embedder) as assistant:
        found = [assistant.ask(line) for line in LINES[::100]]
        assert min(answer.evidence[0].similarity for answer in found) > 0.999
        assert embedder.calls == len(found)
        assert assistant.vector_problems() == []
    return [answer.text for answer in found]


def chroma_file(folder: Path, name: str) -> Path:
    return next((folder / "vectors").rglob(name))


def open_ask_and_die(folder: Path) -> None:
    assistant = open_assistant(folder, HashEmbedder())
    assistant.ask(LINES[0])
    os.kill(os.getpid(), signal.SIGKILL)


def kill_while_open(folder: Path) -> None:
    """Another process opens the vectors, searches them and is killed."""
    process = CONTEXT.Process(target=open_ask_and_die, args=(folder,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a closed library with an article large enough that Chroma has written its index to disk.

    Shared: each test leaves it whole, which is what it tests.
    """
    folder = tmp_path_factory.mktemp("filled") / "library"
    # No two lines are one passage.
    with open_assistant(folder, HashEmbedder(max_tokens=6)) as assistant:
        assistant.add(Article("\n\n".join(LINES), source="large"))
        assistant.warm()
    assert chroma_file(folder, "data_level0.bin").stat().st_size > len(LINES) * EMBEDDER.dimension * 4
    return folder


@pytest.fixture(scope="module")
def expected(filled: Path) -> list[str]:
    """What the library answers before anything is damaged."""
    return answers(filled)


Damage = Callable[[Path], None]
EACH = pytest.mark.parametrize(("damage", "name"), list(zip(DAMAGES, FILES, strict=True)))
"""Every file once, and every way once."""
EVERY = pytest.mark.parametrize(("damage", "name"), list(product(DAMAGES, FILES)))


@EACH
def test_a_file_damaged_after_a_clean_end_is_made_again(
    filled: Path, expected: list[str], damage: Damage, name: str
) -> None:
    damage(chroma_file(filled, name))
    assert answers(filled) == expected


@EACH
def test_a_file_damaged_after_a_kill_is_made_again(
    filled: Path, expected: list[str], damage: Damage, name: str
) -> None:
    kill_while_open(filled)
    damage(chroma_file(filled, name))
    assert answers(filled) == expected


def test_files_that_a_kill_left_sound_are_kept(filled: Path, expected: list[str]) -> None:
    assert answers(filled) == expected
    kept = {path: path.stat().st_ino for path in (filled / "vectors").rglob("*") if path.is_file()}
    kill_while_open(filled)
    assert answers(filled) == expected
    assert {path: path.stat().st_ino for path in kept if path.exists()} == kept


@pytest.mark.slow
@EVERY
def test_every_file_damaged_in_every_way_is_made_again(
    filled: Path, expected: list[str], damage: Damage, name: str
) -> None:
    damage(chroma_file(filled, name))
    assert answers(filled) == expected
    kill_while_open(filled)
    damage(chroma_file(filled, name))
    assert answers(filled) == expected


def test_a_missing_folder_is_made_again(filled: Path, expected: list[str]) -> None:
    shutil.rmtree(filled / "vectors")
    assert answers(filled) == expected


def test_a_file_that_stands_in_the_place_of_the_folder_costs_no_answer(filled: Path, expected: list[str]) -> None:
    shutil.rmtree(filled / "vectors")
    (filled / "vectors").write_text("not a folder")
    with open_assistant(filled, HashEmbedder()) as assistant:
        assert [assistant.ask(line).text for line in LINES[::100]] == expected
    (filled / "vectors").unlink()


# A server


def open_on_server(folder: Path, url: str, model: str = "hashed words", *, reembed: bool = False) -> Assistant:
    settings = Settings(vectors=url)
    return Assistant.open(
        folder, settings=settings, embedder=HashEmbedder(model), reader=EagerReader(), reembed=reembed
    )


def test_a_server_holds_the_vectors_of_several_libraries(tmp_path: Path, chroma_server: str) -> None:
    with open_on_server(tmp_path / "1", chroma_server) as one, open_on_server(tmp_path / "2", chroma_server) as two:
        one.add(Article("The heron stands in the water.", source="1"))
        two.add(Article("The stork stands on the roof.", source="2"))
        assert one.ask("Where does the stork stand?").evidence[0].passage.text == "The heron stands in the water."
        assert two.ask("Where does the heron stand?").evidence[0].passage.text == "The stork stands on the roof."
        assert one.ask("The heron stands in the water").evidence[0].similarity > 0.5
        assert one.vector_problems() == two.vector_problems() == []


def test_a_server_that_stops_fails_questions_clearly_and_loses_no_article(tmp_path: Path) -> None:
    port = free_port()
    with running_chroma(tmp_path / "server", port) as url:
        assistant = open_on_server(tmp_path / "library", url)
        assistant.add(Article("The heron stands in the water.", source="1"))
        assert assistant.ask("Where does the heron stand?").status == "answered"
    with pytest.raises(VectorStoreError, match=r"FOOTNOTE_VECTORS.*footnote doctor"):
        assistant.ask("Where does the heron stand?")
    added = assistant.add(Article("The stork stands on the roof.", source="2"))
    assert len(added.added) == 1
    with pytest.raises(VectorStoreError, match="FOOTNOTE_VECTORS"):
        assistant.ask("Where does the stork stand?")
    with running_chroma(tmp_path / "server", port):
        best = assistant.ask("The stork stands on the roof.").evidence[0]
        assert best.passage.text == "The stork stands on the roof."
        assert best.similarity > 0.999
        assert assistant.vector_problems() == []
    assistant.close()


def test_vectors_of_the_model_before_are_not_searched_when_the_server_was_away(tmp_path: Path) -> None:
    """Passages keep their ids when they are embedded anew, so ids alone don't tell old vectors from new ones."""
    port, folder = free_port(), tmp_path / "library"
    with running_chroma(tmp_path / "server", port) as url, open_on_server(folder, url) as assistant:
        assistant.add(Article("The heron stands in the water.", source="1"))
    with pytest.raises(VectorStoreError, match="FOOTNOTE_VECTORS"):
        open_on_server(folder, url, "another model", reembed=True)
    with (
        running_chroma(tmp_path / "server", port),
        open_on_server(folder, url, "another model", reembed=True) as assistant,
    ):
        assert assistant.ask("The heron stands in the water.").evidence[0].similarity > 0.999
