"""Runs a Python program and writes down every address it connects to or looks up: watched.py LOG PROGRAM ARGUMENT..."""

from __future__ import annotations

import runpy
import sys
from typing import Any


def main() -> None:
    log, program = sys.argv[1:3]
    sys.argv = sys.argv[2:]
    sys.path.insert(0, ".")
    with open(log, "a", encoding="utf-8", buffering=1) as lines:

        def watch(event: str, arguments: tuple[Any, ...]) -> None:
            if event == "socket.connect" and isinstance(arguments[1], tuple):
                lines.write(f"connect {arguments[1][0]} {arguments[1][1]}\n")
            elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
                lines.write(f"look up {arguments[0]}\n")
            elif event == "socket.sendto" and isinstance(arguments[1], tuple):
                lines.write(f"send {arguments[1][0]}\n")

        sys.addaudithook(watch)
        runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
