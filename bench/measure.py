"""Run something many times from many callers at once and say how long each took; what processes spend on it."""

import asyncio
import dataclasses
import os
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Figures:
    """What a run showed: operations a second, and percentiles of one operation in milliseconds."""

    name: str
    count: int
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float

    @classmethod
    def of(cls, name: str, seconds: list[float], elapsed: float) -> "Figures":
        ordered = sorted(seconds)

        def percentile(share: float) -> float:
            return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)

        return cls(
            name=name,
            count=len(ordered),
            per_second=round(len(ordered) / elapsed, 1),
            p50_ms=percentile(0.50),
            p95_ms=percentile(0.95),
            p99_ms=percentile(0.99),
        )


async def at_once(
    name: str, operation: Callable[[int], Awaitable[object]], *, callers: int, seconds: float, warm_up: float = 1.0
) -> Figures:
    """`callers` repeat `operation(n)` for `seconds`; the first `warm_up` seconds do not count."""
    durations: list[float] = []
    start = time.perf_counter() + warm_up
    end = start + seconds
    number = iter(range(10**9))

    async def caller() -> None:
        while (begun := time.perf_counter()) < end:
            await operation(next(number))
            done = time.perf_counter()
            if begun >= start and done <= end:
                durations.append(done - begun)

    await asyncio.gather(*(caller() for _ in range(callers)))
    return Figures.of(name, durations, seconds)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, all its threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(pid: int) -> int:
    """The most memory a process has had resident."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0
