"""What the process may use of the machine."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path


def usable_cores() -> int:
    """CPU cores that this process may use; a container or `taskset` may allow it fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def has_bfloat16_units() -> bool:
    """Whether the processor multiplies matrices of bfloat16 in units of their own (Intel's AMX): ten times as fast as float32.

    Without those units bfloat16 is slower than float32. Asks Linux alone: the processors with AMX stand in servers.
    """
    try:
        return (
            platform.machine() == "x86_64" and "amx_bf16" in Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
        )
    except OSError:
        return False
