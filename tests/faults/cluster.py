"""The three domain services as processes, with a MongoDB and a NATS of their own to break, and callers who do not give up."""

import asyncio
import contextlib
import itertools
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from dev.background import Background
from dev.issuer import AUDIENCE, Issuer
from dev.processes import HOST, Child, free_port, wait_until
from dev.servers import MongoServer, NatsServer
from tests.faults import village
from tests.faults.journey import Place
from tests.faults.report_journey import ReportJourney, report_id, submission

SERVICES = ("intake", "routing", "mediation")
_ROOT = Path(__file__).resolve().parents[2]
_DATABASE = "faults"
_ANSWER_SECONDS = 8.0
_PATIENCE_SECONDS = 60.0


class Cluster:
    """Started inside `with`, on the main thread; gone after it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.mongo = MongoServer(directory / "mongo", free_port())
        self.nats = NatsServer(directory / "nats", free_port(), free_port())
        self._ports = {name: free_port() for name in SERVICES}
        issuer_port = free_port()
        self._issuer = Issuer(directory, f"http://{HOST}:{issuer_port}")
        self._helper = Background(self._issuer.app(), issuer_port, "the token issuer")
        self._children: dict[str, Child] = {}

    def __enter__(self) -> Self:
        self.mongo.launch()
        self.nats.launch()
        self._helper.start()
        for name in SERVICES:
            self.launch(name)
        self.mongo.wait_ready()
        self.nats.wait_ready()
        for name in SERVICES:
            self.wait_ready(name)
        asyncio.run(self._found())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for name in list(self._children):
            self.kill(name)
        self._helper.stop()
        self.nats.kill9()
        self.mongo.kill9()

    async def _found(self) -> None:
        """Load the village, and wait until both sides know all of it."""
        async with self.journey() as journey:
            await journey.prepare()
            await journey.quiet(_PATIENCE_SECONDS)
        async with self.caller() as caller:
            await caller.submit("the first")
        async with self.journey() as journey:
            await journey.quiet(_PATIENCE_SECONDS)

    @property
    def place(self) -> Place:
        return Place(self.mongo.url, self.nats.url, _DATABASE)

    def url(self, service: str) -> str:
        return f"http://{HOST}:{self._ports[service]}"

    def _environment(self, service: str) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("HUYING_", "OTEL_"))}
        return inherited | {
            "HUYING_LISTEN": f"{HOST}:{self._ports[service]}",
            "HUYING_MONGO_URL": self.mongo.url,
            "HUYING_MONGO_DATABASE": f"{_DATABASE}_{service}",
            "HUYING_NATS_URL": self.nats.url,
            "HUYING_NATS_MONITOR_URL": self.nats.monitor_url,
            "HUYING_JWKS_URL": self._issuer.jwks_url,
            "HUYING_JWT_ISSUER": self._issuer.url,
            "HUYING_JWT_AUDIENCE": AUDIENCE,
        }

    def launch(self, service: str) -> None:
        self._children[service] = Child(
            service,
            self.argv(service),
            self.directory / f"{service}.log",
            environ=self._environment(service),
            directory=_ROOT,
        )

    def wait_ready(self, service: str) -> None:
        """Return when it answers that it is ready. Raises DevError."""

        def ready() -> bool:
            with (
                contextlib.suppress(OSError, urllib.error.URLError),
                urllib.request.urlopen(f"{self.url(service)}/readyz", timeout=2) as answer,
            ):
                return bool(answer.status == 200)
            return False

        wait_until(ready, self._children[service], 60)

    def kill(self, service: str) -> None:
        """As a crash would."""
        self._children.pop(service).kill()

    @contextlib.contextmanager
    def frozen(self, service: str) -> Iterator[None]:
        """The process does not run inside, and does not know of it afterwards."""
        child = self._children[service]
        child.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            child.signal(signal.SIGCONT)

    def command(self, service: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a service's command line to its end."""
        return subprocess.run(self.argv(service, *arguments), **self._run_options(service), check=False, timeout=60)

    def start_command(self, service: str, *arguments: str) -> "subprocess.Popen[str]":
        """Start a service's command line."""
        options = self._run_options(service) | {"stdout": subprocess.DEVNULL}
        return subprocess.Popen(self.argv(service, *arguments), **options)

    def argv(self, service: str, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "tests.faults.impatient", f"services.{service}", *arguments]

    def _run_options(self, service: str) -> dict[str, Any]:
        return {
            "env": self._environment(service),
            "cwd": _ROOT,
            "text": True,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.DEVNULL,
        }

    @contextlib.asynccontextmanager
    async def journey(self) -> AsyncIterator[ReportJourney]:
        """Looks into the services' databases and streams from outside."""
        journey = ReportJourney(self.place)
        async with journey.watching():
            yield journey

    @contextlib.asynccontextmanager
    async def caller(self) -> AsyncIterator["ResidentCaller"]:
        """A resident with a valid token."""
        token = self._issuer.sign({"sub": "person_resident", "roles": ["resident"], "area": village.GRID})
        timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(timeout=timeout, headers=headers) as http:
            yield ResidentCaller(http, self.url("intake") + "/graphql", headers)

    async def all_is_well(self, acknowledged: Mapping[str, Sequence[str]]) -> None:
        """Once everything is quiet: what was acknowledged is there, once, and with its one effect."""
        async with self.journey() as journey:
            await journey.quiet(_PATIENCE_SECONDS)
            for key, answers in acknowledged.items():
                assert len(set(answers)) == 1, f"{key} was answered with {answers}"
                assert not await journey.check(answers[0])


class ResidentCaller:
    """Sends reports; asks again with the same key until there is an answer, as the promise of idempotency allows."""

    def __init__(self, http: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> None:
        self._http = http
        self.url = url
        self.headers = headers

    async def try_once(self, key: str) -> str | None:
        """The id the report was acknowledged with; None when it was not."""
        try:
            async with self._http.post(self.url, json=submission(key)) as answer:
                body = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None
        if answer.status != 200 or body.get("errors"):
            return None
        return report_id(body)

    async def ask(self, operation: Mapping[str, Any]) -> Any:
        """The answer to any operation."""
        async with self._http.post(self.url, json=operation) as answer:
            return await answer.json(content_type=None)

    async def submit(self, key: str) -> str:
        """The id it was acknowledged with, however long that takes. Raises TimeoutError."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while (answer := await self.try_once(key)) is None:
                await asyncio.sleep(0.1)
        return answer

    @contextlib.asynccontextmanager
    async def submitting(self, name: str, *, at_once: int = 2) -> AsyncIterator[dict[str, list[str]]]:
        """Inside, reports are submitted without a pause; leaving finishes those begun. Key → the ids it was answered with."""
        acknowledged: dict[str, list[str]] = {}
        numbers = itertools.count()
        stopping = False

        async def one_after_the_other() -> None:
            while not stopping:
                key = f"{name} {next(numbers)} {time.monotonic_ns()}"
                acknowledged[key] = [await self.submit(key)]
                await asyncio.sleep(0.1)

        tasks = [asyncio.create_task(one_after_the_other()) for _ in range(at_once)]
        try:
            yield acknowledged
        finally:
            stopping = True
            await asyncio.gather(*tasks)
