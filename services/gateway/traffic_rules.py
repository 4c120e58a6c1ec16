"""The traffic file (TOML): how long each subgraph may take, when it is asked again or left alone, which headers pass.

What stands at the top holds for every subgraph; `[subgraphs.NAME]` comes after it, and says only what differs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from services.gateway.errors import ConfigurationInvalid
from services.gateway.header_rules import Insert, Propagate, Remove, RequestRule, ResponseRule, problems_of

T = TypeVar("T")


class Retry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a query is asked again after a 502, 503, 504 or a broken connection."""

    attempts: int = 2
    """How often at most, after the first time; 0 for never."""
    first_seconds: float = 0.05
    """Backoff before the first, doubled for each that follows; a random part of it is waited."""
    budget_percent: float = 20.0
    """Retries may add this much to the requests of a subgraph…"""
    budget_per_second: float = 5.0
    """…and this many a second whatever the load is."""


class CircuitBreaker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a subgraph that fails is left alone for a while."""

    error_percent: float = 50.0
    volume: int = 20
    """Requests in the window before the percentage says anything."""
    window_seconds: float = 10.0
    open_seconds: float = 5.0
    """How long it is left alone before one request tries it."""


class SubgraphTraffic(msgspec.Struct, frozen=True):
    """What holds for one subgraph."""

    timeout_seconds: float | None = None
    retry: Retry = Retry()
    circuit_breaker: CircuitBreaker | None = None
    """None for none."""
    request_headers: tuple[RequestRule, ...] = ()
    response_headers: tuple[ResponseRule, ...] = ()


class TrafficRules(msgspec.Struct, frozen=True):
    """What holds for all of them, and for each that is named."""

    every: SubgraphTraffic = SubgraphTraffic()
    named: Mapping[str, SubgraphTraffic] = {}

    def of(self, service: str) -> SubgraphTraffic:
        return self.named.get(service, self.every)


def read_traffic_rules(file: Path) -> TrafficRules:
    """The rules in a file. Raises ConfigurationInvalid with every problem in one message."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
        raise ConfigurationInvalid(f"{file}: {err}") from err
    reader = _Reader()
    subgraphs = content.pop("subgraphs", {})
    every = reader.section(content, "", SubgraphTraffic())
    named: dict[str, SubgraphTraffic] = {}
    if not isinstance(subgraphs, dict) or not all(isinstance(item, dict) for item in subgraphs.values()):
        reader.problems.append("subgraphs: expected a table [subgraphs.NAME] for each")
    else:
        named = {name: reader.section(item, f"subgraphs.{name}.", every) for name, item in subgraphs.items()}
    if reader.problems:
        raise ConfigurationInvalid(f"{file}: " + "; ".join(reader.problems))
    return TrafficRules(every, named)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def section(self, table: dict[str, Any], place: str, above: SubgraphTraffic) -> SubgraphTraffic:
        known = SubgraphTraffic.__struct_fields__
        self.problems += [f"{place}{name}: no such setting" for name in table if name not in known]
        timeout = table.get("timeout_seconds", above.timeout_seconds)
        if timeout is not None and (not isinstance(timeout, int | float) or isinstance(timeout, bool) or timeout <= 0):
            self.problems.append(f"{place}timeout_seconds: expected seconds, more than 0")
        return SubgraphTraffic(
            timeout,
            self._convert(table, "retry", place, Retry, above.retry) or Retry(),
            self._convert(table, "circuit_breaker", place, CircuitBreaker, above.circuit_breaker),
            (*above.request_headers, *self._rules(table, place, "request")),
            (*above.response_headers, *self._rules(table, place, "response")),
        )

    def _convert(self, table: dict[str, Any], name: str, place: str, kind: type[T], above: T | None) -> T | None:
        if name not in table:
            return above
        given = table[name]
        if given is False:
            return Retry(attempts=0) if kind is Retry else None  # type: ignore[return-value]  # kind is Retry
        base = msgspec.to_builtins(above) if above is not None else {}
        try:
            found = msgspec.convert({**base, **given} if isinstance(given, dict) else given, kind)
        except msgspec.ValidationError as err:
            self.problems.append(f"{place}{name}: {err}")
            return above
        low = [field for field in kind.__struct_fields__ if getattr(found, field) < 0]  # type: ignore[attr-defined]
        self.problems += [f"{place}{name}.{field}: expected 0 or more" for field in low]
        return found

    def _rules(self, table: dict[str, Any], place: str, side: Literal["request", "response"]) -> Iterator[Any]:
        name = f"{side}_headers"
        given = table.get(name, [])
        if not isinstance(given, list):
            self.problems.append(f"{place}{name}: expected a list of rules")
            return
        for number, item in enumerate(given, 1):
            where = f"{place}{name}, rule {number}"
            kinds: dict[str, Any] = {"propagate": Propagate if side == "request" else ResponseRule}
            if side == "request":
                kinds |= {"insert": Insert, "remove": Remove}
            verbs = [verb for verb in kinds if isinstance(item, dict) and verb in item]
            if len(verbs) != 1:
                self.problems.append(f"{where}: expected one of {', '.join(kinds)}")
                continue
            try:
                rule = msgspec.convert(item, kinds[verbs[0]])
            except msgspec.ValidationError as err:
                self.problems.append(f"{where}: {err}")
                continue
            found = problems_of(rule)
            self.problems += [f"{where}: {problem}" for problem in found]
            if not found:
                yield rule
