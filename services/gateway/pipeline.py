"""The stages of an operation, in order, and the caches around them; HTTP is `endpoint.py`'s concern."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import orjson
from graphql import DocumentNode

from services.gateway.cache import Cache
from services.gateway.errors import PlanningFailed, RequestRefused, SubscriptionEnded
from services.gateway.executor.fetch import CompiledPlan, Execution
from services.gateway.executor.inflight import InFlight, audience
from services.gateway.executor.traffic import Traffic
from services.gateway.executor.transport import Answer, Transport
from services.gateway.header_rules import response_headers
from services.gateway.metrics import Metrics
from services.gateway.planner.graph import Graph
from services.gateway.stages.authorize import Authorization, Demands, refuse_operation, unmet_demands
from services.gateway.stages.demand import DemandControl, compile_cost
from services.gateway.stages.execute import execute
from services.gateway.stages.limits import Limits, check_limits
from services.gateway.stages.normalize import SelectedOperation, normalize, select_operation
from services.gateway.stages.parse import parse_document
from services.gateway.stages.plan import PreparedOperation, draw_labels, prepare_plan, prepare_projection
from services.gateway.stages.receive import GraphQLRequest
from services.gateway.stages.validate import validate_document
from services.gateway.stages.variables import coerce_variables
from services.gateway.subscriptions.running import RunningSubscription
from services.gateway.subscriptions.source import same_source, source_events
from services.gateway.supergraph import Supergraph
from services.gateway.traffic_rules import TrafficRules

if TYPE_CHECKING:
    from services.chassis.identity import Caller

T = TypeVar("T")

log = logging.getLogger(__name__)

MAX_CACHED_CHARACTERS = 4_000_000
"""Query text each cache keeps at most."""

WARM_UP_SECONDS = 10.0
"""How long a new supergraph waits for the plans of known operations."""

QUICK_CHARACTERS = 500
"""An operation up to this long is prepared at once: handing it to the planning thread would cost more than planning it."""

QUICK_SECONDS = 0.005
QUICK_SELECTIONS = 500
"""What preparing an operation at once may come to; beyond, the planning thread takes it over from the start."""

PreparedKey = tuple[str, str | None, tuple[bool, ...], frozenset[str], Demands]
"""Text, operation name, values of the condition variables, active override labels, demands the caller does not meet."""


@dataclass(frozen=True, kw_only=True)
class PipelineOptions:
    limits: Limits
    request_seconds: float = 30.0
    subgraph_seconds: float = 20.0
    planning_seconds: float = 5.0
    cache_size: int = 1_000
    introspection: bool = True
    traffic: TrafficRules = field(default_factory=TrafficRules)
    share_client_requests: bool = False
    share_subgraph_requests: bool = False
    authorization: Literal["filter", "reject"] = "filter"
    demand: DemandControl = DemandControl()
    show_cost: bool = False


class Generation:
    """One supergraph and everything cached for it; a request keeps its generation to the end."""

    def __init__(self, supergraph: Supergraph, options: PipelineOptions, metrics: Metrics) -> None:
        self.supergraph = supergraph
        self.authorization = Authorization(supergraph)
        size = options.cache_size
        # Weighed by the text's length, so that long documents cannot fill the memory.
        self.documents: Cache[DocumentNode | RequestRefused] = Cache(size, weight=MAX_CACHED_CHARACTERS)
        self.operations: Cache[SelectedOperation] = Cache(size, weight=MAX_CACHED_CHARACTERS)
        self.prepared: Cache[PreparedOperation] = Cache(size, metrics.plan_cache, weight=MAX_CACHED_CHARACTERS)
        self.plans: Cache[CompiledPlan] = Cache(size, weight=MAX_CACHED_CHARACTERS)
        self._graphs: Cache[Graph] = Cache(16)

    def graph(self, labels: frozenset[str]) -> Graph:
        known = self._graphs.get(labels)
        if known is None:
            known = Graph(self.supergraph, labels)
            self._graphs.put(labels, known)
        return known


class ResponseWithHeaders(dict[str, Any]):
    """A GraphQL response with headers of subgraphs that go to the client beside it."""

    def __init__(self, response: Mapping[str, Any], headers: list[tuple[str, str]]) -> None:
        super().__init__(response)
        self.headers = headers


@dataclass(frozen=True, slots=True)
class ReadyOperation:
    """An operation about to run, with the generation it was planned for."""

    generation: Generation
    prepared: PreparedOperation
    request: GraphQLRequest
    labels: frozenset[str]
    """The progressive overrides drawn for it."""
    caller: Caller | None
    cost: int | None = None
    """What it may cost, where that is looked at."""


def _quickly(prepare: Callable[..., PreparedOperation]) -> PreparedOperation | None:
    """What `prepare` comes to when it may not take long; None when that is nothing."""
    try:
        return prepare(quickly=True)
    except (RequestRefused, PlanningFailed):
        return None  # the planning thread has more time, or says why it cannot be


class Pipeline:
    """parse → limits → validate → select → variables → authorise → normalise → demand control → plan → execute → project."""

    def __init__(self, options: PipelineOptions, transport: Transport, metrics: Metrics) -> None:
        self.options = options
        self.traffic = Traffic(transport, options.traffic, metrics)
        # A cookie is for one client, however alike two of them ask.
        self._shares_client_requests = options.share_client_requests and not self.traffic.returns_cookies
        self._shares_subgraph_requests = options.share_subgraph_requests and not self.traffic.returns_cookies
        self.metrics = metrics
        self.generation: Generation | None = None
        self._client_requests: InFlight[dict[str, Any]] = InFlight()
        self._subgraph_requests: InFlight[Answer] = InFlight()
        self._subscriptions: dict[RunningSubscription, ReadyOperation] = {}
        self._moving: asyncio.Task[None] | None = None
        # One thread: planning holds the interpreter, more would only slow the event loop down.
        self._planning = ThreadPoolExecutor(1, thread_name_prefix="planning")

    def load(self, supergraph: Supergraph) -> None:
        """Serve this supergraph from the next request on."""
        self._serve(Generation(supergraph, self.options, self.metrics))

    async def replace(self, supergraph: Supergraph, *, warm_up: int) -> None:
        """Serve this supergraph once the operations used last are planned for it.

        Args:
            warm_up: how many operations at most; it also ends after WARM_UP_SECONDS.
        """
        generation = Generation(supergraph, self.options, self.metrics)
        if self.generation is not None:
            loop = asyncio.get_running_loop()
            until = loop.time() + WARM_UP_SECONDS
            for key in self.generation.prepared.recent(warm_up):
                if loop.time() > until:
                    break
                # One job each, so that requests waiting for a plan come in between.
                await loop.run_in_executor(self._planning, self._warm, generation, cast("PreparedKey", key))
        self._serve(generation)

    def _serve(self, generation: Generation) -> None:
        self.generation = generation
        if self._moving is not None:
            self._moving.cancel()
        if self._subscriptions:
            self._moving = asyncio.create_task(self._move_subscriptions())

    async def _move_subscriptions(self) -> None:
        """Plan running subscriptions for the present generation; those it does not allow, or not unbroken, end."""
        for subscription, ready in list(self._subscriptions.items()):
            try:
                moved = await self.prepare(ready.request, ready.caller, labels=ready.labels)
            except RequestRefused:
                subscription.end()
                continue
            except Exception:
                log.exception("a subscription cannot be moved to the new supergraph")
                subscription.end()
                continue
            if subscription not in self._subscriptions:
                continue
            if same_source(ready.prepared.plan.waves[0][0], moved.prepared.plan.waves[0][0]):
                self._subscriptions[subscription] = moved
            else:
                subscription.end()
            # Known operations are planned without waiting: let requests come in between.
            await asyncio.sleep(0)

    def _warm(self, generation: Generation, key: PreparedKey) -> None:
        """Prepare what another generation knew under this key, if it still can be."""
        text, name, values, labels, unmet = key
        try:
            selected = self._select(generation, GraphQLRequest(text, name))
            conditions = dict(zip(selected.condition_variables, values, strict=True))
            selected = self._authorized(generation, selected, conditions, unmet, None)
            prepared = self._prepare(generation, selected, conditions, labels)
        except (RequestRefused, PlanningFailed):
            return
        generation.prepared.put(key, prepared, len(text))

    def close(self) -> None:
        if self._moving is not None:
            self._moving.cancel()
        self._planning.shutdown(wait=False, cancel_futures=True)

    async def prepare(
        self,
        request: GraphQLRequest,
        caller: Caller | None = None,
        *,
        allow_mutation: bool = True,
        labels: frozenset[str] | None = None,
    ) -> ReadyOperation:
        """Everything before execution, for a caller whose token was verified or for nobody.

        Args:
            labels: the progressive overrides to use, as far as the supergraph has them; drawn when None.

        Raises:
            RequestRefused: at any stage.
        """
        generation = self.generation
        if generation is None:
            raise RequestRefused(
                "NO_SUPERGRAPH_AVAILABLE", "No supergraph is loaded yet.", status=503, headers={"retry-after": "10"}
            )
        selected = await self._selected(generation, request)
        if selected.kind == "mutation" and not allow_mutation:
            raise RequestRefused(
                "MUTATION_NOT_ALLOWED_OVER_HTTP_GET",
                "Mutations must be sent with POST.",
                status=405,
                headers={"allow": "POST"},
            )
        if selected.introspects and not self.options.introspection:
            raise RequestRefused("INTROSPECTION_DISABLED", "Introspection is switched off.", well_formed=True)
        supergraph = generation.supergraph
        conditions = coerce_variables(supergraph.schema, selected, request.variables)
        labels = draw_labels(supergraph) if labels is None else labels & supergraph.override_labels
        unmet = unmet_demands(selected, caller)
        key = (request.query, request.operation_name, tuple(conditions.values()), labels, unmet)
        prepared = generation.prepared.get(key)
        if prepared is None:
            selected = self._authorized(generation, selected, conditions, unmet, caller)
            work = partial(self._prepare, generation, selected, conditions, labels)
            prepared = await generation.prepared.get_or_make(
                key,
                lambda: self._in_thread(work),
                len(request.query),
                at_once=partial(_quickly, work) if len(request.query) <= QUICK_CHARACTERS else None,
            )
        if selected.kind == "subscription" and not prepared.plan.waves:
            # Nothing would ever come: the one field it selects is forbidden or skipped.
            if unmet:
                raise refuse_operation(caller)
            raise RequestRefused("BAD_REQUEST", "The subscription selects nothing.", well_formed=True)
        cost = None
        if prepared.cost is not None:
            demand = self.options.demand
            cost = demand.estimate(prepared.cost, request.variables)
            if cost is not None:
                self.metrics.cost(cost, too_high=cost > demand.max_cost)
        return ReadyOperation(generation, prepared, request, labels, caller, cost)

    def _authorized(
        self,
        generation: Generation,
        selected: SelectedOperation,
        conditions: Mapping[str, bool],
        unmet: Demands,
        caller: Caller | None,
    ) -> SelectedOperation:
        """The operation as far as a caller who does not meet these demands may see it; refused where that is the mode."""
        restricted = generation.authorization.restrict(selected, conditions, unmet)
        if restricted.forbidden.nodes and self.options.authorization == "reject":
            raise refuse_operation(caller)
        return restricted

    def _document(self, generation: Generation, text: str) -> DocumentNode:
        known = generation.documents.get(text)
        if known is None:
            try:
                known = parse_document(text, max_tokens=self.options.limits.max_tokens)
                check_limits(known, self.options.limits)
                validate_document(generation.supergraph.schema, known)
            except RequestRefused as err:
                known = err
            generation.documents.put(text, known, len(text))
        if isinstance(known, RequestRefused):
            raise known
        return known

    def _select(self, generation: Generation, request: GraphQLRequest) -> SelectedOperation:
        key = (request.query, request.operation_name)
        known = generation.operations.get(key)
        if known is None:
            document = self._document(generation, request.query)
            known = generation.authorization.with_demands(select_operation(document, request.operation_name))
            generation.operations.put(key, known, len(request.query))
        return known

    async def _selected(self, generation: Generation, request: GraphQLRequest) -> SelectedOperation:
        """The operation a request names; a long document is parsed and validated in the planning thread."""
        key = (request.query, request.operation_name)
        known = generation.operations.get(key)
        if known is not None:
            return known
        if len(request.query) <= QUICK_CHARACTERS:
            return self._select(generation, request)
        return await generation.operations.get_or_make(
            key, lambda: self._in_thread(partial(self._select, generation, request)), len(request.query)
        )

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._planning, work)
        except PlanningFailed as err:
            raise RequestRefused(err.code, str(err), status=500) from err

    def _prepare(
        self,
        generation: Generation,
        selected: SelectedOperation,
        conditions: Mapping[str, bool],
        labels: frozenset[str],
        *,
        quickly: bool = False,
    ) -> PreparedOperation:
        """Normalise, plan and compile.

        Raises:
            RequestRefused, PlanningFailed: not possible, or not as quickly as demanded.
        """
        max_selections = self.options.limits.max_selections or sys.maxsize
        seconds = self.options.planning_seconds
        if quickly:
            max_selections, seconds = min(max_selections, QUICK_SELECTIONS), min(seconds, QUICK_SECONDS)
        operation = normalize(generation.supergraph, selected, conditions, max_selections=max_selections)
        cost = None
        demand = self.options.demand
        if demand.max_cost:
            cost = compile_cost(generation.supergraph, operation, demand.list_size)
            if cost.constant is not None:
                demand.refuse_above(cost.constant)
        # Differently written operations that mean the same share one plan.
        key = (operation.kind, operation.name, operation.selections, tuple(operation.variables.items()), labels)
        plan = generation.plans.get(key)
        if plan is None:
            plan = prepare_plan(generation.graph(labels), operation, seconds)
            generation.plans.put(key, plan, sum(len(fetch.operation) for fetch in plan.plan.fetches))
        return prepare_projection(generation.supergraph, selected, conditions, plan, cost)

    def _execution(self, ready: ReadyOperation, headers: Mapping[str, str], *, share: bool = False) -> Execution:
        return Execution(
            self.traffic,
            headers,
            ready.request.variables,
            asyncio.get_running_loop().time() + self.options.request_seconds,
            self.options.subgraph_seconds,
            self.metrics,
            shared=self._subgraph_requests if share else None,
            answered=[] if self.traffic.returns_headers else None,
        )

    async def execute(self, ready: ReadyOperation, headers: Mapping[str, str]) -> dict[str, Any]:
        """Run a query or mutation; `headers` go to every subgraph. The response may be another caller's too.

        Raises:
            RequestRefused: 504, an identical request that this one waited for took too long.
        """
        if ready.prepared.kind == "mutation":
            try:
                return await self._run(ready, headers, share=False)
            finally:
                # Who reads after this must not be given what was read before it.
                self._client_requests.forget()
                self._subgraph_requests.forget()
        if not self._shares_client_requests:
            return await self._run(ready, headers, share=self._shares_subgraph_requests)
        key = (ready.prepared, orjson.dumps(ready.request.variables), audience(headers))
        try:
            return await self._client_requests.share(
                key, lambda: self._run_once(ready, headers), self.options.request_seconds
            )
        except TimeoutError as err:
            raise RequestRefused("GATEWAY_TIMEOUT", "The request took too long.", status=504) from err

    async def _run(self, ready: ReadyOperation, headers: Mapping[str, str], *, share: bool) -> dict[str, Any]:
        execution = self._execution(ready, headers, share=share)
        response = await execute(ready.generation.supergraph.schema, ready.prepared, execution)
        if self.options.show_cost and ready.cost is not None:
            response["extensions"] = {"cost": {"estimated": ready.cost, "max": self.options.demand.max_cost}}
        if execution.answered is None:
            return response
        cacheable = ready.prepared.kind == "query" and "errors" not in response
        in_plan_order = [answer for _, answer in sorted(execution.answered, key=itemgetter(0))]
        return ResponseWithHeaders(response, response_headers(in_plan_order, cacheable=cacheable))

    async def _run_once(self, ready: ReadyOperation, headers: Mapping[str, str]) -> dict[str, Any]:
        """For several callers: written as JSON once."""
        response = await self._run(ready, headers, share=self._shares_subgraph_requests)
        response["data"] = orjson.Fragment(orjson.dumps(response["data"]))
        return response

    async def subscribe(
        self, ready: ReadyOperation, headers: Mapping[str, str]
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Run a subscription: a response for each event, until the source ends or the caller stops.

        Events after a reload are answered by the new generation.

        Raises:
            RequestRefused: a reload since `prepare` made the operation invalid.
            SubgraphFailed: the source cannot be opened or breaks off.
            SubscriptionEnded: a reload made the operation invalid or its source another, or an event came when the
                caller's token had expired.
        """
        while ready.generation is not self.generation:
            ready = await self.prepare(ready.request, ready.caller, labels=ready.labels)
        subscription = RunningSubscription()
        self._subscriptions[subscription] = ready
        try:
            async with aclosing(
                source_events(ready.prepared.plan.waves[0][0], self._execution(ready, headers))
            ) as events:
                while (payload := await subscription.next(events)) is not None:
                    ready = self._subscriptions[subscription]
                    if ready.caller is not None and ready.caller.expires_at <= time.time():
                        raise SubscriptionEnded("UNAUTHENTICATED", "The token has expired.")
                    execution = self._execution(ready, headers)
                    data = ready.prepared.plan.waves[0][0].take_event(payload, execution)
                    yield await execute(ready.generation.supergraph.schema, ready.prepared, execution, data)
        finally:
            del self._subscriptions[subscription]
