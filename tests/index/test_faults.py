"""FAULTS.md, what texts and models do to an `add`: nothing is lost, nothing is half. Rows are in the names."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from assistant import Article, Assistant
from assistant.core.errors import EmptyLibraryError
from index.errors import EmbeddingError, FingerprintError
from tests import processes
from tests.doubles import EagerReader, FailingEmbedder, HashEmbedder
from tests.helpers import assert_whole, opened, texts

# 8: another model


def test_row_8_re_embedding_that_fails_leaves_the_old_state(tmp_path: Path) -> None:
    with opened(tmp_path) as assistant:
        assistant.add([Article(f"The heron number{n} stands.", source=str(n)) for n in range(6)])
    failing = FailingEmbedder(after=3)
    failing.name = "another model"
    with pytest.raises(EmbeddingError, match="fail after 3"):
        Assistant.open(tmp_path, embedder=failing, reembed=True)
    with pytest.raises(FingerprintError, match="another model"):
        Assistant.open(tmp_path, embedder=failing)
    with opened(tmp_path) as assistant:
        assert assistant.ask("The heron number4 stands.").evidence[0].similarity > 0.999
        assert_whole(assistant)


# 9: the model fails


def test_row_9_a_model_that_fails_halfway_leaves_every_old_version(tmp_path: Path) -> None:
    old = [Article(f"The heron number{n} stands.", source=str(n)) for n in range(3)]
    new = [Article(f"The stork number{n} flies. {'It lands. ' * 20}\n\nIt sleeps.", source=str(n)) for n in range(3)]
    embedder = FailingEmbedder(after=10**9)
    with Assistant.open(tmp_path, embedder=embedder, reader=EagerReader()) as assistant:
        assistant.add(old)
        before = assistant.articles()
        embedder.after = embedder.calls + 4
        with pytest.raises(EmbeddingError, match="Give it a higher number"):
            assistant.add(new)
        assert assistant.articles() == before
        embedder.after = 10**9
        for n in range(3):
            answer = assistant.ask(f"The heron number{n} stands.")
            assert answer.citations[0].quote == f"The heron number{n} stands."
            assert "stork" not in " ".join(item.passage.text for item in answer.evidence)
        assert_whole(assistant)
        assert len(assistant.add(new).replaced) == 3


# 10: the same twice


def test_row_10_same_content_is_one_article_and_same_name_in_two_folders_is_two(tmp_path: Path) -> None:
    for name, text in (("a", "The heron stands."), ("b", "The stork flies."), ("c", "The heron stands.")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bird.txt").write_text(text)
    with opened(tmp_path / "library") as assistant:
        report = assistant.add([tmp_path / "a", tmp_path / "b", tmp_path / "c"])
        assert (len(report.added), len(report.unchanged)) == (2, 1)
        assert texts(assistant) == {"The heron stands.", "The stork flies."}
        cited = {
            assistant.article(assistant.ask(question).citations[0].article_id).source
            for question in ("The heron stands.", "The stork flies.")
        }
        assert cited == {str(tmp_path / name / "bird.txt") for name in "ab"}


# 12: many at once


@pytest.mark.slow
def test_row_12_more_than_six_thousand_passages_at_once(tmp_path: Path) -> None:
    lines = [f"Paragraph number{n} tells of bird{n % 97} and water{n % 89}." for n in range(6_200)]
    # No two lines are one passage.
    with Assistant.open(tmp_path, embedder=HashEmbedder(max_tokens=12), reader=EagerReader()) as assistant:
        assistant.add(Article("\n\n".join(lines), source="large"))
        for n in (0, 3_000, 6_199):
            best = assistant.ask(lines[n]).evidence[0]
            assert (best.passage.text, best.similarity > 0.999) == (lines[n], True)
        assert assistant.vector_problems() == []


# 13: nothing in it


def test_row_13_an_empty_library_and_blank_files(tmp_path: Path) -> None:
    for name, content in (("empty.txt", ""), ("blank.txt", " \n\t\u00a0\n"), ("good.txt", "The heron stands.")):
        (tmp_path / name).write_text(content)
    with opened(tmp_path / "library") as assistant:
        with pytest.raises(EmptyLibraryError, match="footnote add"):
            assistant.ask("What does the heron do?")
        report = assistant.add([tmp_path / "empty.txt", tmp_path / "blank.txt", tmp_path / "good.txt"])
        assert len(report.added) == 1
        assert {Path(path).name for path, _ in report.skipped} == {"empty.txt", "blank.txt"}
        assert all(reason for _, reason in report.skipped)
        assistant.remove(report.added[0])
        with pytest.raises(EmptyLibraryError):
            assistant.ask("What does the heron do?")


# 17: monstrous texts


MONSTER = """
import json, resource, sys, time
from assistant import Article, Assistant
from tests.doubles import EagerReader, HashEmbedder
from tests.helpers import assert_whole
def most_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
text = eval(sys.argv[2])
with Assistant.open(sys.argv[1], embedder=HashEmbedder(max_tokens=254), reader=EagerReader()) as assistant:
    before, start = most_memory(), time.process_time()
    report = assistant.add(Article(text, source="monster"))
    seconds, memory = time.process_time() - start, most_memory() - before
    assert_whole(assistant)
