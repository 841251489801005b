"""Recordings of a language model: what is kept, what a replay gives, and what is said where it can give nothing."""

from __future__ import annotations

import json
import resource
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.draft import Usage
from assistant.core.errors import CassetteError, ModelError
from assistant.writing.cassette import VERSION, Player, Recorder
from assistant.writing.model import LanguageModel, Message, Request, SchemaRefusedError
from tests.models import Piece, ScriptedModel, ScriptedStream


def asks(text: str, *, name: str = "", fence: str = "", schema: bool = False) -> Request:
    """A request; its fence stands in its text."""
    return Request(
        name or f"answer: {text}",
        (Message("user", f"{fence} {text}" if fence else text),),
        100,
        fence,
        {"type": "object"} if schema else {},
    )


def replied(model: LanguageModel, request: Request) -> tuple[list[str], Usage]:
    """The pieces of a reply, but for empty ones, and what it took."""
    with closing(model.stream(request)) as stream:
        return [piece for piece in stream if piece], stream.usage


def record(path: Path, model: ScriptedModel, *requests: Request) -> Player:
    """Record these requests, and read the recording; errors of the model are left alone."""
    with Recorder(model, path) as recorder:
        for request in requests:
            with suppress(ModelError):
                replied(recorder, request)
    return Player(path)


# What a replay gives


texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\n\r\x00\x85\u2028\ufeff"\\{}'))


@given(
    st.lists(
        st.tuples(texts, texts, st.lists(texts | st.just("\ud83d")), st.none() | texts), unique_by=lambda one: one[0]
    ),
    texts,
)
def test_a_replay_gives_what_was_recorded(
    tmp_path_factory: pytest.TempPathFactory, taken: list[tuple[str, str, list[str], str | None]], model_name: str
) -> None:
    requests = {text: asks(text, name=name) for text, name, *_ in taken}
    replies: dict[str, Sequence[Piece]] = {
        text: [*pieces, *([] if error is None else [ModelError(error)])] for text, _, pieces, error in taken
    }
    model = ScriptedModel(lambda request: replies[request.messages[0].text], name=model_name)
    player = record(tmp_path_factory.mktemp("any") / "c.jsonl", model, *requests.values())
    assert player.name == model_name
    for text, _, pieces, error in taken:
        stream = player.stream(requests[text])
        given: list[str] = []
        if error is None:
            given.extend(stream)
        else:
            with pytest.raises(ModelError) as raised:
                given.extend(stream)
            assert (type(raised.value), str(raised.value)) == (ModelError, error)
        assert given == [piece for piece in pieces if piece]
        assert stream.usage == Usage(1, len(text.split()), len(given))


def test_the_same_request_is_asked_once_whatever_its_fence_and_name(tmp_path: Path) -> None:
    model = ScriptedModel("first", "second")
    with Recorder(model, tmp_path / "c.jsonl") as recorder:
        asked = [asks("Who?", name="b", fence="12ab"), asks("Who?", name="a", fence="34cd")]
        assert [replied(recorder, one)[0] for one in asked] == [["first"], ["first"]]
    assert len(model.requests) == 1
    assert replied(Player(tmp_path / "c.jsonl"), asks("Who?", name="c", fence="56ef"))[0] == ["first"]


def test_a_reply_that_was_closed_early_is_kept_as_far_as_it_came(tmp_path: Path) -> None:
    model = ScriptedModel(["one", "", " two", " three"])
    with Recorder(model, tmp_path / "c.jsonl") as recorder:
        stream = recorder.stream(asks("Count."))
        pieces = iter(stream)
        assert [next(pieces) for _ in range(3)] == ["one", "", " two"]
        stream.close()
        stream.close()
        assert model.streams[0].closed
    assert replied(Player(tmp_path / "c.jsonl"), asks("Count."))[0] == ["one", " two"]
    assert '"closed early"' in (tmp_path / "c.jsonl").read_text()


def test_a_replay_that_is_closed_gives_no_more(tmp_path: Path) -> None:
    player = record(tmp_path / "c.jsonl", ScriptedModel(["one", "two", ModelError("cut")]), asks("Count."))
    for count in (1, 2):
        stream = player.stream(asks("Count."))
        pieces = iter(stream)
        assert [next(pieces) for _ in range(count)] == ["one", "two"][:count]
        stream.close()
        assert list(pieces) == []


