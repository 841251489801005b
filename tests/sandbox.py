"""Real limits on a child process: no network at all, no rights of root over files, no file above a size."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from typing import Any

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER_MODE = 38, 22, 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_KILL_PROCESS, _ALLOW = 0x80000000, 0x7FFF0000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_AF_INET, _AF_INET6 = 2, 10
_SOCKET_CALL = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Machine -> its number for the kernel, and the number of the system call `socket`."""


def forbid_network() -> None:
    """From now on the process dies when it, or any library in it, makes an internet socket. For good; call it first.

    A system call filter of the kernel on Linux; elsewhere Python's own audit events, which native code can bypass.
    """
    if sys.platform == "linux" and platform.machine() in _SOCKET_CALL:
        _filter_system_calls(*_SOCKET_CALL[platform.machine()])
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto") and "/" not in str(arguments[-1]):
        sys.stderr.write(f"network used: {event} {arguments[1:]}\n")
        os._exit(99)


def _filter_system_calls(architecture: int, socket_call: int) -> None:
    program = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (_LOAD, 0, 0, _ARCHITECTURE),
            (_JUMP_IF_EQUAL, 0, 5, architecture),
            (_LOAD, 0, 0, _NUMBER),
            (_JUMP_IF_EQUAL, 0, 3, socket_call),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_JUMP_IF_EQUAL, 2, 0, _AF_INET),
            (_JUMP_IF_EQUAL, 1, 0, _AF_INET6),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _KILL_PROCESS),
        )
    )
    buffer = ctypes.create_string_buffer(program)
    described = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(_SECCOMP, _FILTER_MODE, described, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel refused the system call filter")


def obey_file_permissions() -> None:
    """Make root obey permissions like everybody else, so that a read-only folder is one."""
    if os.geteuid() != 0:
        return
    # Version 3 of the capability calls; the two low bits of interest are CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH.
    header, libc = struct.pack("Ii", 0x20080522, 0), ctypes.CDLL(None, use_errno=True)
    data = ctypes.create_string_buffer(24)
    if libc.capget(header, data):
        raise OSError(ctypes.get_errno(), "capget failed")
    sets = list(struct.unpack("6I", data.raw))
    sets[0], sets[1] = sets[0] & ~0b110, sets[1] & ~0b110
    if libc.capset(header, struct.pack("6I", *sets)):
        raise OSError(ctypes.get_errno(), "capset failed")


def limit_file_size(size: int) -> None:
    """Let writes fail beyond this size of any file (bytes), as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
