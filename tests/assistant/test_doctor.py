"""`footnote doctor`: finds what is wrong with library, vectors, model and port; `--repair` mends what can be mended."""

from __future__ import annotations

import re
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assistant import Article, Assistant
from assistant.core.settings import load_settings
from assistant.doctor import Finding, examine, examine_file
from tests.helpers import free_port
from tests.openai_server import Answer, Reply, Status, openai_server

pytestmark = pytest.mark.system

FAIR = (
    "Record crowd by the water\n\n"
    "The harbour fair in Bergen drew 12,400 visitors on Saturday, the organisers said.\n\n"
    "Mayor Astrid Lunde opened the fair at noon. Rain was expected in the evening."
)
QUESTION = "How many visitors did the harbour fair in Bergen draw on Saturday?"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library, closed; each test takes a copy."""
    folder = tmp_path_factory.mktemp("filled") / "library"
    with Assistant.open(folder) as assistant:
        assistant.add(
            [Article(FAIR, source="fair"), *(Article(f"Note {n}\n\nNumber {n}.", source=f"{n}") for n in range(40))]
        )
    return folder


@pytest.fixture
def library(filled: Path, tmp_path: Path) -> Path:
    """A library, closed."""
    return Path(shutil.copytree(filled, tmp_path / "library"))


@pytest.fixture(name="free_port")
def _free_port() -> int:
    return free_port()


def found_by_vector(assistant: Assistant) -> bool:
    """Whether the vector search finds the passage that answers, for a similarity is known of nothing else."""
    return any("12,400" in item.passage.text and item.similarity > 0.5 for item in assistant.ask(QUESTION).evidence)


Examine = Callable[..., dict[str, Finding]]


@pytest.fixture
def findings(library: Path, free_port: int) -> Examine:
    def look(*, repair: bool = False) -> dict[str, Finding]:
        return {finding.name: finding for finding in examine(library, port=free_port, repair=repair)}

    return look


def test_all_is_well(findings: Examine) -> None:
    seen = findings()
    assert list(seen) == ["embedding model", "reader", "library", "vectors", "port"]
    assert all(finding.ok and not finding.remedy for finding in seen.values()), seen
    assert seen["library"].detail == "41 articles, all whole"
    assert seen["embedding model"].line() == "ok   embedding model: all-MiniLM-L6-v2, 384 dimensions"


def test_a_library_that_is_not_there_yet_is_no_fault_and_is_not_made(tmp_path: Path, free_port: int) -> None:
    seen = examine(tmp_path / "none", port=free_port, repair=True)
    assert all(finding.ok for finding in seen)
    assert "footnote add" in seen[2].detail
    assert not (tmp_path / "none").exists()


def test_articles_of_an_older_version_are_noted_and_no_fault(library: Path, findings: Examine) -> None:
    with closing(sqlite3.connect(library / "library.db")) as connection, connection:
        connection.execute("DELETE FROM details WHERE article_id IN (SELECT article_id FROM details LIMIT 7)")
    seen = findings()
    assert seen["blocks"].ok
    assert seen["blocks"].detail.startswith("7 of 41 articles")
    assert "add them again" in seen["blocks"].remedy


# Files


def checked(path: Path, **settings: object) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine_file(path, load_settings(**settings))}


def test_a_good_file_is_told_like_an_added_one(tmp_path: Path) -> None:
    path = tmp_path / "fair.txt"
    path.write_text(FAIR, encoding="utf-8")
    seen = checked(path)
    assert all(finding.ok for finding in seen.values())
    assert seen["title"].detail == "Record crowd by the water"
    assert seen["characters"].detail == str(len(FAIR))


def test_why_a_file_cannot_be_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "fair.txt"
    path.write_bytes(b"\x00\x01\x02" * 50)
    seen = checked(path)
    assert (seen["file"].ok, seen["kind of file"].ok, seen["reading"].ok) == (True, True, False)
    path.write_text(FAIR, encoding="utf-8")
    seen = checked(path, max_file_bytes=20)
    assert not seen["file"].ok
    assert "FOOTNOTE_MAX_FILE_BYTES" in seen["reading"].detail
    assert "title" not in seen


@pytest.mark.parametrize("name", ["none.txt", ".", "a\x00b.txt"])
def test_what_is_no_file_is_said(tmp_path: Path, name: str) -> None:
    seen = checked(tmp_path / name)
    assert list(seen) == ["file"]
    assert not seen["file"].ok


# Vectors


def cut(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def delete_files(folder: Path) -> None:
    shutil.rmtree(folder)


def overwrite(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_bytes(b"\x00" * 4096)


def kill(folder: Path) -> None:
    """As after a kill: no note of a clean end, and half of the files."""
    folder.with_name("vectors.clean.json").unlink()
    cut(folder)


@pytest.mark.parametrize("damage", [cut, delete_files, overwrite, kill])
def test_damaged_vectors_are_found_and_mended(library: Path, findings: Examine, damage: Callable[[Path], None]) -> None:
    damage(library / "vectors")
    seen = findings()["vectors"]
    assert not seen.ok
    assert "--repair" in seen.remedy
    assert not findings()["vectors"].ok, "looking alone must mend nothing"

    mended = findings(repair=True)["vectors"]
    assert mended.ok
    assert mended.remedy.startswith("mended (")
    again = findings()["vectors"]
    assert again == Finding("vectors", True, "in step with the library")
    with Assistant.open(library) as assistant:
        assert found_by_vector(assistant)


# The library


def test_a_cut_library_is_reported_and_left_as_it_is(library: Path, findings: Examine) -> None:
    path = library / "library.db"
    path.write_bytes(path.read_bytes()[:20_000])
    before = path.read_bytes()
    for repair in (False, True):
        seen = findings(repair=repair)
        assert not seen["library"].ok
        assert str(path) in seen["library"].detail
        assert "backup" in seen["library"].detail
        assert path.read_bytes() == before


def test_a_page_of_rubbish_inside_the_library_is_reported(library: Path, findings: Examine) -> None:
    path = library / "library.db"
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 8192] = b"\xab" * 8192
    path.write_bytes(data)
    seen = findings()
    assert not seen["library"].ok
    assert seen["port"].ok


def test_passages_that_differ_from_their_article_are_reported(library: Path, findings: Examine) -> None:
    with sqlite3.connect(library / "library.db") as connection:
        connection.execute("UPDATE articles SET text = replace(text, '12,400', '99,999')")
    connection.close()
    seen = findings()["library"]
    assert not seen.ok
    assert "1 passages differ" in seen.detail


def test_a_library_of_another_model_is_reported_and_embedded_anew(library: Path, findings: Examine) -> None:
    with sqlite3.connect(library / "library.db") as connection:
        connection.execute("UPDATE meta SET value = 'another model' WHERE key = 'fingerprint'")
    connection.close()
    seen = findings()["library"]
    assert not seen.ok
    assert "another model" in seen.detail
    assert "--repair" in seen.remedy
    assert findings(repair=True)["library"].ok
    assert all(finding.ok for finding in findings().values())
    with Assistant.open(library) as assistant:
        assert found_by_vector(assistant)


def test_a_library_in_use_is_looked_at_without_disturbing_its_writer(library: Path, findings: Examine) -> None:
    with Assistant.open(library) as writer:
        seen = findings(repair=True)
        assert seen["library"].ok
        assert "another process is the writer" in seen["library"].detail
        assert "vectors" not in seen
        assert found_by_vector(writer)


# Port and model


def test_a_busy_port_is_reported(library: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        seen = examine(library, port=port, repair=False)[-1]
    assert (seen.name, seen.ok) == ("port", False)
    assert str(port) in seen.detail
    assert "--port" in seen.remedy


def test_a_compiled_model_that_has_changed_is_reported(
    library: Path, findings: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may still load, and give other vectors."""
    from index.compiling import compiled_model

    sound = compiled_model(None)
    changed = Path(shutil.copy(sound, tmp_path / sound.name))
    changed.with_name(f"{sound.name}.sha256").write_text("0" * 64)
    monkeypatch.setenv("FOOTNOTE_CACHE_DIR", str(tmp_path))
    seen = findings()["embedding model"]
    assert (seen.ok, str(changed) in seen.detail, "--repair" in seen.remedy) == (False, True, True)
    monkeypatch.setenv("FOOTNOTE_EMBEDDING_MODEL", "no-such/model")
    assert str(changed) not in findings()["embedding model"].detail, "it is not what is used"


