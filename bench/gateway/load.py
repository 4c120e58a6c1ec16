"""Load on one gateway, and what it costs: `python -m bench.gateway.load`, a JSON job on standard input, figures on output.

A process of its own so that it can be kept off the gateway's core. Every answer is compared with the expected one.
"""

import asyncio
import contextlib
import dataclasses
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Self, cast

import httptools
import uvloop

from bench.gateway.federation import ALIAS, Json
from bench.measure import Figures
from dev.processes import HOST

LIMIT_SECONDS = 120.0
"""For the warm-up; a gateway that hangs must not hang the run."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Job:
    """What to send where, and whose processor time and memory to read."""

    name: str
    port: int
    counts_port: int
    """Of the subgraphs."""
    process: int
    operation: str
    """With `ALIAS` in it, the digits are counted up so that no operation is sent twice."""
    expected: Json
    seconds: float
    warm_up: float
    """Processor seconds the process spends on the load before the measurement begins: what just-in-time compilers
    need does not depend on how busy the machine is."""
    connections: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measured:
    """What a gateway did and took for it while the load was on."""

    figures: Figures
    cpu_ms: float
    """Processor milliseconds a request, user and system, all threads and children."""
    peak_mb: float
    """Most resident memory since it started."""
    fetches: float
    """Requests that reached the subgraphs, for each request of a client."""
    wrong: int
    """Answers that were not the expected one."""

    def as_json(self) -> Json:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, value: Json) -> Self:
        return cls(**(value | {"figures": Figures(**value["figures"])}))


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._parts: list[bytes] = []
        self._answer: asyncio.Future[bytes] | None = None

    @classmethod
    async def open(cls, port: int) -> Self:
        _, connection = await asyncio.get_running_loop().create_connection(cls, HOST, port)
        return connection

    def post(self, body: bytes) -> asyncio.Future[bytes]:
        """The body of the answer; ConnectionError when the connection ends or the status is not 200."""
        head = (
            f"POST /graphql HTTP/1.1\r\nhost: {HOST}\r\naccept: application/json\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        return self._send(head.encode() + body)

    def get(self) -> asyncio.Future[bytes]:
        return self._send(f"GET / HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())

    def _send(self, request: bytes) -> asyncio.Future[bytes]:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not subclasses, so this cannot be asked.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the gateway closed the connection"))

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)

    def on_message_complete(self) -> None:
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        assert self._answer is not None
        if self._parser.get_status_code() == 200:
            self._answer.set_result(body)
        else:
            problem = f"status {self._parser.get_status_code()}: {body[:300].decode(errors='replace')}"
            self._answer.set_exception(ConnectionError(problem))


class Requests:
    """Bodies to send, and the judgement of their answers."""

    def __init__(self, operation: str, expected: Json) -> None:
        self._body = json.dumps({"query": operation}).encode()
        self._expected = expected
        self._right: set[bytes] = set()
        self._next = 0
        self._varies = ALIAS in operation
        self.wrong = 0

    def next(self) -> tuple[bytes, bytes]:
        """A body, and the alias in it."""
        if not self._varies:
            return self._body, b""
        self._next += 1
        alias = b"n%08d" % self._next
        return self._body.replace(ALIAS.encode(), alias), alias

    def judge(self, answer: bytes, alias: bytes) -> None:
        """Count the answer if it is wrong; one that was seen to be right before is compared byte by byte."""
        if alias:
            answer = answer.replace(alias, ALIAS.encode(), 1)
        if answer in self._right:
            return
        if json.loads(answer) == self._expected:
            self._right.add(answer)
        else:
            self.wrong += 1


async def measure(job: Job) -> Measured:
    """Keep `connections` busy for the warm-up and the measured seconds."""
    requests = Requests(job.operation, job.expected)
    durations: list[float] = []
    start = end = float("inf")

    async def client() -> None:
        connection = await Connection.open(job.port)
        done = 0.0
        while done < end:
            body, alias = requests.next()
            begun = time.perf_counter()
            answer = await connection.post(body)
            done = time.perf_counter()
            requests.judge(answer, alias)
            if start <= done < end:
                durations.append(done - begun)

    async def windowed() -> tuple[float, int]:
        nonlocal start, end
        counts = await Connection.open(job.counts_port)

        async def reading() -> tuple[float, int]:
            return cpu_seconds(job.process), sum(json.loads(await counts.get()).values())

        warm = cpu_seconds(job.process) + job.warm_up
        while cpu_seconds(job.process) < warm:
            await asyncio.sleep(0.1)
        cpu_before, fetches_before = await reading()
        start = time.perf_counter()
        end = start + job.seconds
        await asyncio.sleep(job.seconds)
        cpu_after, fetches_after = await reading()
        return cpu_after - cpu_before, fetches_after - fetches_before

    async with asyncio.timeout(LIMIT_SECONDS + job.seconds), asyncio.TaskGroup() as group:
        window = group.create_task(windowed())
        for _ in range(job.connections):
            group.create_task(client())
    cpu, fetches = window.result()
    count = len(durations)
    if not count:
        raise ConnectionError(f"{job.name} answered nothing in {job.seconds} s")
    return Measured(
        figures=Figures.of(job.name, durations, job.seconds),
        cpu_ms=round(cpu * 1000 / count, 4),
        peak_mb=round(peak_bytes(job.process) / 1e6, 1),
        fetches=round(fetches / count, 2),
        wrong=requests.wrong,
    )


def cpu_seconds(process: int) -> float:
    """Processor time of a process and its descendants, all their threads, user and system."""
    ticks = 0
    for pid in _family(process):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_bytes(process: int) -> int:
    """Most resident memory that a process and its descendants had, each at its own worst moment."""
    total = 0
    for pid in _family(process):
        status = Path(f"/proc/{pid}/status").read_text()
        total += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    return total * 1024


def _family(process: int) -> list[int]:
    found = [process]
    for pid in found:
        with contextlib.suppress(FileNotFoundError):
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in children.read_text().split()]
    return found


def main() -> None:
    """The command line."""
    job: dict[str, Any] = json.load(sys.stdin)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(measure(Job(**job))).as_json()))


if __name__ == "__main__":
    main()