def test_a_server_that_takes_no_schema_takes_none_in_a_replay_whichever_request_found_out(tmp_path: Path) -> None:
    model = ScriptedModel(SchemaRefusedError("no schema"), "lines")
    player = record(tmp_path / "c.jsonl", model, asks("Who?", schema=True), asks("Who?"))
    for text in ("Who?", "When?"):
        with pytest.raises(SchemaRefusedError, match="no schema"):
            replied(player, asks(text, schema=True))
    assert replied(player, asks("Who?"))[0] == ["lines"]
    with pytest.raises(CassetteError):
        replied(player, asks("When?"))


def test_recording_and_replay_count_the_same_usage_but_for_seconds(tmp_path: Path) -> None:
    class Timed(ScriptedStream):
        @property
        def usage(self) -> Usage:
            return replace(super().usage, seconds=1.5)

    class Slow(ScriptedModel):
        def stream(self, request: Request) -> ScriptedStream:
            return Timed(super().stream(request).pieces, 7)

    slow = Slow(["a", "b"], SchemaRefusedError("no schema"))
    requests = asks("Who?"), asks("When?", schema=True)
    taken: list[list[Usage]] = []
    with Recorder(slow, tmp_path / "c.jsonl") as recorder:
        for model in (recorder, recorder):
            taken.append([used(model, request) for request in requests])
    taken.append([used(Player(tmp_path / "c.jsonl"), request) for request in requests])
    assert taken == [[Usage(1, 7, 2, 1.5), Usage()], [Usage(1, 7, 2), Usage()], [Usage(1, 7, 2), Usage()]]
    assert "1.5" not in (tmp_path / "c.jsonl").read_text()


def used(model: LanguageModel, request: Request) -> Usage:
    """What a reply took, though it may have ended with an error."""
    with closing(model.stream(request)) as stream:
        with suppress(ModelError):
            list(stream)
        return stream.usage


# The file


def test_the_file_is_lines_that_can_be_read_and_sorted_by_name(tmp_path: Path) -> None:
    model = ScriptedModel(lambda request: ["Ærø ", "🏭"])
    record(tmp_path / "c.jsonl", model, asks("b?"), asks("a?", fence="12ab"))
    content = (tmp_path / "c.jsonl").read_bytes()
    assert content.endswith(b"}\n")
    assert '"Ærø ", "🏭"' in content.decode()
    assert b"12ab" not in content
    header, *entries = (json.loads(line) for line in content.decode().splitlines())
    assert header == {"footnote_cassette": VERSION, "model": "scripted:model", "schema_refused": ""}
    assert [list(entry) for entry in entries] == [["name", "messages", "max_tokens", "schema", "reply"]] * 2
    assert [entry["name"] for entry in entries] == ["answer: a?", "answer: b?"]


def test_two_recordings_are_the_same_bytes_in_whatever_order_threads_ask(tmp_path: Path) -> None:
    requests = [asks(f"{number % 7}?", name=f"{number}") for number in range(21)]
    contents = []
    for name, order in (("a", requests), ("b", requests[::-1])):
        model = ScriptedModel(lambda request: [request.messages[0].text, "!"])
        with Recorder(model, tmp_path / name) as recorder:
            threads = [threading.Thread(target=replied, args=(recorder, request)) for request in order]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(model.requests) == 7
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]


class GatedModel(ScriptedModel):
    """Goes on with its replies only when it is let."""

    def __init__(self, *scripts: str | Sequence[Piece]) -> None:
        super().__init__(*scripts)
        self.gate = threading.Event()

    def stream(self, request: Request) -> ScriptedStream:
        """A reply whose pieces come when the gate is open."""
        stream, gate = super().stream(request), self.gate

        class Gated(ScriptedStream):
            def __iter__(self) -> Iterator[str]:
                gate.wait(60)
                return super().__iter__()

        return Gated(stream.pieces, 1)


def test_whoever_asks_the_same_meanwhile_waits_with_signs_of_life_and_may_leave(tmp_path: Path) -> None:
    model = GatedModel("reply")
    recorder = Recorder(model, tmp_path / "c.jsonl")
    first = threading.Thread(target=replied, args=(recorder, asks("Who?")))
    first.start()
    while not model.requests:
        time.sleep(0.001)
    stays, leaves = recorder.stream(asks("Who?")), recorder.stream(asks("Who?"))
    pieces, others = iter(stays), iter(leaves)
    assert next(pieces) == ""
    assert next(others) == ""
    leaves.close()
    assert list(others) == []
    model.gate.set()
    assert [piece for piece in pieces if piece] == ["reply"]
    first.join()
    assert len(model.requests) == 1


