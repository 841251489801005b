"""What the process may use of the machine."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """CPU cores that this process may use; a container or `taskset` may allow it fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
