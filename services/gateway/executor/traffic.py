"""What stands between a fetch and its subgraph: headers by rule, the time that is left, retries, a circuit breaker.

All of it but two dictionary look-ups is off the way of a request to a subgraph that is well and has no rules.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from fnmatch import fnmatchcase
from typing import Protocol

from services.gateway.errors import SubgraphFailed
from services.gateway.executor.breaker import Breaker, State
from services.gateway.executor.transport import Answer, Transport
from services.gateway.header_rules import BUDGET_HEADER, ResponseRule, request_headers, wanted_by
from services.gateway.traffic_rules import Retry, TrafficRules

WORTH_RETRYING = frozenset({502, 503, 504})
FAILURES = frozenset({500, 502, 503, 504})
LONGEST_BACKOFF_SECONDS = 2.0

Post = Callable[[str, bytes, Mapping[str, str], float], Awaitable[Answer]]


class Observer(Protocol):
    """What is told when a subgraph is not well."""

    def subgraph_retry(self, service: str) -> None: ...

    def circuit_state(self, service: str, state: str) -> None: ...

    def circuit_short_circuit(self, service: str) -> None: ...


class RetryBudget:
    """Tokens: every request earns a part of one, every second some, each retry costs one (so retries cannot multiply)."""

    def __init__(self, rules: Retry, clock: Callable[[], float]) -> None:
        self._rules = rules
        self._clock = clock
        self._most = max(rules.budget_per_second * 10, 1.0)
        self._tokens = self._most
        self._filled_at = clock()
        self.requests = 0
        """Sent since tokens were last counted."""

    def spend(self) -> bool:
        """Take a token for a retry; false when there is none."""
        now = self._clock()
        earned = (now - self._filled_at) * self._rules.budget_per_second
        earned += self.requests * self._rules.budget_percent / 100
        self._tokens = min(self._most, self._tokens + earned)
        self._filled_at = now
        self.requests = 0
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class _Service:
    """One subgraph's rules, compiled, and how it has been doing."""

    def __init__(self, name: str, traffic: Traffic, observer: Observer, clock: Callable[[], float]) -> None:
        own = traffic.rules.of(name)
        self.timeout = own.timeout_seconds
        self.retry = own.retry
        self.headers = request_headers(own.request_headers, traffic.pick) if traffic.pick else None
        self.response_rules: tuple[ResponseRule, ...] = own.response_headers
        self.budget = RetryBudget(own.retry, clock)
        self.breaker: Breaker | None = None
        if own.circuit_breaker is not None:

            def changed(state: State) -> None:
                observer.circuit_state(name, state)

            self.breaker = Breaker(own.circuit_breaker, clock, changed)
            observer.circuit_state(name, "closed")


class Traffic:
    """Sends requests to subgraphs by name, by their rules. Make it inside the event loop."""

    def __init__(self, transport: Transport, rules: TrafficRules, observer: Observer) -> None:
        self.transport = transport
        self.rules = rules
        self._observer = observer
        self._services: dict[str, _Service] = {}
        every = [rule for item in (rules.every, *rules.named.values()) for rule in item.request_headers]
        self.pick = wanted_by(every) if every else None
        """Picks from the client's headers what rules need; None when no rule is about them."""
        returned = [
            rule.propagate.lower() for item in (rules.every, *rules.named.values()) for rule in item.response_headers
        ]
        self.returns_headers = bool(returned)
        self.returns_cookies = any(fnmatchcase("set-cookie", pattern) for pattern in returned)

    def _service(self, name: str) -> _Service:
        known = self._services.get(name)
        if known is None:
            loop = asyncio.get_running_loop()
            known = self._services[name] = _Service(name, self, self._observer, loop.time)
        return known

    def seconds(self, service: str, most: float) -> float:
        """How long one request to a subgraph may take."""
        own = self._service(service).timeout
        return most if own is None else own

    def response_rules(self, service: str) -> tuple[ResponseRule, ...]:
        return self._service(service).response_rules

    async def post(
        self, service: str, url: str, body: bytes, headers: Mapping[str, str], timeout: float, *, safe: bool
    ) -> Answer:
        """Send a request; again, when it is `safe` to and the subgraph seems to be away only for a moment.

        Raises:
            TimeoutError, ConnectionError: as the transport does, in the end.
            SubgraphFailed: SUBGRAPH_CIRCUIT_OPEN, the subgraph is being left alone.
        """
        known = self._services.get(service) or self._service(service)
        sent = dict(headers) if known.headers is None else known.headers(headers)
        sent[BUDGET_HEADER] = str(int(timeout * 1000))
        known.budget.requests += 1
        started = asyncio.get_running_loop().time()
        send = self.transport.post if known.breaker is None else self._guarded(known.breaker, service)
        try:
            answer = await send(url, body, sent, timeout)
            if not safe or answer.status not in WORTH_RETRYING:
                return answer
        except ConnectionError as err:
            if not safe:
                raise
            return await self._again(err, known, service, send, url, body, sent, started + timeout)
        return await self._again(answer, known, service, send, url, body, sent, started + timeout)

    async def _again(
        self,
        last: Answer | ConnectionError,
        known: _Service,
        service: str,
        send: Post,
        url: str,
        body: bytes,
        sent: dict[str, str],
        deadline: float,
    ) -> Answer:
        """Ask again until it succeeds, as long as attempts, time and budget last; then whatever came last counts."""
        clock = asyncio.get_running_loop().time
        for attempt in range(known.retry.attempts):
            pause = min(known.retry.first_seconds * 2**attempt, LONGEST_BACKOFF_SECONDS) * random.random()
            if pause >= deadline - clock() or not known.budget.spend():
                break
            self._observer.subgraph_retry(service)
            await asyncio.sleep(pause)
            left = deadline - clock()
            sent[BUDGET_HEADER] = str(int(left * 1000))
            try:
                last = await send(url, body, sent, left)
                if last.status not in WORTH_RETRYING:
                    return last
            except ConnectionError as err:
                last = err
        if isinstance(last, Answer):
            return last
        raise last

    def _guarded(self, breaker: Breaker, service: str) -> Post:
        """The transport's `post` behind a circuit breaker."""

        async def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
            if not breaker.allows():
                self._observer.circuit_short_circuit(service)
                raise SubgraphFailed(
                    "SUBGRAPH_CIRCUIT_OPEN", "The subgraph fails and is left alone for a moment.", service=service
                )
            try:
                answer = await self.transport.post(url, body, headers, timeout)
            except (TimeoutError, ConnectionError):
                breaker.report(False)
                raise
            except BaseException:
                breaker.forget()
                raise
            breaker.report(answer.status not in FAILURES)
            return answer

        return post

    def stream(self, service: str, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """Open a stream; see Transport.stream. Streams are not retried: their clients reconnect."""
        known = self._service(service)
        own = known.headers(headers) if known.headers is not None else headers
        return self.transport.stream(url, body, own)
