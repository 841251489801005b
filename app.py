"""Starts the chat page: `python app.py` does what `footnote serve` does, and takes the same options."""

from __future__ import annotations

import sys

from assistant.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "serve")
    main()