counts = {"added": len(report.added), "skipped": len(report.skipped), "characters": len(text)}
print(json.dumps({**counts, "seconds": seconds, "memory": memory}))
"""


@pytest.mark.system
@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("'.' * 400_000", True),
        ("'a' * 1_000_000", True),
        ("'word ' * 6_000_000", False),
        (r"'\n' * 3_000_000 + 'end'", True),
    ],
    ids=["dots", "no space", "one line of 30 MB", "line breaks"],
)
def test_row_17_adding_a_monstrous_text_takes_bounded_time_and_memory(tmp_path: Path, text: str, stored: bool) -> None:
    done = processes.run(MONSTER, tmp_path, text)
    assert done.returncode == 0, done.stderr
    took = json.loads(done.stdout)
    assert took["seconds"] < 60
    assert took["memory"] < 20 * took["characters"] + 200_000_000
    assert (took["added"], took["skipped"]) == ((1, 0) if stored else (0, 1))


# 32: added while others ask


def test_row_32_questions_are_answered_from_one_state_while_articles_are_added(tmp_path: Path) -> None:
    failures: list[object] = []
    stop = threading.Event()
    with opened(tmp_path) as assistant:
        assistant.add(Article("Version 0 of the heron. It stands.\n\nVersion 0 ends.", source="changing"))

        def ask() -> None:
            while not stop.is_set():
                try:
                    answer = assistant.ask("Which version of the heron ends?")
                    changing = [
                        i.passage.text.split()[1] for i in answer.evidence if i.passage.text.startswith("Version")
                    ]
                    if len(set(changing)) != 1 or answer.status != "answered":
                        failures.append((changing, answer))
                except BaseException as error:
                    failures.append(error)
                    raise

        askers = [threading.Thread(target=ask) for _ in range(3)]
        for asker in askers:
            asker.start()
        for n in range(1, 25):
            assistant.add(Article(f"Version {n} of the heron. It stands.\n\nVersion {n} ends.", source="changing"))
            assistant.add(Article(f"A stork number{n} flies.", source=f"other {n}"))
        stop.set()
        for asker in askers:
            asker.join()
        assert failures == []
        assert_whole(assistant)


def test_two_threads_may_add_at_once(tmp_path: Path) -> None:
    with opened(tmp_path) as assistant:
        threads = [
            threading.Thread(
                target=lambda k=k: [assistant.add(Article(f"Text {k} {n}.", source=f"{k} {n}")) for n in range(10)]
            )
            for k in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(assistant.articles()) == 30
        assert_whole(assistant)
