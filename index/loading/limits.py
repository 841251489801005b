"""Limits of a process that reads a document. It imports nothing at first, since such a process must start fast."""

from __future__ import annotations

_DEATH_SIGNAL = 1
"""`PR_SET_PDEATHSIG` of Linux."""

_KILL = 9


def end_with_parent() -> None:
    """Have this process killed when the thread that started it ends, where the system can: on Linux."""
    import sys

    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, _KILL)


def limit(memory_mb: int, seconds: int) -> None:
    """Limit this process's memory, in MiB, and its processor time, where the system can."""
    try:
        import resource
    except ImportError:
        return  # Windows: the parent's time limit is what is left.
    limits = ((resource.RLIMIT_AS, memory_mb * 1024 * 1024), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0))
    for kind, value in limits:
        hard = resource.getrlimit(kind)[1]
        try:
            resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
        except (ValueError, OSError):
            continue  # macOS refuses a limit of address space.
