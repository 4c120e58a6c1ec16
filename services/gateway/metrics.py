"""What the gateway counts, in a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counters of one gateway process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "graphql_requests", "GraphQL requests answered.", ["operation_type"], registry=self.registry
        )
        self._errors = Counter("graphql_errors", "GraphQL errors sent to clients.", ["code"], registry=self.registry)
        self._duration = Histogram(
            "http_server_request_duration_seconds",
            "Time to answer a GraphQL request.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._plan_cache = Counter("plan_cache_requests", "Lookups of query plans.", ["result"], registry=self.registry)
        self._plan_hit = self._plan_cache.labels("hit")
        self._plan_miss = self._plan_cache.labels("miss")
        self._subgraph = Histogram(
            "subgraph_request_duration_seconds",
            "Time a subgraph took to answer.",
            ["service", "outcome"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        # Looking a label up costs more than counting: the few there are are kept.
        self._subgraph_children: dict[tuple[str, str], Histogram] = {}
        self._reloads = Counter(
            "supergraph_reloads", "Versions of the supergraph file looked at.", ["outcome"], registry=self.registry
        )
        self._loaded_at = Gauge(
            "supergraph_loaded_timestamp_seconds", "When the supergraph served was loaded.", registry=self.registry
        )
        self._supergraph = Info("supergraph", "The supergraph served.", registry=self.registry)
        self.streams = Gauge("subscriptions_clients_active", "Open subscriptions.", registry=self.registry)

    def request(self, operation_type: str, seconds: float) -> None:
        self._requests.labels(operation_type).inc()
        self._duration.observe(seconds)

    def errors(self, errors: list[dict[str, object]]) -> None:
        for error in errors:
            extensions = error.get("extensions")
            code = extensions.get("code", "NONE") if isinstance(extensions, dict) else "NONE"
            # A subgraph chooses its codes: only what looks like one may become a label.
            label = code if isinstance(code, str) and code.isupper() and len(code) <= 64 else "OTHER"
            self._errors.labels(label).inc()

    def plan_cache(self, hit: bool) -> None:
        (self._plan_hit if hit else self._plan_miss).inc()

    def supergraph_loaded(self, digest: str) -> None:
        self._loaded_at.set_to_current_time()
        self._supergraph.info({"id": digest})

    def supergraph_reload(self, outcome: str) -> None:
        self._reloads.labels(outcome).inc()

    def subgraph_request(self, service: str, seconds: float, outcome: str) -> None:
        child = self._subgraph_children.get((service, outcome))
        if child is None:
            child = self._subgraph_children[service, outcome] = self._subgraph.labels(service, outcome)
        child.observe(seconds)

    def render(self) -> bytes:
        return generate_latest(self.registry)
