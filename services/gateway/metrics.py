"""What the gateway counts, in a registry of its own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, Info, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_COSTS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0, 30_000.0, 100_000.0)


class _Histogram(Collector):
    """A histogram to which adding costs a bisection: what every request counts must cost next to nothing."""

    def __init__(
        self,
        name: str,
        text: str,
        labels: Sequence[str],
        registry: CollectorRegistry,
        bounds: Sequence[float] = _SECONDS,
    ) -> None:
        self._name, self._text, self._labels, self._bounds = name, text, labels, bounds
        self._counts: dict[tuple[str, ...], list[int]] = {}
        self._sums: dict[tuple[str, ...], float] = {}
        registry.register(self)

    def observe(self, labels: tuple[str, ...], value: float) -> None:
        counts = self._counts.get(labels)
        if counts is None:
            counts = self._counts[labels] = [0] * (len(self._bounds) + 1)
            self._sums[labels] = 0.0
        counts[bisect_left(self._bounds, value)] += 1
        self._sums[labels] += value

    def collect(self) -> Iterator[HistogramMetricFamily]:
        family = HistogramMetricFamily(self._name, self._text, labels=self._labels)
        bounds = [*map(str, self._bounds), "+Inf"]
        for labels, counts in list(self._counts.items()):
            buckets = list(zip(bounds, map(float, accumulate(counts)), strict=True))
            family.add_metric(labels, buckets, self._sums[labels])
        yield family


class _Count(Collector):
    """A counter that is a dictionary."""

    def __init__(self, name: str, text: str, label: str, registry: CollectorRegistry) -> None:
        self._name, self._text, self._label = name, text, label
        self._counts: dict[str, int] = {}
        registry.register(self)

    def add(self, label: str) -> None:
        self._counts[label] = self._counts.get(label, 0) + 1

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(self._name, self._text, labels=[self._label])
        for label, count in list(self._counts.items()):
            family.add_metric([label], count)
        yield family


class Metrics:
    """Counters of one gateway process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self._requests = _Count("graphql_requests", "GraphQL requests answered.", "operation_type", registry)
        self._errors = Counter("graphql_errors", "GraphQL errors sent to clients.", ["code"], registry=registry)
        self._duration = _Histogram(
            "http_server_request_duration_seconds", "Time to answer a GraphQL request.", (), registry
        )
        self._plan_cache = _Count("plan_cache_requests", "Lookups of query plans.", "result", registry)
        self._subgraph = _Histogram(
            "subgraph_request_duration_seconds", "Time a subgraph took to answer.", ("service", "outcome"), registry
        )
        self._cost = _Histogram(
            "demand_control_cost_estimated", "Estimated cost of operations that ran.", (), registry, _COSTS
        )
        self._too_expensive = Counter(
            "demand_control_too_expensive", "Operations that ran above the limit, while measuring.", registry=registry
        )
        self._reloads = Counter(
            "supergraph_reloads", "Versions of the supergraph file looked at.", ["outcome"], registry=self.registry
        )
        self._loaded_at = Gauge(
            "supergraph_loaded_timestamp_seconds", "When the supergraph served was loaded.", registry=self.registry
        )
        self._supergraph = Info("supergraph", "The supergraph served.", registry=self.registry)
        self._documents = Counter(
            "persisted_documents", "Look-ups of persisted documents.", ["outcome"], registry=self.registry
        )
        self._retries = Counter(
            "subgraph_retries", "Subgraph requests sent again.", ["service"], registry=self.registry
        )
        self._circuit = Gauge(
            "circuit_breaker_state", "0 closed, 1 half open, 2 open.", ["service"], registry=self.registry
        )
        self._short_circuits = Counter(
            "circuit_breaker_short_circuits",
            "Subgraph requests not sent as its circuit is open.",
            ["service"],
            registry=self.registry,
        )
        self.streams = Gauge("subscriptions_clients_active", "Open subscriptions.", registry=self.registry)

    def request(self, operation_type: str, seconds: float) -> None:
        self._requests.add(operation_type)
        self._duration.observe((), seconds)

    def errors(self, errors: list[dict[str, object]]) -> None:
        for error in errors:
            extensions = error.get("extensions")
            code = extensions.get("code", "NONE") if isinstance(extensions, dict) else "NONE"
            # A subgraph chooses its codes: only what looks like one may become a label.
            label = code if isinstance(code, str) and code.isupper() and len(code) <= 64 else "OTHER"
            self._errors.labels(label).inc()

    def plan_cache(self, hit: bool) -> None:
        self._plan_cache.add("hit" if hit else "miss")

    def cost(self, estimate: int, *, too_high: bool) -> None:
        self._cost.observe((), estimate)
        if too_high:
            self._too_expensive.inc()

    def supergraph_loaded(self, digest: str) -> None:
        self._loaded_at.set_to_current_time()
        self._supergraph.info({"id": digest})

    def supergraph_reload(self, outcome: str) -> None:
        self._reloads.labels(outcome).inc()

    def persisted_document(self, outcome: str) -> None:
        self._documents.labels(outcome).inc()

    def subgraph_retry(self, service: str) -> None:
        self._retries.labels(service).inc()

    def circuit_state(self, service: str, state: str) -> None:
        self._circuit.labels(service).set({"closed": 0, "half_open": 1, "open": 2}[state])

    def circuit_short_circuit(self, service: str) -> None:
        self._short_circuits.labels(service).inc()

    def subgraph_request(self, service: str, seconds: float, outcome: str) -> None:
        self._subgraph.observe((service, outcome), seconds)

    def render(self) -> bytes:
        return generate_latest(self.registry)
