"""Crash at every line: kill a process at the k-th executed line of a stage, carry on with another, and check what is left.

What a run proves is on its page: points tried, matters lost, effects doubled, where.
"""

import asyncio
import contextlib
import dataclasses
import os
import random
import sys
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Self

import msgspec

from tests.faults.journey import SETTLE_SECONDS, Journey, Place, Stage, short_waits
from tests.faults.plants import OF_THE_KILLED, planted
from tests.faults.zygote import Order, Outcome

_ROOT = Path(__file__).resolve().parents[2]
_POINT_SECONDS = 120.0


@dataclasses.dataclass(frozen=True)
class Violation:
    """Something that must never be, and where the process died before it was found."""

    stage: str
    line: int
    died_at: str
    what: str

    def __str__(self) -> str:
        return f"{self.stage}, line {self.line} ({self.died_at}): {self.what}"


@dataclasses.dataclass
class Page:
    """The result of one run on one page."""

    journey: str
    seed: int | None
    lines: dict[str, int] = dataclasses.field(default_factory=dict)
    points: Counter[str] = dataclasses.field(default_factory=Counter)
    killed: Counter[str] = dataclasses.field(default_factory=Counter)
    acknowledged: int = 0
    violations: list[Violation] = dataclasses.field(default_factory=list)
    seconds: float = 0.0

    def text(self) -> str:
        """The page for a person."""
        head = "every line" if self.seed is None else f"a sample, HUYING_CRASH_SEED={self.seed}"
        total = self.points.total()
        rows = [
            f"  {stage:<28} {lines:>5} lines {self.points[stage]:>5} points {self.killed[stage]:>5} killed"
            for stage, lines in self.lines.items()
        ]
        per_point = f", {1000 * self.seconds / total:.0f} ms a point" if total else ""
        return "\n".join(
            [
                f"{self.journey}: {head}; {total} points in {self.seconds:.1f} s{per_point}",
                *rows,
                f"  acknowledged by a process that was then killed: {self.acknowledged}",
                f"  violations: {len(self.violations)}",
                *(f"    {violation}" for violation in self.violations[:20]),
            ]
        )


class Crasher:
    """Runs the points of one journey: the zygote's forks die, we carry on."""

    def __init__(self, journey: Journey, zygote: asyncio.subprocess.Process, plant: str) -> None:
        self.journey = journey
        self._zygote = zygote
        self._plant = plant

    @classmethod
    @contextlib.asynccontextmanager
    async def of(cls, kind: type[Journey], place: Place, log: Path, plant: str = "") -> AsyncIterator[Self]:
        """Everything warm: the zygote's imports, our services. `log` takes what the forks write."""
        with log.open("ab") as output:
            zygote = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.faults.zygote",
                f"{kind.__module__}:{kind.__qualname__}",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=output,
                cwd=_ROOT,
                env={key: value for key, value in os.environ.items() if not key.startswith("HUYING_")},
            )
        try:
            with short_waits():
                journey = kind(place)
                with planted("" if plant in OF_THE_KILLED else plant, journey):
                    async with journey.opened():
                        yield cls(journey, zygote, plant)
        finally:
            assert zygote.stdin
            zygote.stdin.close()
            await zygote.wait()

    async def lines_of(self, stage: Stage) -> int:
        """How many lines the stage runs when nothing goes wrong."""
        outcome = await self._fork(stage, await self._before(stage), 0)
        if outcome.lines is None:
            raise AssertionError(f"{stage.name} does not work without a crash: {outcome.error}")
        await self._after()
        return outcome.lines

    async def crash(self, stage: Stage, line: int, page: Page) -> None:
        """Kill at one line, carry on, and write on the page what is wrong then."""
        key = await self._before(stage)
        outcome = await self._fork(stage, key, line)
        page.points[stage.name] += 1
        page.killed[stage.name] += outcome.died_at is not None
        page.acknowledged += outcome.acknowledged is not None
        await self.journey.end_orphaned_transactions()
        found = [outcome.error] if outcome.error else []
        found += await self._carry_on(key, outcome.acknowledged)
        page.violations += [Violation(stage.name, line, outcome.died_at or "alive", what) for what in found]

    async def _before(self, stage: Stage) -> str:
        """A new key, its matter brought to just before the stage. In our own process, unharmed."""
        key = uuid.uuid4().hex
        for earlier in self.journey.stages:
            if earlier is stage:
                break
            await self.journey.run(earlier, key)
        return key

    async def _fork(self, stage: Stage, key: str, line: int) -> Outcome:
        assert self._zygote.stdin
        assert self._zygote.stdout
        order = Order(dataclasses.asdict(self.journey.place), stage.name, key, line, self._plant)
        self._zygote.stdin.write(msgspec.json.encode(order) + b"\n")
        async with asyncio.timeout(60):
            answer = await self._zygote.stdout.readline()
        return msgspec.json.decode(answer, type=Outcome)

    async def _carry_on(self, key: str, acknowledged: str | None) -> list[str]:
        """The caller asks again with the same key, as after a lost reply; then everything flows."""
        matter = await self.journey.submit(key)
        found = []
        if acknowledged is not None and acknowledged != matter:
            found.append(f"acknowledged {acknowledged}, and a repeat got {matter}")
        try:
            await self._after()
        except TimeoutError:
            found.append(f"not quiet after {SETTLE_SECONDS:.0f} s")
        return found + await self.journey.check(matter)

    async def _after(self) -> None:
        async with self.journey.flowing():
            await self.journey.quiet()


async def leave_transaction_open(crasher: Crasher, stage: Stage) -> str:
    """Kill in the middle of a transaction; returns the key of the command that has to live with it."""
    for line in range(await crasher.lines_of(stage), 0, -1):
        key = await crasher._before(stage)
        await crasher._fork(stage, key, line)
        if await crasher.journey.orphaned_transactions():
            return key
        await crasher._carry_on(key, None)
    raise AssertionError(f"{stage.name} has no transaction")


async def enumerate_crashes(crasher: Crasher, *, sample: int | None, seed: int, stages: Iterable[Stage] = ()) -> Page:
    """Crash at every line of the stages (by default the journey's own), or at `sample` lines of each, chosen by `seed`."""
    begin = time.monotonic()
    page = Page(type(crasher.journey).__name__, None if sample is None else seed)
    choice = random.Random(seed)
    for stage in stages or crasher.journey.stages[crasher.journey.skipped :]:
        count = page.lines[stage.name] = await crasher.lines_of(stage)
        lines: Sequence[int] = range(1, count + 1)
        if sample is not None:
            # The last line is always among them: there everything is done but the process has not said so.
            lines = [*sorted(choice.sample(range(1, count), min(sample, count) - 1)), count]
        for line in lines:
            async with asyncio.timeout(_POINT_SECONDS):
                await crasher.crash(stage, line, page)
    page.seconds = time.monotonic() - begin
    return page


async def first_violation(crasher: Crasher, stage: Stage) -> Violation | None:
    """Crash at the lines of one stage, the last first, until something is wrong."""
    page = Page(type(crasher.journey).__name__, None)
    for line in range(await crasher.lines_of(stage), 0, -1):
        await crasher.crash(stage, line, page)
        if page.violations:
            return page.violations[0]
    return None
