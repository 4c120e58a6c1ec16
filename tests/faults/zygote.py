"""A process that has imported everything and holds no connection: it forks one that dies at the line it is told.

`python -m tests.faults.zygote <module>:<journey>` reads orders as JSON lines and answers each with what its fork reported.
"""

import asyncio
import contextlib
import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import msgspec

from tests.faults.journey import Journey, Place, short_waits
from tests.faults.plants import planted

OURS = f"{os.sep}services{os.sep}"
_ALARM_SECONDS = 20


class Order(msgspec.Struct, frozen=True):
    """Run a stage for a key and die at the `line`-th executed line; 0 means live and count."""

    place: dict[str, str]
    stage: str
    key: str
    line: int
    plant: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """What is known of a fork afterwards: its answer if it gave one, where it died, or how many lines it ran."""

    acknowledged: str | None = None
    died_at: str | None = None
    lines: int | None = None
    error: str | None = None


class _Countdown:
    """Traces the lines of our own files and kills the process at one of them."""

    def __init__(self, line: int, report: Callable[..., None]) -> None:
        self._line = line
        self._report = report
        self.lines = 0

    def enter(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if event == "call" and OURS in frame.f_code.co_filename and ".venv" not in frame.f_code.co_filename:
            return self._step
        return None

    def _step(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
        if event == "line":
            self.lines += 1
            if self.lines == self._line:
                where = frame.f_code.co_filename.rpartition(OURS)[2]
                self._report(died_at=f"{where}:{frame.f_lineno} {frame.f_code.co_name}")
                os.kill(os.getpid(), signal.SIGKILL)
        return self._step


async def _live(kind: type[Journey], order: Order, report: Callable[..., None]) -> None:
    countdown = _Countdown(order.line, report)
    journey = kind(Place(**order.place))
    stage = journey.stage(order.stage)
    with planted(order.plant, journey):
        async with journey.opened_for(stage):
            sys.settrace(countdown.enter)
            try:
                await journey.run(stage, order.key, lambda answer: report(acknowledged=answer))
            finally:
                sys.settrace(None)
            report(lines=countdown.lines)


def _fork(kind: type[Journey], order: Order) -> Outcome:
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        signal.alarm(_ALARM_SECONDS)

        def report(**facts: Any) -> None:
            os.write(writing, json.dumps(facts).encode() + b"\n")

        try:
            with short_waits():
                asyncio.run(_live(kind, order, report))
        except BaseException as error:
            report(error=f"{type(error).__name__}: {error}")
        os._exit(0)
    os.close(writing)
    facts: dict[str, Any] = {}
    with os.fdopen(reading) as pipe:
        for line in pipe:
            facts |= json.loads(line)
    _, status = os.waitpid(pid, 0)
    if not facts.get("died_at") and os.WIFSIGNALED(status):
        facts["error"] = f"ended by {signal.Signals(os.WTERMSIG(status)).name}"
    return Outcome(**facts)


def main() -> None:
    """Serve orders until the input ends."""
    module, _, name = sys.argv[1].partition(":")
    kind: type[Journey] = getattr(importlib.import_module(module), name)
    gc.freeze()
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        for line in sys.stdin:
            outcome = _fork(kind, msgspec.json.decode(line, type=Order))
            sys.stdout.write(msgspec.json.encode(outcome).decode() + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
