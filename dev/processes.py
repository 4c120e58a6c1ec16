"""Child processes that never outlive us, and ports for them."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

HOST = "127.0.0.1"

# Runs between us and the child: asks the kernel to kill the child when we die, then becomes it.
# A `preexec_fn` would do the same but forks a process that may have threads.
_TETHER = """
import os, sys
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


class DevError(Exception):
    """Something about this machine stops the local platform; the text is one line for a person."""


class Child:
    """One process in a group of its own, its output in a file.

    On Linux the kernel kills it when the thread that launched it ends, so launch from the main
    thread.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        environ: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.log = log
        self._log_start = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _TETHER, str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environ,
                cwd=directory,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def require_running(self) -> None:
        """Raises DevError with its last words when it has ended."""
        if not self.running:
            raise DevError(self.obituary())

    def stop(self, seconds: float = 15.0) -> None:
        """Ask it to end, insist after `seconds`, and wait until it is gone."""
        self.signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait(self) -> None:
        """Return when it has ended."""
        self._process.wait()

    def kill(self) -> None:
        """End it at once, with everything it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send one signal if it still runs."""
        if self.running:
            self._process.send_signal(number)

    def obituary(self, lines: int = 6) -> str:
        """What a person wants to know of a process that ended by itself: how, and its last words."""
        code = self._process.poll()
        how = f"signal {signal.Signals(-code).name}" if code and code < 0 else f"exit code {code}"
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            words = log.read().decode(errors="replace").splitlines()[-lines:]
        return "\n".join([f"{self.name} ended by itself ({how}); log: {self.log}", *words])


def wait_until(ready: Callable[[], bool], child: Child, seconds: float = 30.0) -> None:
    """Wait for `ready`, polling. Raises DevError when the child ends first or time is up."""
    deadline = time.monotonic() + seconds
    while not ready():
        child.require_running()
        if time.monotonic() > deadline:
            raise DevError(f"{child.name} is not ready after {seconds:.0f} s; log: {child.log}")
        time.sleep(0.02)


_given_out: set[int] = set()


def free_port() -> int:
    """A port nobody listens on, below the range that outgoing connections are given."""
    while True:
        port = random.randint(15000, 31000)
        if port not in _given_out and _can_bind(port):
            _given_out.add(port)
            return port


def require_free(port: int, purpose: str) -> None:
    """Raises DevError naming who has the port, where the system tells."""
    if not _can_bind(port):
        owner = _owner(port)
        who = f"stop {owner}" if owner else "stop whoever has it"
        raise DevError(f"Port {port} for {purpose} is taken: {who} and try again.")


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _owner(port: int) -> str | None:
    """The process listening on a port, from /proc; None where that cannot be read."""
    listening = "0A"
    try:
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        inodes = {
            f"socket:[{row[9]}]" for row in rows if row[3] == listening and int(row[1].rpartition(":")[2], 16) == port
        }
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(PermissionError, FileNotFoundError):
                if any(str(link.readlink()) in inodes for link in (process / "fd").iterdir()):
                    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    return f"process {process.name} ({command.strip()[:60]})"
    except OSError:
        pass
    return None
