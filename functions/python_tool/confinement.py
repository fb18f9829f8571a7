"""What a process takes from itself before it runs a program: limits, system calls, files.

`seccomp` refuses sockets, new processes, signals on every way and every change of files; without
it no program is run. `landlock` leaves Python's own library of all files, where the kernel has it.
Both are Linux's.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_MEMORY: Final = 400 * 1024 * 1024
_NO_NEW_PRIVILEGES: Final = 38
_SET_SECCOMP: Final = 22
_FILTER: Final = 2

# open, openat and their flags' position; then what is refused whatever is asked.
_X86: Final = {
    "arch": 0xC000003E,
    "opens": {2: 1, 257: 2},
    "fcntl": 72,
    "refused": (
        129, 141, 142, 144, 203, 251, 297, 314,
        29, 41, 42, 43, 44, 46, 49, 50, 53, 56, 57, 58, 59, 62, 64, 68, 76, 77, 82, 83, 84, 85, 86,
        87, 88, 90, 91, 92, 93, 94, 101, 132, 133, 155, 160, 161, 165, 166, 188, 189, 190, 197, 198,
        199, 200, 234, 235, 240, 248, 250, 258, 259, 260, 261, 263, 264, 265, 266, 268, 272, 280,
        288, 298, 302, 308, 310, 311, 316, 317, 319, 321, 322, 323, 424, 425, 426, 427, 428, 429,
        430, 431, 432, 433, 434, 435, 437, 438, 440, 442,
    ),
}  # fmt: skip
_ARM: Final = {
    "arch": 0xC00000B7,
    "opens": {56: 2},
    "fcntl": 25,
    "refused": (
        30, 118, 119, 122, 138, 140, 240, 274,
        5, 6, 7, 14, 15, 16, 33, 34, 35, 36, 37, 38, 39, 40, 41, 45, 46, 51, 52, 53, 54, 55, 88, 97,
        117, 129, 130, 131, 164, 180, 186, 190, 194, 198, 199, 200, 201, 202, 203, 206, 211, 217,
        219, 220, 221, 241, 242, 261, 268, 270, 271, 276, 277, 279, 280, 281, 282, 424, 425, 426,
        427, 428, 429, 430, 431, 432, 433, 434, 435, 437, 438, 440, 442,
    ),
}  # fmt: skip
_MACHINES: Final[dict[str, dict[str, Any]]] = {"x86_64": _X86, "aarch64": _ARM}
_CHANGES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_OWNERS: Final = (8, 10, 15)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX: a pipe would send its owner, also another process, a signal."""

_LOAD, _JUMP, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
_OTHER_ABI: Final = 0x40000000

_RULESET, _RULE, _RESTRICT = 444, 445, 446
_EVERYTHING: Final = (1 << 13) - 1
_READING: Final = 1 << 0 | 1 << 2 | 1 << 3
"""Execute (to load a library), read a file, read a folder."""
_LIBRARIES: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo",
                     "/etc/localtime", "/dev/urandom", "/dev/null")  # fmt: skip


def confine(seconds: float) -> list[str]:
    """Takes from this process, and for ever, what a program must not have; what of it held."""
    held = _limits(seconds)
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return held
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return held
    if _landlock(libc):
        held.append("landlock")
    if _seccomp(libc, machine):
        held.append("seccomp")
    return held


def _limits(seconds: float) -> list[str]:
    wanted = {
        resource.RLIMIT_CPU: int(seconds) + 1,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform == "linux":  # elsewhere the address space cannot be bounded
        wanted[resource.RLIMIT_AS] = _MEMORY
    for what, most in wanted.items():
        resource.setrlimit(what, (most, most + (what == resource.RLIMIT_CPU)))
    return ["limits"]


def _seccomp(libc: Any, machine: dict[str, Any]) -> bool:
    program = b"".join(_filter(machine))
    held = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    told = Program(len(program) // 8, ctypes.addressof(held))
    return not libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(told), 0, 0)


def _filter(machine: dict[str, Any]) -> Iterator[bytes]:
    """The kernel's program: it looks at each system call before it happens."""
    yield _step(_LOAD, 4)
    yield _step(_JUMP, machine["arch"], 1, 0)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, 0)
    yield _step(_AT_LEAST, _OTHER_ABI, 0, 1)
    yield _step(_RETURN, _REFUSE)
    for call in machine["refused"]:
        yield _step(_JUMP, call, 0, 1)
        yield _step(_RETURN, _REFUSE)
    yield _step(_JUMP, machine["fcntl"], 0, 2 * len(_OWNERS) + 2)
    yield _step(_LOAD, 16 + 8)
    for command in _OWNERS:
        yield _step(_JUMP, command, 0, 1)
        yield _step(_RETURN, _REFUSE)
    yield _step(_RETURN, _ALLOW)
    for call, place in machine["opens"].items():
        yield _step(_JUMP, call, 0, 5)
        yield _step(_LOAD, 16 + 8 * place)
        yield _step(_AND, _CHANGES)
        yield _step(_JUMP, 0, 1, 0)
        yield _step(_RETURN, _REFUSE)
        yield _step(_RETURN, _ALLOW)
    yield _step(_RETURN, _ALLOW)


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)


def _landlock(libc: Any) -> bool:
    handled = ctypes.create_string_buffer(struct.pack("Q", _EVERYTHING), 8)
    ruleset = libc.syscall(_RULESET, handled, 8, 0)
    if ruleset < 0:
        return False
    library = str(Path(os.__file__).parent)
    for path in {library, f"{sys.base_prefix}/lib", *_LIBRARIES}:
        _allow(libc, ruleset, path)
    done = bool(libc.syscall(_RESTRICT, ruleset, 0) == 0)
    os.close(ruleset)
    return done


def _allow(libc: Any, ruleset: int, path: str) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = _READING if Path(path).is_dir() else _READING & ~(1 << 3)
    rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place), 12)
    libc.syscall(_RULE, ruleset, 1, rule, 0)
    os.close(place)
