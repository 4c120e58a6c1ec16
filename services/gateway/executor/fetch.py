"""One subgraph request: built from merged data, sent, merged back, its errors put where the client sees them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import orjson
from opentelemetry import propagate, trace

from services.chassis import telemetry
from services.gateway.errors import SubgraphFailed
from services.gateway.executor.inflight import InFlight, audience
from services.gateway.executor.merge import deep_merge
from services.gateway.executor.node_fetch import NodeSubgraph
from services.gateway.executor.passthrough import read_raw
from services.gateway.executor.paths import compile_collect, locate
from services.gateway.executor.representations import Prepared, compile_prepare, compile_represent, prepare
from services.gateway.executor.traffic import Traffic
from services.gateway.executor.transport import Answer, RequestTooLarge
from services.gateway.header_rules import Received
from services.gateway.node_fields import NODE_GRAPH
from services.gateway.planner.fetch_steps import LIST, OnType, ResponsePath
from services.gateway.planner.query_plan import EntityLookup, Fetch, QueryPlan, Rename
from services.gateway.supergraph import Supergraph

Data = dict[str, Any]
Error = dict[str, Any]
Place = tuple[str | int, ...]

UNEXPECTED_CODES = frozenset({"INTERNAL", "INTERNAL_SERVER_ERROR"})
MASKED_MESSAGE = "An unexpected error occurred."


class Observer(Protocol):
    """What is told about every subgraph request."""

    def subgraph_request(self, service: str, seconds: float, outcome: str) -> None: ...


@dataclass(slots=True)
class Execution:
    """What one client request carries through its fetches."""

    traffic: Traffic
    headers: Mapping[str, str]
    """Sent to every subgraph."""
    variables: Mapping[str, Any]
    deadline: float
    """On the event loop's clock."""
    subgraph_seconds: float
    observer: Observer
    errors: list[Error] = field(default_factory=list)
    unknown: set[Place] = field(default_factory=set)
    """Where an object is that its subgraph does not know, or not for this caller."""
    shared: InFlight[Answer] | None = None
    """Where identical subgraph requests meet; None when each is sent, as for everything below a mutation."""
    answered: list[tuple[int, Received]] | None = None
    """The headers of every subgraph answer by the number of its fetch; None when no rule wants them."""


