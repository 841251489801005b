"""Other processes for tests that need one: forked from a server that has imported everything once, so they begin at once.

A process of `run` and `running` is one of its own in all that a test may look at: PID, arguments, folder, environment, streams,
exit code, signals, limits and what the kernel forbids it. Only its imports are done already; a test whose point they are
starts an interpreter itself.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from subprocess import CompletedProcess
from typing import IO, Any

CONTEXT = multiprocessing.get_context("forkserver")
"""Its processes are forked from the server: one for each process that runs tests, started when it is first needed."""
CONTEXT.set_forkserver_preload(
    [
        "chromadb",
        "chromadb.api.rust",
        "sentencex",
        "assistant.assistant",
        "assistant.cli",
        "index.ingest",
        "tests.helpers",
    ]
)


@dataclass
class Running:
    """A process at work.

    Attributes:
        pid: its number.
        output: what it prints, to be read line by line.
    """

    pid: int
    output: IO[str]
    _input: IO[str]
    _errors: IO[str]
    _process: Any

    def write(self, text: str) -> None:
        """Give it something to read."""
        self._input.write(text)
        self._input.flush()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def wait(self) -> int:
        """Its exit code, once it has ended: minus the signal's number if one has ended it."""
        self._process.join()
        return int(self._process.exitcode)

    def errors(self) -> str:
        """What it has written to stderr so far."""
        self._errors.seek(0)
        return self._errors.read()


def run(script: str, *arguments: object) -> CompletedProcess[str]:
    """Run a script to its end, with `sys.argv[1:]` as given."""
    with running(script, *arguments) as process:
        printed = process.output.read()
        return CompletedProcess([sys.executable, "-c", script], process.wait(), printed, process.errors())


@contextmanager
def running(script: str, *arguments: object) -> Iterator[Running]:
    """A process that runs a script; killed at the end if it is still there."""
    given, input_end = CONTEXT.Pipe(duplex=False)
    output_end, printed = CONTEXT.Pipe(duplex=False)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        streams = (given, printed, Connection(os.dup(errors.fileno()), readable=False))
        values = (script, [str(argument) for argument in arguments], dict(os.environ), os.getcwd(), streams)
        process = CONTEXT.Process(target=_be, args=values)
        process.start()
        for stream in streams:
            stream.close()
        with _text(output_end, "r") as output, _text(input_end, "w") as written:
            try:
                yield Running(process.pid or 0, output, written, errors, process)
            finally:
                process.kill()
                process.join()
                process.close()


def _text(end: Connection, mode: str) -> IO[str]:
    """One end of a pipe as a text file."""
    number = os.dup(end.fileno())
    end.close()
    return os.fdopen(number, mode, encoding="utf-8")


def _be(
    script: str, arguments: list[str], environment: dict[str, str], folder: str, streams: Sequence[Connection]
) -> None:
    """In the forked process: be the interpreter that runs this script."""
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
        stream.close()
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w", buffering=1)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["-c", *arguments]
    # A shell lets what it starts in the background ignore Ctrl-C, and that is inherited.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        exec(compile(script, "<script>", "exec"), {"__name__": "__main__"})
    finally:
        atexit._run_exitfuncs()
