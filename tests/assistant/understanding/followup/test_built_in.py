"""The built-in network: its files are what was exported, and it understands what people ask."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.core.errors import ReaderError
from assistant.understanding.followup.resolver_network import BUILT_IN, OnnxResolver
from assistant.understanding.followup.term_resolver import TermResolver
from tests.assistant.understanding.followup.scripted import turn

DAM = turn(
    "Who designed the Tarn Dam?",
    "The Tarn Dam was designed by the engineer Ingrid Solheim, who had built two bridges before.",
)
PRICE = turn("How much does the night ferry cost?", "The night ferry costs 40 euros.")


@pytest.fixture(scope="module")
def resolver() -> TermResolver:
    return TermResolver()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Where was she born?", "Ingrid Solheim"),
        ("When was it finished?", "Tarn Dam"),
        ("Why did she build it?", "Ingrid Solheim"),
    ],
)
def test_a_pronoun_is_understood(resolver: TermResolver, question: str, words: str) -> None:
    found = resolver.resolve(question, [DAM])
    assert found.kind == "follow-up"
    assert words in found.question


@pytest.mark.parametrize(
    "question",
    ["How tall is Mount Elbrus?", "Who is Peter Novak?", "When did the miners of Halden go on strike?"],
)
def test_a_new_topic_drops_the_old_words(resolver: TermResolver, question: str) -> None:
    found = resolver.resolve(question, [DAM, PRICE])
    assert (found.kind, found.question) == ("self-contained", question)


def test_what_was_said_last_is_meant(resolver: TermResolver) -> None:
    assert "ferry" in resolver.resolve("How long does it take?", [DAM, PRICE]).question


def test_threads_get_what_one_would(resolver: TermResolver) -> None:
    questions = ["Where was she born?", "How tall is Mount Elbrus?", "When was it finished?", "And how wide?"] * 6
    alone = [resolver.resolve(question, [PRICE, DAM]) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda question: resolver.resolve(question, [PRICE, DAM]), questions)) == alone


@pytest.mark.system
def test_a_first_question_does_not_load_it() -> None:
    code = (
        "import sys; from assistant.understanding.followup.term_resolver import TermResolver; r = TermResolver();"
        "print(r.resolve('What is rain?').kind, r.name != '', 'onnxruntime' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=100)
    assert done.stdout.split() == ["self-contained", "True", "False"]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUILT_IN, tmp_path / "model"))


def test_a_damaged_network_is_refused(copied: Path) -> None:
    content = bytearray((copied / "resolver.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (copied / "resolver.onnx").write_bytes(content)
    with pytest.raises(ReaderError, match=r"resolver\.onnx.*damaged.*Install footnote again"):
        OnnxResolver(copied)


@pytest.mark.parametrize("name", ["resolver.onnx", "resolver.json"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(ReaderError, match=name):
        OnnxResolver(copied)


def test_the_files_are_small_and_have_a_card() -> None:
    assert sum(path.stat().st_size for path in BUILT_IN.iterdir()) < 25e6
    assert "licence" in (BUILT_IN / "MODEL_CARD.md").read_text(encoding="utf-8")