class CompiledFetch:
    """A fetch with everything made that does not depend on a request."""

    def __init__(self, supergraph: Supergraph, fetch: Fetch, shared: frozenset[ResponsePath]) -> None:
        self.supergraph = supergraph
        self.fetch = fetch
        self.url = supergraph.subgraph_url(fetch.graph, fetch.kind)
        self.service = fetch.service
        self.used = tuple(sorted(fetch.variables))
        head = orjson.dumps({"query": fetch.operation, "operationName": fetch.operation_name})
        self.head = head[:-1] + b',"variables":'
        self.lookups = tuple(_CompiledLookup(supergraph, item, shared) for item in fetch.lookups)
        self.renames = _compile_renames(supergraph, fetch.renames)
        self.node_subgraph = NodeSubgraph(supergraph, fetch) if fetch.graph == NODE_GRAPH else None

    async def run(self, data: Data, execution: Execution) -> None:
        """Fetch and merge into `data`; a failure becomes an error and the data stays partial."""
        try:
            await self._fetch(data, execution)
        except SubgraphFailed as err:
            execution.errors.extend(self._failure(err))
        except RecursionError:
            execution.errors.extend(self._failure(_too_deep(self.service)))

    async def _fetch(self, data: Data, execution: Execution, only: Sequence[Data] | None = None) -> None:
        """Ask once, then again for less where a lookup's `required` did not come; `only` narrows lookups to these objects.

        Raises:
            SubgraphFailed: there is no answer.
        """
        variables = {name: execution.variables[name] for name in self.used if name in execution.variables}
        asked: list[tuple[_CompiledLookup, list[tuple[Data, int]]]] = []
        targets: list[Data] = []
        lacking: list[tuple[CompiledFetch, list[Data]]] = []
        total = 0
        if self.lookups:
            for lookup in self.lookups:
                try:
                    representations, found, lost = lookup.prepare(data, only)
                except orjson.JSONEncodeError as err:
                    raise _too_deep(self.service) from err
                total += len(representations)
                variables[lookup.plan.variable] = representations
                asked.append((lookup, found))
                if lost and (less := lookup.without_required) is not None:
                    lacking.append((less, lost))
        elif self.fetch.path:
            targets = [target for _, target in locate(self.supergraph, data, self.fetch.path)]
            if not targets:
                return
        if self.lookups and not total:
            pass  # nothing to ask for
        elif self.node_subgraph is not None:
            self._take(self.node_subgraph.answer(variables), data, asked, targets, execution)
        else:
            answer = self._read(await self._ask(self._content(variables), execution))
            self._take(answer, data, asked, targets, execution)
        for fetch, lost in lacking:
            await fetch._fetch(data, execution, lost)

    def _take(
        self,
        answer: Data,
        data: Data,
        asked: list[tuple[_CompiledLookup, list[tuple[Data, int]]]],
        targets: list[Data],
        execution: Execution,
    ) -> None:
        """Merge an answer into `data`, and put its errors where the client sees them."""
        payload = answer.get("data")
        errors = answer.get("errors")
        if errors:
            self._place_errors(errors, data, asked, execution)
        elif not isinstance(payload, dict):
            empty = SubgraphFailed("SUBGRAPH_REQUEST_FAILED", "The subgraph sent no data.", service=self.service)
            execution.errors.extend(self._failure(empty))
        if not isinstance(payload, dict):
            return
        if self.lookups:
            for lookup, found in asked:
                if unknown := lookup.merge(payload.get(lookup.plan.field), found):
                    places = self._places(data, lookup, found)
                    execution.unknown.update(place for position in unknown for place in places.get(position, ()))
            return
        for rename in self.renames:
            rename(payload)
        if not self.fetch.path:
            if data:
                deep_merge(data, payload)
            else:
                data.update(payload)
        else:
            for target in targets:
                deep_merge(target, payload)

    def request_body(self, execution: Execution) -> bytes:
        """The body of a root fetch, whose variables are all the client's."""
        variables = {name: execution.variables[name] for name in self.used if name in execution.variables}
        return self._content(variables)

    def _content(self, variables: Data) -> bytes:
        """The body of a request. Raises SubgraphFailed when what another subgraph sent cannot be sent on."""
        try:
            return self.head + orjson.dumps(variables) + b"}"
        except orjson.JSONEncodeError as err:
            raise _too_deep(self.service) from err

    async def pass_through(self, data: Data, execution: Execution) -> orjson.Fragment | None:
        """The subgraph's `data` as it came; None when it had to be looked at, and was put into `data` as `run` does.

        For a root fetch that `is_exact`.
        """
        try:
            received = await self._ask(self.request_body(execution), execution)
            raw = read_raw(received.body) if received.status < 400 else None
            if raw is not None:
                return raw
            answer = self._read(received)
        except SubgraphFailed as err:
            execution.errors.extend(self._failure(err))
            return None
        self._take(answer, data, [], [], execution)
        return None

    def take_event(self, payload: Data, execution: Execution) -> Data:
        """The data of one event of a subscription; its errors go to `execution`."""
        self._place_errors(payload.get("errors") or [], {}, [], execution)
        data = payload.get("data")
        if not isinstance(data, dict):
            return {}
        for rename in self.renames:
            rename(data)
        return data

    async def _ask(self, content: bytes, execution: Execution) -> Answer:
        """Send a request and read the answer, or share that of an identical request under way.

        Raises:
            SubgraphFailed: nothing came, or nothing came in time.
        """
        most = execution.traffic.seconds(self.service, execution.subgraph_seconds)
        timeout = min(most, execution.deadline - asyncio.get_running_loop().time())
        try:
            if timeout <= 0:
                raise TimeoutError
            shared = execution.shared
            if shared is None:
                received = await self._send(content, execution, timeout)
            else:
                key = (self.url, content, audience(execution.headers))
                received = await shared.share(key, lambda: self._send(content, execution, timeout), timeout)
            if execution.answered is not None:
                rules = execution.traffic.response_rules(self.service)
                execution.answered.append((self.fetch.number, (rules, received.headers)))
            return received
        except TimeoutError as err:
            raise SubgraphFailed(
                "SUBGRAPH_REQUEST_TIMEOUT",
                "The subgraph did not answer in time.",
                service=self.service,
            ) from err
        except RequestTooLarge as err:
            raise SubgraphFailed(
                "SUBGRAPH_REQUEST_TOO_LARGE",
                "The request is larger than what its way to the subgraph carries.",
                service=self.service,
            ) from err
        except ConnectionError as err:
            raise SubgraphFailed(
                "SUBGRAPH_REQUEST_FAILED",
                "The subgraph could not be reached.",
                service=self.service,
            ) from err

    async def _send(self, content: bytes, execution: Execution, timeout: float) -> Answer:
        started = time.perf_counter()
        outcome = "error"
        try:
            with self._span(execution.headers) as headers:
                received = await execution.traffic.post(
                    self.service, self.url, content, headers, timeout, safe=self.fetch.kind == "query"
                )
            outcome = "ok" if received.status < 400 else "status"
            return received
        except TimeoutError:
            outcome = "timeout"
            raise
        except SubgraphFailed:
            outcome = "short_circuit"
            raise
        finally:
            execution.observer.subgraph_request(self.service, time.perf_counter() - started, outcome)

    @contextlib.contextmanager
    def _span(self, headers: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
        """A client span in a recorded trace, and the headers that make it the subgraph's parent."""
        if not (telemetry.traced() and trace.get_current_span().is_recording()):
            yield headers
            return
        attributes = {"graphql.operation.name": self.fetch.operation_name, "huying.subgraph": self.service}
        with telemetry.tracer().start_as_current_span(
            "graphql.subgraph.operation", kind=trace.SpanKind.CLIENT, attributes=attributes
        ):
            own = dict(headers)
            propagate.inject(own)
            yield own

    def _read(self, received: Answer) -> Data:
        """The GraphQL response in an answer. Raises SubgraphFailed."""
        try:
            answer = orjson.loads(received.body)
        except orjson.JSONDecodeError:
            answer = None
        if isinstance(answer, dict):
            explained = isinstance(answer.get("errors"), list) and bool(answer["errors"])
            if explained or ("data" in answer and received.status < 400):
                return answer
        raise SubgraphFailed(
            "SUBGRAPH_REQUEST_FAILED",
            f"The subgraph answered with status {received.status} and no GraphQL response.",
            service=self.service,
            status=received.status,
        )

    # Errors --------------------------------------------------------------------------------------

    def _failure(self, err: SubgraphFailed) -> list[Error]:
        extensions: Data = {"code": err.code, "serviceName": err.service}
        if err.status is not None:
            extensions["http"] = {"status": err.status}
        paths = [item.plan.path for item in self.lookups] or [self.fetch.path]
        errors: list[Error] = []
        for path in dict.fromkeys(map(_certain_part, paths)):
            error: Error = {"message": err.message}
            if path:
                error["path"] = list(path)
            error["extensions"] = dict(extensions)
            errors.append(error)
        return errors

    def _place_errors(
        self,
        errors: Any,
        data: Data,
        asked: list[tuple[_CompiledLookup, list[tuple[Data, int]]]],
        execution: Execution,
    ) -> None:
        by_field = {item.plan.field: (item, found) for item, found in asked}
        places: dict[str, dict[int, list[Place]]] = {}
        for error in errors if isinstance(errors, list) else []:
            public = public_error(error, self.service)
            path = _path(error)
            if not path:
                execution.errors.append(public)
            elif path[0] in by_field:
                name = str(path[0])
                lookup, found = by_field[name]
                if name not in places:
                    places[name] = self._places(data, lookup, found)
                execution.errors.extend(_entity_errors(public, path, lookup, places[name]))
            elif not self.fetch.path:
                execution.errors.append({**public, "path": path})
            else:
                for place, _ in locate(self.supergraph, data, self.fetch.path):
                    execution.errors.append({**public, "path": [*place, *path]})

    def _places(self, data: Data, lookup: _CompiledLookup, found: list[tuple[Data, int]]) -> dict[int, list[Place]]:
        """Where the client sees the entities that were asked for, by their positions in the request."""
        positions = {id(target): position for target, position in found}
        places: dict[int, list[Place]] = {}
        for place, target in locate(self.supergraph, data, lookup.plan.path):
            position = positions.get(id(target))
            if position is not None:
                places.setdefault(position, []).append(place)
        return places


class _CompiledLookup:
    """One `_entities` call of a fetch."""

    def __init__(self, supergraph: Supergraph, plan: EntityLookup, shared: frozenset[ResponsePath]) -> None:
        self.plan = plan
        self.supergraph = supergraph
        self._prepare = compile_prepare(supergraph, plan)
        self._shared = shared
        self.renames = _compile_renames(supergraph, _below(plan))
        base = without_types(plan.path)
        keys = [*plan.selections.fields]
        for nested in plan.selections.fragments.values():
            keys.extend(nested.fields)
        # When no other fetch writes into the same objects, the entity's keys are simply taken over.
        self.is_plain = not any((*base, key) in shared for key in keys)

    @cached_property
    def without_required(self) -> CompiledFetch | None:
        """Made when it is needed, which is seldom."""
        fetch = self.plan.without_required
        return None if fetch is None else CompiledFetch(self.supergraph, fetch, self._shared)

    def prepare(self, data: Data, only: Sequence[Data] | None) -> Prepared:
        """The representations of all objects at the lookup's place, or of `only` these."""
        if only is not None:
            return prepare(only, compile_represent(self.plan))
        try:
            return self._prepare(data)
        except (AttributeError, TypeError):
            # A subgraph sent another shape than it promised: take what can be used.
            found = [target for _, target in locate(self.supergraph, data, self.plan.path)]
            return prepare(found, compile_represent(self.plan))

    def merge(self, entities: Any, found: list[tuple[Data, int]]) -> set[int]:
        """Write the entities into the objects that were found; the positions of those the subgraph does not know."""
        unknown: set[int] = set()
        if not isinstance(entities, list):
            return unknown
        count = len(entities)
        for rename in self.renames:
            for entity in entities:
                if isinstance(entity, dict):
                    rename(entity)
        for target, position in found:
            entity = entities[position] if position < count else None
            if type(entity) is not dict:
                if entity is None and position < count:
                    unknown.add(position)
                continue
            if self.is_plain:
                target.update(entity)
            else:
                deep_merge(target, entity)
        return unknown


def _below(plan: EntityLookup) -> tuple[Rename, ...]:
    """A lookup's renames relative to its entities."""
    depth = len(plan.path)
    return tuple(Rename(item.path[depth:], item.alias, item.key) for item in plan.renames)


def _compile_renames(supergraph: Supergraph, renames: tuple[Rename, ...]) -> list[Callable[[Data], None]]:
    return [_compile_rename(supergraph, item) for item in renames]


def _compile_rename(supergraph: Supergraph, rename: Rename) -> Callable[[Data], None]:
    # The alias exists only on objects of the type it was made for, so types need no check.
    collect = compile_collect(supergraph, without_types(rename.path))

    def apply(payload: Data) -> None:
        try:
            targets = collect(payload)
        except (AttributeError, TypeError):
            return  # not the promised shape: the projection says where
        for target in targets:
            if rename.alias in target:
                deep_merge(target, {rename.key: target.pop(rename.alias)})

    return apply


def without_types(path: ResponsePath) -> tuple[str, ...]:
    return tuple(segment for segment in path if not isinstance(segment, OnType))


def _certain_part(path: ResponsePath) -> tuple[str, ...]:
    """The part of a path that is one place: everything before the first list or type condition."""
    certain: list[str] = []
    for segment in path:
        if isinstance(segment, OnType) or segment == LIST:
            break
        certain.append(segment)
    return tuple(certain)


def _too_deep(service: str) -> SubgraphFailed:
    return SubgraphFailed("SUBGRAPH_REQUEST_FAILED", "The data nests too deeply.", service=service)


def _path(error: Any) -> list[str | int]:
    """The path of an error; empty when it has none, or one that is not a path."""
    path = error.get("path") if isinstance(error, dict) else None
    if not isinstance(path, list) or not all(type(part) in (str, int) for part in path):
        return []
    return path


def _entity_errors(
    public: Error, path: list[str | int], lookup: _CompiledLookup, places: Mapping[int, list[Place]]
) -> list[Error]:
    """One error for each real place of the entity the subgraph names by its position."""
    if len(path) < 2 or not isinstance(path[1], int):
        certain = _certain_part(lookup.plan.path)
        return [{**public, "path": list(certain)} if certain else public]
    renamed = {item.alias: item.key for item in lookup.plan.renames}
    rest = [renamed.get(part, part) if isinstance(part, str) else part for part in path[2:]]
    return [{**public, "path": [*place, *rest]} for place in places.get(path[1], ())]


def public_error(error: Any, service: str) -> Error:
    """A subgraph's error as clients may see it.

    A code says that the subgraph meant it to be read, and so its reason. Everything else is unexpected, and its text stays inside.
    """
    extensions = error.get("extensions") if isinstance(error, dict) else None
    code, reason = (extensions.get("code"), extensions.get("reason")) if isinstance(extensions, dict) else (None, None)
    if isinstance(code, str) and code and code not in UNEXPECTED_CODES:
        shown = {"code": code, "serviceName": service}
        if isinstance(reason, str):
            shown["reason"] = reason
        return {"message": str(error.get("message", "")), "extensions": shown}
    return {
        "message": MASKED_MESSAGE,
        "extensions": {"code": code if isinstance(code, str) and code else "INTERNAL", "serviceName": service},
    }


class CompiledPlan:
    """A query plan ready to run any number of times."""

    def __init__(self, supergraph: Supergraph, plan: QueryPlan) -> None:
        self.plan = plan
        shared = _shared_composites(plan)
        self.waves = tuple(tuple(CompiledFetch(supergraph, fetch, shared) for fetch in wave) for wave in plan.waves)
        self.node_subgraphs = tuple(
            fetch.node_subgraph for wave in self.waves for fetch in wave if fetch.node_subgraph is not None
        )

    async def run(self, data: Data, execution: Execution, *, skip_waves: int = 0) -> None:
        """Run the waves one after another, the fetches of a wave together."""
        for wave in self.waves[skip_waves:]:
            if len(wave) == 1:
                await wave[0].run(data, execution)
            else:
                async with asyncio.TaskGroup() as group:
                    for fetch in wave:
                        group.create_task(fetch.run(data, execution))
        for subgraph in self.node_subgraphs:
            subgraph.confirm(data)


def _shared_composites(plan: QueryPlan) -> frozenset[ResponsePath]:
    """Places of objects that more than one fetch writes into."""
    seen: set[ResponsePath] = set()
    shared: set[ResponsePath] = set()
    for fetch in plan.fetches:
        roots = [(item.path, item.selections) for item in fetch.lookups]
        if fetch.selections is not None:
            roots.append((fetch.path, fetch.selections))
        for path, selections in roots:
            own: set[ResponsePath] = set()
            sets = [selections, *selections.fragments.values()]
            pending = [(without_types(path), item) for item in sets]
            while pending:
                base, item = pending.pop()
                for key, found in item.fields.items():
                    if found.selections is None:
                        continue
                    own.add((*base, key))
                    below = (*base, key, *(LIST,) * found.type.list_depth)
                    pending.append((below, found.selections))
                    pending += [(below, nested) for nested in found.selections.fragments.values()]
            shared |= seen & own
            seen |= own
    return frozenset(shared)
