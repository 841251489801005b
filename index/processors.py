"""What the process may use of the machine."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path

_BFLOAT16 = {"amx_bf16", "avx512_bf16"}
"""As Linux names the units that multiply bfloat16."""


def usable_cores() -> int:
    """CPU cores that this process may use; a container or `taskset` may allow it fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def has_bfloat16_units() -> bool:
    """Whether the processor multiplies bfloat16 faster than float32: ten times with Intel's AMX, twice with AVX-512's BF16.

    The latter is in AMD's processors from Zen 4 on, and in some of Intel's without AMX. Without either it is slower. Asks Linux
    alone: most processors with them stand in servers.
    """
    try:
        known = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return False
    return platform.machine() == "x86_64" and not _BFLOAT16.isdisjoint(known)
