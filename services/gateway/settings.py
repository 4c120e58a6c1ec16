"""The gateway's settings: each field is the environment variable `HUYING_<FIELD>`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from services.chassis.settings import Secret, SettingsError, read
from services.gateway.errors import ConfigurationInvalid
from services.gateway.pipeline import PipelineOptions
from services.gateway.registry.persisted_documents import Mode as PersistedDocumentsMode
from services.gateway.registry.persisted_documents import PersistedDocuments, read_manifest
from services.gateway.stages.demand import DemandControl
from services.gateway.stages.limits import Limits
from services.gateway.stages.respond import StatusProfile
from services.gateway.traffic_rules import TrafficRules, read_traffic_rules


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What `serve` needs. Times are seconds, sizes bytes."""

    supergraph: str
    """Path of the supergraph SDL."""
    supergraph_poll_seconds: float = 5.0
    """How often the file is looked at for a newer version; 0 for on SIGHUP only."""
    supergraph_optional: bool = False
    """Start without a good file and answer 503 until there is one."""
    warm_up_operations: int = 200
    """Operations planned before a newer supergraph serves, the latest used first."""
    node: bool = False
    """Add `node(id:)`, `nodes(ids:)` and `nodeId`, unless the supergraph has its own."""
    listen: str = "127.0.0.1:4000"
    subgraph_urls: str = ""
    """`name=url,name=url`, overriding the URLs of the supergraph."""
    subscription_urls: str = ""
    """The same for subscriptions only; `ws://` and `wss://` mean graphql-transport-ws, anything else server-sent events."""
    nats_url: str = ""
    """Servers, separated by commas; needed where a subgraph's URL is `nats://subject`."""
    nats_user: str = ""
    nats_password: Secret = Secret("")
    traffic: str = ""
    """Path of the traffic file: timeouts, retries, circuit breakers and header rules, for all and by subgraph."""
    jwks_url: str = ""
    """When set, a bearer token is verified before anything else."""
    jwt_issuer: str = ""
    jwt_audience: str = "huying"
    jwt_policies_claim: str = "policies"
    """The claim that lists the policies a caller satisfies, for `@policy`."""
    authorization: Literal["filter", "reject"] = "filter"
    """What the caller may not see is null with an error, or the whole operation is refused."""
    max_body_bytes: int = 1_048_576
    max_header_bytes: int = 65_536
    body_seconds: float = 10.0
    request_seconds: float = 30.0
    subgraph_seconds: float = 20.0
    planning_seconds: float = 5.0
    max_depth: int = 30
    max_aliases: int = 100
    max_directives: int = 200
    max_root_fields: int = 100
    max_tokens: int = 10_000
    max_selections: int = 20_000
    max_cost: int = 0
    """What an operation may cost by `@cost` and `@listSize`; 0 switches demand control off."""
    list_size: int = 10
    """Items assumed in a list of which the schema says nothing."""
    cost_mode: Literal["enforce", "measure"] = "enforce"
    """Refuse what is too expensive, or only count it."""
    show_cost: bool = False
    """Tell the estimate in `extensions.cost` of every answer; for development."""
    cache_size: int = 1_000
    introspection: bool = True
    status_profile: StatusProfile = "2025"
    """Which draft of GraphQL over HTTP the statuses follow."""
    persisted_documents: PersistedDocumentsMode = "off"
    persisted_manifest: str = ""
    """Path of the documents by id: a plain map, Relay's or Apollo's manifest."""
    expose_query_plan: bool = False
    """Answer with the query plan when a request has the header `x-query-plan`; for development."""
    graphiql: bool = True
    cors_origins: str = ""
    """Origins that browsers may call from, separated by commas; `*` for any."""
    max_streams: int = 10_000
    """Long-lived clients served at once: SSE streams and WebSocket subscriptions."""
    share_client_requests: bool = False
    """Answer identical queries of the same caller that are under way at the same time once."""
    share_subgraph_requests: bool = False
    """The same for the requests that queries make to subgraphs."""
    log_level: str = "INFO"

    def url_overrides(self) -> dict[str, str]:
        """Subgraph URLs by name.

        Raises:
            ConfigurationInvalid: a part is not `name=url`.
        """
        return parse_urls(_parts(self.subgraph_urls))

    def subscription_url_overrides(self) -> dict[str, str]:
        """URLs for subscriptions by subgraph name. Raises ConfigurationInvalid as `url_overrides`."""
        return parse_urls(_parts(self.subscription_urls))

    def documents(self, observe: Callable[[str], None] = lambda _: None) -> PersistedDocuments:
        """The persisted documents. Raises ConfigurationInvalid."""
        manifest = read_manifest(Path(self.persisted_manifest)) if self.persisted_manifest else None
        if manifest is None and self.persisted_documents == "require":
            raise ConfigurationInvalid("HUYING_PERSISTED_DOCUMENTS=require needs HUYING_PERSISTED_MANIFEST")
        return PersistedDocuments(self.persisted_documents, manifest, observe)

    def pipeline_options(self) -> PipelineOptions:
        """What the stages need to know. Raises ConfigurationInvalid."""
        return PipelineOptions(
            limits=Limits(
                max_depth=self.max_depth,
                max_aliases=self.max_aliases,
                max_directives=self.max_directives,
                max_root_fields=self.max_root_fields,
                max_tokens=self.max_tokens,
                max_selections=self.max_selections,
            ),
            request_seconds=self.request_seconds,
            subgraph_seconds=self.subgraph_seconds,
            planning_seconds=self.planning_seconds,
            cache_size=self.cache_size,
            introspection=self.introspection,
            share_client_requests=self.share_client_requests,
            share_subgraph_requests=self.share_subgraph_requests,
            traffic=self.traffic_rules(),
            authorization=self.authorization,
            demand=DemandControl(self.max_cost, self.list_size, self.cost_mode),
            show_cost=self.show_cost,
        )

    def traffic_rules(self) -> TrafficRules:
        """What the traffic file says; nothing without one. Raises ConfigurationInvalid."""
        return read_traffic_rules(Path(self.traffic)) if self.traffic else TrafficRules()


def _parts(text: str) -> list[str]:
    return [part for part in text.split(",") if part.strip()]


def parse_urls(pairs: list[str]) -> dict[str, str]:
    """`name=url` pairs as a mapping. Raises ConfigurationInvalid naming every bad one."""
    urls: dict[str, str] = {}
    problems: list[str] = []
    for pair in pairs:
        name, separator, url = pair.strip().partition("=")
        if not separator or not name or not url:
            problems.append(f"expected NAME=URL, got {pair!r}")
        else:
            urls[name] = url
    if problems:
        raise ConfigurationInvalid("; ".join(problems))
    return urls


def from_env(environ: Mapping[str, str]) -> Settings:
    """Settings from the environment. Raises ConfigurationInvalid with every problem in one message."""
    try:
        return read(Settings, environ)
    except SettingsError as err:
        raise ConfigurationInvalid(str(err)) from err
