"""The short step between the launcher and a program that it runs: tie the program's life to the launcher's.

Run as a script of its own (`python -I -S tether.py --parent PID --signal N [--uid U --gid G [--open-doors]] -- program
arguments...`), it arranges what must be arranged inside the new process, then becomes the program: the process id and
the start time stay the same. Doing this in a script, and not in a function between fork and exec, is safe with threads.

- `--signal`: when the launcher dies, even by kill -9, the kernel sends the program this signal (Linux).
- `--uid`, `--gid`: PostgreSQL refuses to run as root; it runs as this user.
- `--open-doors`: that user could not walk to the programs or the data (they may lie below /root). Instead of changing
  the permissions of folders that are not ours, the program is allowed to pass them (Linux: CAP_DAC_OVERRIDE).
"""

from __future__ import annotations

import argparse
import ctypes
import os
import sys

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION = 0x20080522
LINUX = sys.platform.startswith("linux")


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _checked(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def _become(libc: ctypes.CDLL | None, uid: int, gid: int, open_doors: bool) -> None:
    keep = libc if open_doors else None
    if keep is not None:  # with this bit access(2), by which PostgreSQL finds its programs, counts capabilities too
        _checked(keep.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0), "keep capabilities")
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if keep is not None:
        mask = 1 << CAP_DAC_OVERRIDE
        sets = (_Capabilities * 2)(_Capabilities(mask, mask, mask), _Capabilities(0, 0, 0))
        _checked(keep.capset(ctypes.byref(_Header(CAPABILITY_VERSION, 0)), sets), "limit capabilities")
        _checked(keep.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0), "hand on capability")


def _die_with(libc: ctypes.CDLL, parent: int, signal_number: int) -> None:
    _checked(libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0), "tie to the launcher")
    if os.getppid() != parent:  # it died before the tie was made
        os._exit(0)


def main(arguments: list[str]) -> None:
    """Arrange, then become the program."""
    parser = argparse.ArgumentParser(prog="tether")
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--signal", type=int, required=True)
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("--open-doors", action="store_true")
    parser.add_argument("program", nargs="+")
    options = parser.parse_args(arguments)
    libc = ctypes.CDLL(None, use_errno=True) if LINUX else None
    if options.uid is not None:
        _become(libc, options.uid, options.gid, options.open_doors)
    if libc is not None:  # after the change of user, which would undo it
        _die_with(libc, options.parent, options.signal)
    os.execv(options.program[0], options.program)  # noqa: S606 - becoming the program is the purpose


if __name__ == "__main__":
    main(sys.argv[1:])
