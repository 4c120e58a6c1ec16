"""A circuit breaker: a subgraph that fails too often is left alone for a while, then tried with one request."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

from services.gateway.traffic_rules import CircuitBreaker

State = Literal["closed", "open", "half_open"]
_SLICES = 10


class Breaker:
    """Counts successes and failures in a sliding window of ten slices."""

    def __init__(
        self, rules: CircuitBreaker, clock: Callable[[], float], changed: Callable[[State], None] = lambda _: None
    ) -> None:
        self._rules = rules
        self._clock = clock
        self._changed = changed
        self.state: State = "closed"
        self._slice_seconds = max(rules.window_seconds / _SLICES, 0.001)
        self._slices: deque[list[int]] = deque(maxlen=_SLICES)
        self._opened_at = 0.0
        self._probing = False

    def allows(self) -> bool:
        """Whether a request may be sent now. Who is told so must report how it went."""
        if self.state == "closed":
            return True
        if self.state == "open" and self._clock() - self._opened_at >= self._rules.open_seconds:
            self._become("half_open")
        if self.state == "half_open" and not self._probing:
            self._probing = True
            return True
        return False

    def report(self, ok: bool) -> None:
        """How a request went."""
        if self.state == "closed":
            self._count(ok)
        elif self.state == "half_open":
            self._probing = False
            self._become("closed" if ok else "open")
        # What was sent before the circuit opened says nothing new.

    def forget(self) -> None:
        """A request ended without saying anything of the subgraph: its caller went away."""
        if self.state == "half_open":
            self._probing = False

    def _count(self, ok: bool) -> None:
        now = int(self._clock() / self._slice_seconds)
        if not self._slices or self._slices[-1][0] != now:
            self._slices.append([now, 0, 0])
        current = self._slices[-1]
        current[1] += 1
        if ok:
            return
        current[2] += 1
        recent = [item for item in self._slices if item[0] > now - _SLICES]
        total, failed = sum(item[1] for item in recent), sum(item[2] for item in recent)
        if total >= self._rules.volume and failed * 100 >= total * self._rules.error_percent:
            self._become("open")

    def _become(self, state: State) -> None:
        self.state = state
        self._probing = False
        if state == "open":
            self._opened_at = self._clock()
        self._slices.clear()
        self._changed(state)
