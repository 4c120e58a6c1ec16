"""`make bench-gateway`: our gateway and the Node gateways, the same load on each in turn, the ratios between them.

Each is one process pinned to one core; the subgraphs and the load share the others. All use the supergraph that our
composer makes. Figures go to `.data/bench/`.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence

from bench.gateway import federation
from bench.gateway.contestants import CONTESTANTS, NODE, Contestant, Start, install
from bench.gateway.federation import Json
from bench.gateway.load import Job, Measured
from dev.places import DATA, ROOT
from dev.processes import HOST, Child, DevError, free_port, wait_until
from services.gateway.supergraph import load_supergraph

PLACE = DATA / "bench" / "gateway"
CONNECTIONS = 50


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scenario:
    title: str
    shared: bool = False
    latency_ms: float = 0.0
    never_seen: bool = False
    with_references: bool = False


SCENARIOS = {
    "a": Scenario(title="nothing shared", with_references=True),
    "b": Scenario(title="identical requests under way answered once, of clients and to subgraphs", shared=True),
    "c": Scenario(title="nothing shared, each subgraph answers after 4 ms", latency_ms=4.0),
    "d": Scenario(title="nothing shared, an operation never seen before each time", never_seen=True),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """How much to measure."""

    contestants: Sequence[Contestant]
    operations: Sequence[str]
    seconds: float
    warm_up: float
    rounds: int
    profile: bool


def main() -> int:
    """The command line."""
    names = [contestant.name for contestant in CONTESTANTS]
    parser = argparse.ArgumentParser(prog="python -m bench.gateway", description=__doc__)
    parser.add_argument("--only", type=_choices(names), default=names, help=f"some of {','.join(names)}")
    parser.add_argument("--scenario", type=_choices(SCENARIOS), default=list(SCENARIOS), help="some of a,b,c,d")
    parser.add_argument("--operation", type=_choices(federation.OPERATIONS), default=list(federation.OPERATIONS))
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--warm-up", type=float, default=8.0, help="processor seconds on the load before, for Node")
    parser.add_argument("--rounds", type=int, default=3, help="the median one by processor time counts")
    parser.add_argument("--profile", action="store_true", help="record ours with py-spy, which must be on the PATH")
    options = parser.parse_args()
    plan = Plan(
        contestants=[contestant for contestant in CONTESTANTS if contestant.name in options.only],
        operations=options.operation,
        seconds=options.seconds,
        warm_up=options.warm_up,
        rounds=options.rounds,
        profile=options.profile,
    )
    try:
        return measure(plan, options.scenario)
    except DevError as err:
        print(err, file=sys.stderr)
        return 1


def measure(plan: Plan, scenarios: Sequence[str]) -> int:
    """Measure, print and save. Returns 1 when any gateway gave a wrong answer."""
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        raise DevError("The gateways are compared on Linux with two cores or more: one is theirs alone.")
    if any(contestant.needs_node for contestant in plan.contestants):
        install(NODE)
    machine = {
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    result: Json = {
        "machine": machine,
        "connections": CONNECTIONS,
        "seconds": plan.seconds,
        "warm_up": plan.warm_up,
        "scenarios": {},
    }
    wrong = False
    for letter in scenarios:
        scenario = SCENARIOS[letter]
        measured = _scenario(scenario, plan)
        result["scenarios"][letter] = {
            operation: {name: run.as_json() for name, run in runs.items()} for operation, runs in measured.items()
        }
        print(f"\n({letter}) {scenario.title}; {CONNECTIONS} connections")
        for operation, runs in measured.items():
            _print_table(operation, runs)
            wrong = wrong or any(run.wrong for run in runs.values())
    file = DATA / "bench" / f"gateway-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.json"
    file.write_text(json.dumps(result, indent=2))
    print(f"\nsaved: {file.relative_to(ROOT)}")
    if wrong:
        print("A gateway gave wrong answers; its figures say nothing.", file=sys.stderr)
    return int(wrong)


def _scenario(scenario: Scenario, plan: Plan) -> dict[str, dict[str, Measured]]:
    """The median round of each contestant, by operation and name."""
    ports = {name: free_port() for name in federation.SUBGRAPHS}
    urls = {name: f"http://{HOST}:{port}/graphql" for name, port in ports.items()}
    PLACE.mkdir(parents=True, exist_ok=True)
    supergraph = PLACE / "supergraph.graphql"
    supergraph.write_text(federation.supergraph(urls), encoding="utf-8")
    schema = load_supergraph(supergraph.read_text(encoding="utf-8")).schema
    measured: dict[str, dict[str, Measured]] = {}
    with _subgraphs(ports, scenario.latency_ms):
        for name in plan.operations:
            operation = federation.never_seen(name) if scenario.never_seen else federation.OPERATIONS[name]
            expected = federation.expected(schema, operation)
            answer = PLACE / f"{name}.json"
            answer.write_text(json.dumps(expected, separators=(",", ":")))
            rounds: dict[str, list[Measured]] = {}
            # Round by round, so that a noisy minute of the machine meets everybody.
            for number in range(plan.rounds):
                for contestant in plan.contestants:
                    if name not in contestant.operations or not (contestant.is_gateway or scenario.with_references):
                        continue
                    print(f"{scenario.title}: {name}, {contestant.title}, round {number + 1} …", flush=True)
                    start = Start(
                        port=free_port(),
                        supergraph=supergraph,
                        accounts_url=urls["accounts"],
                        shared=scenario.shared,
                        answer=answer,
                        node=NODE,
                    )
                    run = _run(contestant, start, plan, operation, expected, ports["accounts"])
                    rounds.setdefault(contestant.name, []).append(run)
            measured[name] = {name: _median(runs) for name, runs in rounds.items()}
    return measured


def _run(
    contestant: Contestant, start: Start, plan: Plan, operation: str, expected: Json, counts_port: int
) -> Measured:
    """One contestant under load. Raises DevError when it does not start or answers wrongly before the load."""
    command = ["taskset", "--cpu-list", str(_cores()[-1]), *contestant.command(start)]
    log = PLACE / f"{contestant.name}.log"
    environ = contestant.environ(start)
    gateway = Child(contestant.title, [shutil.which(command[0]) or command[0], *command[1:]], log, environ=environ)
    try:
        wait_until(lambda: _ask(start.port, operation) is not None, gateway, seconds=60)
        if (found := _ask(start.port, operation)) != expected:
            raise DevError(f"{contestant.title} answers wrongly: {json.dumps(found)[:500]}")
        job = Job(
            name=contestant.title,
            port=start.port,
            counts_port=counts_port,
            process=gateway.pid,
            operation=operation,
            expected=expected,
            seconds=plan.seconds,
            # Nothing is compiled while Python runs: a second fills its caches.
            warm_up=plan.warm_up if contestant.needs_node else 1.0,
            connections=CONNECTIONS,
        )
        with _profile(gateway.pid, plan) if contestant.name == "ours" else contextlib.nullcontext():
            load = subprocess.run(
                [*_off_the_gateways_core(), sys.executable, "-m", "bench.gateway.load"],
                input=json.dumps(dataclasses.asdict(job)),
                capture_output=True,
                text=True,
                cwd=ROOT,
                check=False,
            )
        if load.returncode:
            raise DevError(f"The load on {contestant.title} failed: {load.stderr[-1500:]}")
        return Measured.from_json(json.loads(load.stdout))
    finally:
        gateway.stop(2)


@contextlib.contextmanager
def _subgraphs(ports: Mapping[str, int], latency_ms: float) -> Iterator[None]:
    command = [sys.executable, "-m", "bench.gateway.subgraphs", f"--latency-ms={latency_ms}"]
    command += [f"{name}={port}" for name, port in ports.items()]
    taskset, *more = _off_the_gateways_core()
    child = Child(
        "subgraphs", [shutil.which(taskset) or taskset, *more, *command], PLACE / "subgraphs.log", directory=ROOT
    )
    try:
        wait_until(lambda: all(_counts(port) is not None for port in ports.values()), child)
        yield
    finally:
        child.stop(2)


@contextlib.contextmanager
def _profile(process: int, plan: Plan) -> Iterator[None]:
    """Record the process while the load is measured, if the plan says so."""
    if not plan.profile:
        yield
        return
    spy = shutil.which("py-spy")
    if spy is None:
        raise DevError("--profile needs py-spy on the PATH.")
    flame = PLACE / f"flame-{time.strftime('%H%M%S', time.gmtime())}.svg"
    seconds = str(max(1, int(plan.seconds)))
    recorder = subprocess.Popen(
        [*_off_the_gateways_core(), spy, "record", "--pid", str(process), "--duration", seconds, "--output", flame],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield
    recorder.wait()
    print(f"recorded: {flame.relative_to(ROOT)}")


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0))


def _off_the_gateways_core() -> list[str]:
    return ["taskset", "--cpu-list", ",".join(map(str, _cores()[:-1]))]


def _ask(port: int, operation: str) -> Json | None:
    """The answer of a gateway, None while nobody listens."""
    request = urllib.request.Request(
        f"http://{HOST}:{port}/graphql",
        json.dumps({"query": operation}).encode(),
        {"content-type": "application/json", "accept": "application/json"},
    )
    with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=30) as answer:
        found: Json = json.load(answer)
        return found
    return None


def _counts(port: int) -> Json | None:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=5) as answer:
        found: Json = json.load(answer)
        return found
    return None


def _median(runs: Sequence[Measured]) -> Measured:
    middle = statistics.median_low(run.cpu_ms for run in runs)
    chosen = next(run for run in runs if run.cpu_ms == middle)
    return dataclasses.replace(chosen, wrong=sum(run.wrong for run in runs))


def _print_table(operation: str, runs: Mapping[str, Measured]) -> None:
    columns = ("CPU ms", "core %", "req/s", "p50 ms", "p95 ms", "p99 ms", "peak MB", "fetches", "wrong")
    print(f"\n  {operation:34}" + "".join(f"{column:>10}" for column in columns))
    for run in runs.values():
        figures = run.figures
        times = (figures.per_second, figures.p50_ms, figures.p95_ms, figures.p99_ms)
        busy = round(run.cpu_ms * figures.per_second / 10)
        cells = (f"{run.cpu_ms:.3f}", busy, *times, run.peak_mb, run.fetches, run.wrong)
        print(f"  {figures.name:34}" + "".join(f"{cell:>10}" for cell in cells))
    ours = runs.get("ours")
    node = {c.name: runs[c.name] for c in CONTESTANTS if c.needs_node and c.name in runs}
    if ours is None or not node:
        return
    best = max(node.values(), key=lambda run: run.figures.per_second)
    print()
    _print_ratio("CPU: best Node / ours", min(run.cpu_ms for run in node.values()) / ours.cpu_ms, operation, "best")
    _print_ratio("req/s: ours / best Node", ours.figures.per_second / best.figures.per_second, operation, "best")
    if "apollo" in node:
        apollo = node["apollo"]
        _print_ratio("CPU: Apollo / ours", apollo.cpu_ms / ours.cpu_ms, operation, "apollo")
        _print_ratio("req/s: ours / Apollo", ours.figures.per_second / apollo.figures.per_second, operation, "apollo")
    p99 = ours.figures.p99_ms / min(run.figures.p99_ms for run in node.values())
    print(f"  p99: ours / best Node             {p99:>10.2f}   (goal: at most 0.50)")
    memory = ours.peak_mb / min(run.peak_mb for run in node.values())
    print(f"  memory: ours / least Node         {memory:>10.2f}   (goal: under 0.20)")


GOALS = {("deep", "best"): 1.5, ("deep", "apollo"): 2.5, ("tiny", "best"): 2.5}


def _print_ratio(title: str, ratio: float, operation: str, against: str) -> None:
    goal = GOALS.get((operation, against))
    print(f"  {title:34}{ratio:>10.2f}" + (f"   (goal: at least {goal})" if goal else ""))


def _choices(allowed: Mapping[str, object] | Sequence[str]):  # type: ignore[no-untyped-def]
    """An argument of names separated by commas, each one of `allowed`."""

    def read(text: str) -> list[str]:
        names = text.split(",")
        if unknown := set(names) - set(allowed):
            raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: not in {', '.join(allowed)}")
        return names

    return read


if __name__ == "__main__":
    sys.exit(main())