def test_what_says_nothing_of_the_model_is_not_kept(tmp_path: Path) -> None:
    model = ScriptedModel(RuntimeError("a bug"), CassetteError("another recording"), "reply")
    with Recorder(model, tmp_path / "c.jsonl") as recorder:
        for kind in (RuntimeError, CassetteError):
            with pytest.raises(kind):
                replied(recorder, asks("Who?"))
        assert recorder.replies == ()
        assert replied(recorder, asks("Who?"))[0] == ["reply"]


def test_a_run_that_is_broken_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("old")
    model = ScriptedModel("reply")

    def broken_off() -> None:
        with Recorder(model, path) as recorder:
            replied(recorder, asks("Who?"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    assert model.closed


def test_a_file_that_can_not_be_written_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    for path in (tmp_path / "nowhere" / "c.jsonl", tmp_path / "file" / "c.jsonl", tmp_path):
        recorder = Recorder(ScriptedModel("reply"), path)
        with pytest.raises(CassetteError, match="can't be written") as raised:
            recorder.commit()
        assert str(path) in str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("old")
    recorder = Recorder(ScriptedModel("reply"), path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))
    try:
        with pytest.raises(CassetteError, match="can't be written"):
            recorder.commit()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "c.jsonl")
    record(tmp_path / "link", ScriptedModel("reply"), asks("Who?"))
    assert (tmp_path / "link").is_symlink()
    assert replied(Player(tmp_path / "c.jsonl"), asks("Who?"))[0] == ["reply"]


# What a replay can't give


def test_a_request_that_is_not_there_is_named_with_the_file_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    player = record(path, ScriptedModel("reply"), asks("Who?"))
    changed, new = "with other passages, prompts or limits", "is not in this recording"
    for request, why in (
        (asks("Who else?", name="answer: Who?"), changed),
        (asks("Who?", schema=True), changed),
        (asks("When?"), new),
    ):
        stream = player.stream(request)
        assert stream.usage == Usage()
        with pytest.raises(CassetteError) as raised:
            list(stream)
        for said in (str(path), repr(request.name), why, "--record"):
            assert said in str(raised.value)


def other_version(lines: list[str]) -> None:
    lines[0] = json.dumps({"footnote_cassette": VERSION + 1, "model": "m", "schema_refused": ""})


def without_role(lines: list[str]) -> None:
    lines[2] = lines[2].replace('"user"', '"nobody"')


def without_reply(lines: list[str]) -> None:
    lines[1] = lines[1].replace('"reply"', '"answer"')


def piece_of_number(lines: list[str]) -> None:
    lines[1] = lines[1].replace('["reply"]', "[1]")


@pytest.mark.parametrize(
    ("damage", "line", "said"),
    [
        (other_version, 1, f"has version {VERSION + 1}"),
        (lambda lines: lines.pop(0), 1, "not the first line of a recording"),
        (lambda lines: lines.clear(), 1, "this is not JSON"),
        (lambda lines: lines.append(lines[1]), 4, "'answer: a?' stands there twice"),
        (lambda lines: lines.insert(2, lines[2][:-9]), 3, "this is not JSON"),
        (lambda lines: lines.insert(1, ""), 2, "this is not JSON"),
        (lambda lines: lines.append("\udcff"), 4, "this is not UTF-8"),
        (without_role, 3, "no request with its reply"),
        (without_reply, 2, "no request with its reply"),
        (piece_of_number, 2, "no request with its reply"),
    ],
)
def test_a_damaged_file_is_refused_with_the_line(
    tmp_path: Path, damage: Callable[[list[str]], object], line: int, said: str
) -> None:
    path = tmp_path / "c.jsonl"
    record(path, ScriptedModel("reply"), asks("a?"), asks("b?"))
    lines = path.read_text().splitlines()
    damage(lines)
    path.write_bytes("".join(f"{one}\n" for one in lines).encode(errors="surrogateescape"))
    with pytest.raises(CassetteError) as raised:
        Player(path)
    assert str(raised.value).startswith(f"{path}:{line}: ")
    assert said in str(raised.value)
    assert "--record" in str(raised.value)


def test_line_ends_of_another_system_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    record(path, ScriptedModel("reply"), asks("a?"), asks("b?"))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert replied(Player(path), asks("b?"))[0] == ["reply"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match=r"nowhere.jsonl: can't be read: .*--record"):
        Player(tmp_path / "nowhere.jsonl")