@pytest.mark.slow
def test_a_damaged_compiled_model_is_reported_and_compiled_again(
    library: Path, findings: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    from index.compiling import compiled_model

    damaged = cache / compiled_model(None).name
    damaged.write_bytes(b"not a model")
    monkeypatch.setenv("FOOTNOTE_CACHE_DIR", str(cache))
    seen = findings()["embedding model"]
    assert not seen.ok
    assert str(damaged) in seen.detail
    assert "--repair" in seen.remedy
    mended = findings(repair=True)["embedding model"]
    assert mended.ok, mended.detail
    assert findings()["embedding model"].ok
    assert [path.name for path in cache.iterdir() if path.suffix not in (".lock", ".sha256")] == [damaged.name]


# The language model


def finding(settings_of: str, folder: Path, port: int, **limits: object) -> Finding:
    """What is said of the language model, over no library."""
    seen = examine(folder, port=port, repair=False, settings=load_settings(llm=settings_of, **limits))
    return next(finding for finding in seen if finding.name == "language model")


def test_a_language_model_is_asked_once(tmp_path: Path, free_port: int) -> None:
    with openai_server(Reply("ready", delay=0.1)) as server:
        seen = finding(server.llm, tmp_path, free_port)
        assert len(server.requests) == 1
        assert server.requests[0]["max_tokens"] <= 20
    assert seen.ok
    assert not seen.remedy
    assert re.fullmatch(
        re.escape(server.llm) + r", the first word after \d+\.\d s, the whole reply after \d+\.\d s", seen.detail
    )


@pytest.mark.parametrize(
    ("script", "ok", "told"),
    [
        (Reply("<think>The user wants me to"), True, "nothing but thoughts"),
        (Reply("", usage=(9, 0)), False, "not a word"),
        (Status(401), False, "FOOTNOTE_LLM_KEY"),
        (Status(500), False, "HTTP 500"),
        (Reply("re ady", cut_after=1), False, "broke off"),
    ],
    ids=str,
)
def test_what_a_language_model_does_is_told(
    script: Answer, ok: bool, told: str, tmp_path: Path, free_port: int
) -> None:
    with openai_server(script) as server:
        seen = finding(server.llm, tmp_path, free_port, llm_retries=0)
    assert seen.ok == ok
    assert told in seen.detail
    assert bool(seen.remedy) != ok


def test_a_language_model_that_can_not_be_set_hides_nothing_else(library: Path, free_port: int) -> None:
    seen = examine(library, port=free_port, repair=False, settings=load_settings(llm="gpt"))
    assert [finding.ok for finding in seen] == [True, True, False, True, True, True]
    assert "FOOTNOTE_LLM" in seen[2].detail


def test_a_reader_that_can_not_be_loaded_is_said_and_a_sound_network_is_kept(
    library: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted: list[Path | None] = []
    monkeypatch.setattr("assistant.network.trunk.forget_damaged", deleted.append)
    settings = load_settings(reader="nonsense")
    [reader] = [one for one in examine(library, port=free_port, repair=True, settings=settings) if one.name == "reader"]
    assert not reader.ok
    assert '"strong", "fast"' in reader.detail
    assert reader.remedy == ""
    assert deleted == []


@pytest.mark.parametrize("port", [70_000, -1])
def test_what_is_no_port_is_reported(library: Path, port: int) -> None:
    [seen] = [one for one in examine(library, port=port, repair=False) if one.name == "port"]
    assert (seen.ok, seen.detail) == (False, f"{port} can't be used: a port is a number from 1 to 65535")


def test_details_of_the_reader_that_are_missing_hide_nothing_else(
    library: Path, free_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.network.weights.TRUNK", tmp_path / "nowhere")
    settings = load_settings(reader="auto")
    seen = {one.name: one for one in examine(library, port=free_port, repair=True, settings=settings)}
    assert not seen["reader"].ok
    assert "Install footnote again" in seen["reader"].detail
    assert seen["library"].ok
