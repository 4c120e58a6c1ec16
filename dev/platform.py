"""The whole platform on this machine: servers, token issuer, trace receiver, four services, the district."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import pymongo

from dev import duty, samples, traces
from dev.background import Background
from dev.district import demo_people
from dev.issuer import AUDIENCE, Issuer
from dev.places import DATA, ROOT, Ports
from dev.processes import HOST, Child, DevError, require_free
from dev.servers import MongoServer, NatsServer

DOMAIN_SERVICES = ("intake", "routing", "mediation")
SERVICES = (*DOMAIN_SERVICES, "gateway")
_READY_SECONDS = 30.0
_POLL_SECONDS = 0.1


def _program(service: str) -> list[str]:
    return [sys.executable, "-m", f"services.{service}"]


class Platform:
    """Starts everything inside `async with`, stops everything after it. Raises DevError.

    State is under `data` and found again by the next run. Enter it on the main thread, because
    children live as long as the thread that launched them; enter it once.

    Args:
        data: where servers, keys, traces and logs are kept.
        ports: `Ports()` for the usual ones, `Ports.free()` beside another platform.
        environ: more variables for every service; they win over ours. HUYING_NATS_URL,
            HUYING_MONGO_URL and OTEL_EXPORTER_OTLP_ENDPOINT name servers to use instead of ours.
        demonstration: whether an empty database gets the district and its sample reports.
        program: the command line of a service, to which `serve` or another command is added.
        progress: told of each step of the start when it is done.
    """

    def __init__(
        self,
        data: Path,
        ports: Ports,
        *,
        environ: Mapping[str, str] | None = None,
        demonstration: bool = True,
        program: Callable[[str], Sequence[str]] = _program,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.data = data.absolute()
        self.ports = ports
        self.issuer = Issuer(self.data, ports.url("issuer"))
        self.trace_store = traces.TraceStore(self.data / "traces.sqlite")
        self._environ = dict(environ or {})
        self._demonstration = demonstration
        self._program = program
        self._progress = progress
        self._children: dict[str, Child] = {}
        self.nats: NatsServer | None = None
        self.mongo: MongoServer | None = None
        logs = self.data / "logs"
        if "HUYING_NATS_URL" not in self._environ:
            self.nats = NatsServer(self.data / "nats", ports.nats, ports.nats_monitor, log=logs / "nats.log")
        if "HUYING_MONGO_URL" not in self._environ:
            self.mongo = MongoServer(self.data / "mongo", ports.mongo, log=logs / "mongo.log")
        self._helpers = [Background(self.issuer.app(), ports.issuer, "the token issuer")]
        if "OTEL_EXPORTER_OTLP_ENDPOINT" not in self._environ:
            receiver = Background(traces.app(self.trace_store), ports.traces, "the trace receiver")
            self._helpers.append(receiver)

    @property
    def graphql_url(self) -> str:
        """Where front ends send their operations."""
        return self.ports.url("gateway") + "/graphql"

    @property
    def mongo_url(self) -> str:
        """Where the services' databases are."""
        return self.mongo.url if self.mongo else self._environ["HUYING_MONGO_URL"]

    @property
    def nats_url(self) -> str:
        """Where the events go."""
        return self.nats.url if self.nats else self._environ["HUYING_NATS_URL"]

    def token(self, role: str) -> str:
        """A bearer token of a demonstration role."""
        return self.issuer.token(role)

    def child(self, service: str) -> Child:
        """The process of a service, for tests that freeze or signal it."""
        return self._children[service]

    def environment(self, service: str) -> dict[str, str]:
        """Every variable a service is started with."""
        ours = {
            "HUYING_LISTEN": f"{HOST}:{getattr(self.ports, service)}",
            "HUYING_JWKS_URL": self.issuer.jwks_url,
            "HUYING_JWT_ISSUER": self.issuer.url,
            "HUYING_JWT_AUDIENCE": AUDIENCE,
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.ports.url("traces"),
            # Someone is waiting to look at the trace.
            "OTEL_BSP_SCHEDULE_DELAY": "500",
        }
        if service == "gateway":
            ours["HUYING_SUPERGRAPH"] = "schema/supergraph.graphql"
            ours["HUYING_NODE"] = "true"
            ours["HUYING_SUBGRAPH_URLS"] = ",".join(
                f"{name}={self.ports.url(name)}/graphql" for name in DOMAIN_SERVICES
            )
        else:
            ours |= {"HUYING_MONGO_URL": self.mongo_url, "HUYING_NATS_URL": self.nats_url}
            if self.nats:
                ours["HUYING_NATS_MONITOR_URL"] = self.nats.monitor_url
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("HUYING_")}
        return inherited | ours | self._environ

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _start(self) -> None:
        """Everything at once: services wait for their stores by themselves while they import."""
        for service in SERVICES:
            require_free(getattr(self.ports, service), service)
        for log in (self.data / "logs").glob("*.log"):
            log.unlink()
        for server in self._servers():
            server.launch()
        for helper in self._helpers:
            helper.start()
        for service in SERVICES:
            self._launch(service)
        await asyncio.gather(*(asyncio.to_thread(server.wait_ready) for server in self._servers()))
        if servers := " and ".join(server.title for server in self._servers()):
            self._progress(f"{servers} answer")
        ready = asyncio.create_task(self._wait_for_services())
        steps = [ready, asyncio.create_task(self._demonstrate(ready))]
        try:
            await asyncio.gather(*steps)
        finally:
            for step in steps:
                step.cancel()
            await asyncio.gather(*steps, return_exceptions=True)

    async def _wait_for_services(self) -> None:
        await asyncio.gather(*(self.wait_ready(service) for service in SERVICES))
        self._progress(f"{', '.join(SERVICES)} are ready")

    def _servers(self) -> list[NatsServer | MongoServer]:
        return [server for server in (self.nats, self.mongo) if server]

    def _launch(self, service: str) -> None:
        self._children[service] = Child(
            service,
            [*self._program(service), "serve"],
            self.data / "logs" / f"{service}.log",
            environ=self.environment(service),
            directory=ROOT,
        )

    async def wait_ready(self, service: str, seconds: float = _READY_SECONDS) -> None:
        """Return when `/readyz` of a service says yes. Raises DevError."""
        child = self._children[service]
        deadline = time.monotonic() + seconds
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as http:
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with http.get(self.ports.url(service) + "/readyz") as answer:
                        if answer.ok:
                            return
                child.require_running()
                if time.monotonic() > deadline:
                    raise DevError(f"{service} is not ready after {seconds:.0f} s; log: {child.log}")
                await asyncio.sleep(_POLL_SECONDS)

    def kill(self, service: str) -> None:
        """End a service as a crash would."""
        self._children.pop(service).kill()

    async def restart(self, service: str) -> None:
        """Start a service again, after a stop in order if it still runs, and wait until it is ready."""
        if child := self._children.pop(service, None):
            await asyncio.to_thread(child.stop)
        self._launch(service)
        await self.wait_ready(service)

    async def watch(self) -> None:
        """Return never. Raises DevError when a process ends that nobody asked to."""
        while True:
            for child in self._children.values():
                child.require_running()
            for server in self._servers():
                server.require_running()
            await asyncio.sleep(2 * _POLL_SECONDS)

    async def stop(self) -> None:
        """Stop in order: gateway, services, helpers, servers."""
        if gateway := self._children.pop("gateway", None):
            await asyncio.to_thread(gateway.stop)
        rest = list(self._children.values())
        self._children.clear()
        await asyncio.gather(*(asyncio.to_thread(child.stop) for child in rest))
        for helper in reversed(self._helpers):
            await asyncio.to_thread(helper.stop)
        await asyncio.gather(*(asyncio.to_thread(server.stop) for server in self._servers()))

    def kill_all(self) -> None:
        """End every process at once, for a person who does not want to wait."""
        for child in self._children.values():
            child.kill()
        for server in self._servers():
            server.kill9()

    def _notes(self, client: pymongo.MongoClient[dict[str, Any]]) -> Any:
        """What this module remembers beside the services' own databases."""
        return client["huying_dev"]["loaded"]

    def _has_district(self) -> bool:
        with pymongo.MongoClient[dict[str, Any]](self.mongo_url) as client:
            return self._notes(client).find_one({"_id": "district"}) is not None

    def _remember_district(self) -> None:
        with pymongo.MongoClient[dict[str, Any]](self.mongo_url) as client:
            self._notes(client).insert_one({"_id": "district"})

    async def _demonstrate(self, services_ready: "asyncio.Task[None]") -> None:
        """Load the district beside the services that are still starting; then let its people report."""
        if not self._demonstration or await asyncio.to_thread(self._has_district):
            return
        folder = self.data / "district"
        await self._run("district", [sys.executable, "-m", "dev.district", "--output", str(folder)])
        await asyncio.gather(
            self._load("routing", "load", folder / "organisation.json"),
            self._load("intake", "load-categories", folder / "categories.json"),
        )
        self._progress("the demonstration district is loaded")
        await services_ready
        reports = samples.read()
        await samples.send(reports, self.graphql_url, self.token)
        self._progress(f"{len(reports)} sample reports are filed")
        await asyncio.to_thread(self._remember_district)
        await duty.begin(self.graphql_url, self.token)
        self._progress("people are on duty, and one is on the way")

    async def _load(self, service: str, command: str, file: Path) -> None:
        # Nobody looks for a trace of this, and hundreds of areas would push the others off the page of traces.
        environ = self.environment(service) | {"OTEL_SDK_DISABLED": "true"}
        await self._run(f"{service} {command}", [*self._program(service), command, str(file)], environ)

    async def _run(self, name: str, command: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        """Run a command to its end. Raises DevError when it fails."""
        log = self.data / "logs" / f"{name.replace(' ', '-')}.log"
        child = Child(name, command, log, environ=environ, directory=ROOT)
        try:
            await asyncio.to_thread(child.wait)
        finally:
            child.kill()
        if child.exit_code:
            raise DevError(child.obituary())


def _welcome(platform: Platform, seconds: float) -> str:
    ports = platform.ports
    lines = [
        f"Huying is running (started in {seconds:.1f} s). Ctrl-C stops it.",
        "",
        f"  GraphQL    {platform.graphql_url}",
        f"  services   {'  '.join(f'{name} {ports.url(name)}' for name in DOMAIN_SERVICES)}",
        f"  traces     {ports.url('traces')}   (make trace REPORT=report_…)",
        f"  issuer     {platform.issuer.url}",
        f"  MongoDB    {platform.mongo_url if platform.mongo else 'from HUYING_MONGO_URL'}",
        f"  NATS       {platform.nats_url if platform.nats else 'from HUYING_NATS_URL'}",
        f"  logs       {os.path.relpath(platform.data / 'logs')}",
        "",
        "Demonstration roles, each with a token for `Authorization: Bearer …`:",
    ]
    for role, claims in demo_people().items():
        lines += ["", f"  {role}  {claims['sub']}", f"  {platform.token(role)}"]
    return "\n".join(lines)


async def _serve(platform: Platform, begin: float) -> None:
    async with platform:
        print("\n" + _welcome(platform, time.monotonic() - begin), flush=True)
        await platform.watch()


def _given() -> dict[str, str]:
    """What the person who runs us wants to be otherwise."""
    return {key: value for key, value in os.environ.items() if key.startswith(("HUYING_", "OTEL_"))}


async def _run_until_stopped() -> None:
    begin = time.monotonic()

    def progress(step: str) -> None:
        print(f"{time.monotonic() - begin:6.1f} s  {step}", flush=True)

    print("Starting …", flush=True)
    platform = Platform(DATA, Ports(), environ=_given(), progress=progress)
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            platform.kill_all()
        else:
            print("\nStopping …", flush=True)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    work = asyncio.create_task(_serve(platform, begin))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set():
        work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.platform", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("run", help="start everything (the default)")
    execute = commands.add_parser("exec", help="run a service's command on the running platform")
    execute.add_argument("service", choices=SERVICES)
    execute.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    try:
        if options.command == "exec":
            environ = Platform(DATA, Ports(), environ=_given()).environment(options.service)
            command = [*_program(options.service), *options.arguments]
            os.chdir(ROOT)
            os.execve(command[0], command, environ)  # the service's own command line
        asyncio.run(_run_until_stopped())
    except DevError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
