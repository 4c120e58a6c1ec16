"""Headers by rule, time budgets, retries and circuit breakers between the gateway and its subgraphs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from services.gateway.errors import ConfigurationInvalid, SubgraphFailed
from services.gateway.executor.breaker import Breaker
from services.gateway.executor.traffic import RetryBudget, Traffic
from services.gateway.executor.transport import Answer
from services.gateway.header_rules import most_restrictive
from services.gateway.metrics import Metrics
from services.gateway.traffic_rules import CircuitBreaker, Retry, SubgraphTraffic, TrafficRules, read_traffic_rules
from tests.gateway.federation import Ref, World
from tests.gateway.servers import Suite, suite

REPORTS = """
type Query { report: Report }
type Mutation { close: Report }
type Report @key(fields: "id") { id: ID! title: String }
"""
POSTS = 'type Report @key(fields: "id") { id: ID! post: String }'
BOTH = "{ report { title post } }"


@asynccontextmanager
async def serving(tmp_path: Path, rules: str = "", **settings: Any) -> AsyncIterator[Suite]:
    world = World({"report": Ref("Report", "1"), "close": Ref("Report", "1")})
    world.add("Report", "1", title="Broken lamp", post="Street 7")
    file = tmp_path / "traffic.toml"
    file.write_text(rules)
    async with suite(tmp_path, world, {"traffic": str(file), **settings}, reports=REPORTS, posts=POSTS) as started:
        yield started


async def send(started: Suite, query: str = BOTH, **headers: str) -> tuple[aiohttp.ClientResponse, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.post(started.url, json={"query": query}, headers=named) as response,
    ):
        return response, await response.json()


def received(started: Suite, service: str) -> dict[str, str]:
    return started.subgraphs[service].headers[-1]


# Request headers -----------------------------------------------------------------------------------


async def test_rules_for_all_come_before_those_of_a_subgraph(tmp_path: Path) -> None:
    rules = """
    [[request_headers]]
    propagate = "X-Tenant-*"
    [[request_headers]]
    propagate = "x-user"
    as = "X-Caller"
    default = "nobody"
    [[request_headers]]
    insert = "x-from"
    value = "gateway"

    [[subgraphs.posts.request_headers]]
    remove = "x-tenant-secret"
    [[subgraphs.posts.request_headers]]
    remove = "accept-language"
    [[subgraphs.posts.request_headers]]
    insert = "x-from"
    value = "the gateway, for posts"
    """
    async with serving(tmp_path, rules) as started:
        await send(
            started,
            x_tenant_id="7",
            x_tenant_secret="s",
            x_user="li",
            x_other="no",
            authorization="Bearer t",
            accept_language="en",
        )

        reports, posts = received(started, "reports"), received(started, "posts")
        expected = {"x-tenant-id": "7", "x-caller": "li", "authorization": "Bearer t"}
        assert expected.items() <= reports.items()
        assert expected.items() <= posts.items()
        assert (reports["x-tenant-secret"], reports["accept-language"], reports["x-from"]) == ("s", "en", "gateway")
        assert posts["x-from"] == "the gateway, for posts"
        assert posts.keys().isdisjoint({"x-tenant-secret", "accept-language", "x-user", "x-other"})
        assert reports.keys().isdisjoint({"x-user", "x-other"})

        await send(started)
        assert received(started, "reports")["x-caller"] == "nobody"


async def test_what_would_make_subgraphs_talk_about_themselves_never_comes_from_outside(tmp_path: Path) -> None:
    async with serving(tmp_path, '[[request_headers]]\npropagate = "*"\n') as started:
        await send(
            started,
            x_any="1",
            apollo_federation_include_trace="ftv1",
            apollo_expose_query_plan="true",
            te="trailers",
            connection="keep-alive, X-Hop",
            x_hop="1",
            proxy_authorization="Basic x",
            x_request_timeout_ms="999999",
        )

        headers = received(started, "reports")
        assert headers["x-any"] == "1"
        assert headers["content-type"] == "application/json"
        assert int(headers["x-request-timeout-ms"]) <= 30_000
        assert headers.keys().isdisjoint(
            {"apollo-federation-include-trace", "apollo-expose-query-plan", "te", "proxy-authorization", "x-hop"}
        )


# Response headers ----------------------------------------------------------------------------------


def answering(started: Suite, service: str, *headers: tuple[str, str]) -> None:
    started.subgraphs[service].answer_headers = list(headers)


async def test_headers_of_subgraphs_reach_the_client_merged_as_the_rules_say(tmp_path: Path) -> None:
    rules = "\n".join(
        f'[[response_headers]]\npropagate = "{name}"\nmerge = "{merge}"'
        for name, merge in (
            ("x-first", "first"),
            ("x-last", "last"),
            ("x-all*", "append"),
            ("set-cookie", "append"),
            ("cache-control", "last"),
        )
    )
    async with serving(tmp_path, rules) as started:
        for service, age in (("reports", "max-age=60"), ("posts", "max-age=5, private")):
            answering(
                started,
                service,
                ("x-first", service),
                ("x-last", service),
                ("x-all-of-it", service),
                ("x-none", service),
                ("set-cookie", f"{service}=1; Path=/"),
                ("cache-control", age),
                ("connection", "keep-alive"),
            )
        response, answer = await send(started)

        assert "errors" not in answer
        assert response.headers["x-first"] == "reports"
        assert response.headers["x-last"] == "posts"
        assert response.headers["x-all-of-it"] == "reports, posts"
        assert response.headers.getall("set-cookie") == ["reports=1; Path=/", "posts=1; Path=/"]
        assert response.headers["cache-control"] == "private, max-age=5"
        assert "x-none" not in response.headers

        response, _ = await send(started, "mutation { close { title } }")
        assert response.headers["cache-control"] == "no-store"


async def test_a_cookie_is_never_shared_by_two_clients(tmp_path: Path) -> None:
    """INVARIANT: whatever is shared between identical requests, a session a subgraph opened is not."""
    rules = '[[response_headers]]\npropagate = "set-*"\nmerge = "append"\n'
    sharing = {"share_client_requests": True, "share_subgraph_requests": True}
    async with serving(tmp_path, rules, **sharing) as started:
        started.subgraphs["reports"].delay = 0.2
        answering(started, "reports", ("set-cookie", "session=1"))
        await asyncio.gather(*(send(started, "{ report { title } }") for _ in range(3)))

        assert len(started.subgraphs["reports"].headers) == 3


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["max-age=60", "public, max-age=30"], "public, max-age=30"),
        (["max-age=60", None], "no-store"),
        (["max-age=60", "no-cache"], "no-store"),
        (["max-age=60", "max-age=60, no-store"], "no-store"),
        (["max-age=0"], "no-store"),
        (["private, max-age=10", "max-age=99"], "private, max-age=10"),
        (["nonsense"], "no-store"),
    ],
)
def test_caching_is_as_strict_as_the_strictest(values: list[str | None], expected: str) -> None:
    assert most_restrictive(values) == expected


async def test_headers_between_neighbours_and_cross_origin_permissions_stay_with_the_gateway(tmp_path: Path) -> None:
    async with serving(tmp_path, '[[response_headers]]\npropagate = "*"\n') as started:
        answering(
            started,
            "reports",
            ("connection", "keep-alive, X-Hop"),
            ("x-hop", "1"),
            ("access-control-allow-origin", "*"),
            ("x-fine", "1"),
        )
        response, _ = await send(started, "{ report { title } }")

    assert response.headers["x-fine"] == "1"
    assert "x-hop" not in response.headers
    assert "access-control-allow-origin" not in response.headers
    assert response.headers.getall("content-type") == ["application/json; charset=utf-8"]


# The file ------------------------------------------------------------------------------------------


def test_every_problem_of_the_file_is_in_one_message(tmp_path: Path) -> None:
    file = tmp_path / "traffic.toml"
    file.write_text("""
    timeout_seconds = 0
    colour = "red"
    circuit_breaker = { volume = "many" }
    request_headers = [
      { propagate = "x-*", as = "y" },
      { propagate = "host" },
      { insert = "a b", value = "1" },
      { insert = "x", value = "1\\n2" },
      { remove = "x", insert = "y", value = "" },
      { propagate = "x", colour = "red" },
    ]
    response_headers = [{ propagate = "x", merge = "join" }, { insert = "x", value = "y" }, { propagate = "Connection" }]
    [subgraphs.posts]
    timeout_seconds = "3"
    retry = { attempts = -1 }
    """)

    with pytest.raises(ConfigurationInvalid) as raised:
        read_traffic_rules(file)

    message = str(raised.value)
    for part in (
        "timeout_seconds: expected seconds",
        "colour: no such setting",
        "circuit_breaker: Expected `int`, got `str`",
        "request_headers, rule 1: a pattern cannot be renamed",
        "request_headers, rule 2: 'host' is not for rules",
        "request_headers, rule 3: 'a b' is no header name",
        "request_headers, rule 4: the value has characters",
        "request_headers, rule 5: expected one of propagate, insert, remove",
        "request_headers, rule 6: Object contains unknown field `colour`",
        "response_headers, rule 1: Invalid enum value 'join'",
        "response_headers, rule 2: expected one of propagate",
        "response_headers, rule 3: 'Connection' is not for rules",
        "subgraphs.posts.timeout_seconds: expected seconds",
        "subgraphs.posts.retry.attempts: expected 0 or more",
    ):
        assert part in message, (part, message)


def test_a_subgraph_s_section_says_only_what_differs(tmp_path: Path) -> None:
    file = tmp_path / "traffic.toml"
    file.write_text("""
    timeout_seconds = 10
    retry = { attempts = 4, budget_percent = 1.5 }
    circuit_breaker = {}
    [subgraphs.posts]
    retry = { attempts = 1 }
    circuit_breaker = false
    [subgraphs.other]
    retry = false
    """)

    rules = read_traffic_rules(file)

    assert rules.of("reports") == SubgraphTraffic(10, Retry(attempts=4, budget_percent=1.5), CircuitBreaker())
    assert rules.of("posts") == SubgraphTraffic(10, Retry(attempts=1, budget_percent=1.5), None)
    assert rules.of("other").retry.attempts == 0


def test_the_file_in_the_guide_is_one(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "operator.md").read_text("utf-8")
    example = re.search(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert example
    file = tmp_path / "traffic.toml"
    file.write_text(example[1].replace("…", "secret"))

    rules = read_traffic_rules(file)

    assert rules.of("lamps").timeout_seconds == 2
    assert len(rules.of("lamps").request_headers) == 5
    assert (rules.of("other").retry, rules.of("other").circuit_breaker) == (Retry(), CircuitBreaker())


async def test_rules_for_a_subgraph_that_is_not_there_are_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(tmp_path, "[subgraphs.post]\ntimeout_seconds = 1\n[subgraphs.posts]\ntimeout_seconds = 1\n"):
        (warning,) = [item for item in caplog.records if "not there" in item.message]

    assert vars(warning)["subgraphs"] == ["post"]


# Time ----------------------------------------------------------------------------------------------


async def test_a_subgraph_has_its_own_time_and_is_told_how_much_is_left(tmp_path: Path) -> None:
    rules = "[subgraphs.posts]\ntimeout_seconds = 0.2\n"
    async with serving(tmp_path, rules, request_seconds=20.0, subgraph_seconds=10.0) as started:
        started.subgraphs["posts"].delay = 5.0
        _, answer = await send(started)

        assert answer["data"] == {"report": {"title": "Broken lamp", "post": None}}
        assert answer["errors"][0]["extensions"]["code"] == "SUBGRAPH_REQUEST_TIMEOUT"
        assert 5_000 < int(received(started, "reports")["x-request-timeout-ms"]) <= 10_000
        assert 0 < int(received(started, "posts")["x-request-timeout-ms"]) <= 200


# Retries -------------------------------------------------------------------------------------------


class Script:
    """A transport that answers as it is told, one outcome after another; the last one stays."""

    def __init__(self, *outcomes: int | Exception) -> None:
        self.outcomes = list(outcomes)
        self.sent = 0

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        self.sent += 1
        if isinstance(outcome, Exception):
            raise outcome
        return Answer(outcome, b"{}", [])

    def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        raise NotImplementedError

    async def close(self) -> None:
        return None


def through(transport: Script, **rules: Any) -> Callable[..., Any]:
    every = SubgraphTraffic(**{"retry": Retry(first_seconds=0.001), **rules})
    traffic = Traffic(transport, TrafficRules(every), Metrics())

    async def post(*, safe: bool = True, timeout: float = 5.0) -> int:
        return (await traffic.post("a", "http://a", b"{}", {}, timeout, safe=safe)).status

    return post


async def test_a_query_is_asked_again_after_a_moment_s_absence() -> None:
    for outcome in (502, 503, 504, ConnectionError()):
        transport = Script(outcome, outcome, 200)
        assert await through(transport)() == 200
        assert transport.sent == 3


async def test_a_mutation_is_never_asked_twice() -> None:
    transport = Script(503, 200)

    assert await through(transport)(safe=False) == 503
    assert transport.sent == 1


async def test_what_a_retry_cannot_mend_is_not_retried() -> None:
    for outcome in (200, 400, 404, 429, 500):
        transport = Script(outcome)
        assert await through(transport)() == outcome
        assert transport.sent == 1
    transport = Script(TimeoutError())
    with pytest.raises(TimeoutError):
        await through(transport)()
    assert transport.sent == 1


async def test_retries_end_with_the_attempts_and_with_the_time() -> None:
    transport = Script(ConnectionError())
    with pytest.raises(ConnectionError):
        await through(transport)()
    assert transport.sent == 3

    patient = Script(503)
    slow = through(patient, retry=Retry(attempts=10_000, first_seconds=60.0, budget_per_second=10_000))
    assert await slow(timeout=0.05) == 503
    assert patient.sent < 100


async def test_many_failing_requests_do_not_become_many_more() -> None:
    transport = Script(503)
    post = through(transport, retry=Retry(first_seconds=0.0, budget_percent=10, budget_per_second=0))
    for _ in range(1_000):
        await post()

    assert transport.sent <= 1_000 + 1_000 * 10 // 100 + 1


def test_the_budget_fills_with_time_and_not_beyond_its_size() -> None:
    now = 0.0
    budget = RetryBudget(Retry(budget_per_second=2, budget_percent=0), lambda: now)
    while budget.spend():
        pass
    now += 1.0
    assert [budget.spend() for _ in range(3)] == [True, True, False]
    now += 1_000.0
    assert sum(budget.spend() for _ in range(100)) == 20


# Circuit breaker -----------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def run(breaker: Breaker, *outcomes: bool) -> None:
    for ok in outcomes:
        assert breaker.allows()
        breaker.report(ok)


RULES = CircuitBreaker(error_percent=50, volume=4, window_seconds=10, open_seconds=5)


def test_it_opens_at_the_rate_and_not_before_the_volume(clock: Clock) -> None:
    breaker = Breaker(RULES, clock)
    run(breaker, False, False, False)
    assert breaker.allows()
    breaker.report(True)
    assert breaker.allows()
    breaker.report(False)

    assert breaker.state == "open"
    assert not breaker.allows()


def test_old_failures_leave_the_window(clock: Clock) -> None:
    breaker = Breaker(RULES, clock)
    run(breaker, False, False, False)
    clock.now += 11
    run(breaker, True, True, True, False, False)

    assert breaker.state == "closed"


def test_one_request_tries_and_decides(clock: Clock) -> None:
    states: list[str] = []
    breaker = Breaker(RULES, clock, states.append)
    run(breaker, False, False, False, False)
    clock.now += 5
    assert breaker.allows()
    assert not breaker.allows()
    breaker.report(False)
    assert not breaker.allows()
    clock.now += 5
    assert breaker.allows()
    breaker.forget()
    assert breaker.allows()
    breaker.report(True)
    run(breaker, True, False)

    assert states == ["open", "half_open", "open", "half_open", "closed"]


async def test_a_subgraph_that_fails_is_left_alone_and_comes_back(tmp_path: Path) -> None:
    rules = "retry = false\n[subgraphs.posts]\ncircuit_breaker = { volume = 5, open_seconds = 0.2 }\n"
    async with serving(tmp_path, rules) as started:
        posts = started.subgraphs["posts"]
        posts.reply = lambda body: (503, b"busy")
        codes = []
        for _ in range(7):
            _, answer = await send(started)
            assert answer["data"]["report"]["title"] == "Broken lamp"
            codes.append(answer["errors"][0]["extensions"]["code"])
        assert codes == ["SUBGRAPH_REQUEST_FAILED"] * 5 + ["SUBGRAPH_CIRCUIT_OPEN"] * 2
        assert len(posts.headers) == 5
        value = started.gateway.metrics.registry.get_sample_value
        assert value("circuit_breaker_state", {"service": "posts"}) == 2
        assert value("circuit_breaker_short_circuits_total", {"service": "posts"}) == 2

        posts.reply = None
        async with asyncio.timeout(10):
            while "errors" in (await send(started))[1]:
                await asyncio.sleep(0.02)
        assert value("circuit_breaker_state", {"service": "posts"}) == 0


async def test_who_is_refused_by_an_open_circuit_is_told_so() -> None:
    post = through(Script(500), circuit_breaker=RULES)
    for _ in range(4):
        assert await post() == 500

    with pytest.raises(SubgraphFailed) as raised:
        await post()
    assert raised.value.code == "SUBGRAPH_CIRCUIT_OPEN"


async def test_a_caller_that_goes_away_does_not_leave_the_circuit_half_open(clock: Clock) -> None:
    """INVARIANT: a probe that ends without an answer lets another one try; else the subgraph stays away for ever."""

    class Slow(Script):
        async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
            if self.sent >= 4:
                self.sent += 1
                await asyncio.sleep(60)
            return await super().post(url, body, headers, timeout)

    transport = Slow(500)
    post = through(transport, circuit_breaker=CircuitBreaker(volume=4, open_seconds=0))
    for _ in range(4):
        await post()
    for _ in range(2):
        probe = asyncio.create_task(post())
        async with asyncio.timeout(5):
            sent = transport.sent
            while transport.sent == sent:
                await asyncio.sleep(0)
        probe.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probe
