"""How requests reach a subgraph. A transport knows what carries a response, not what is in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol

MAX_ANSWER_BYTES = 64 * 1024 * 1024
OPEN_SECONDS = 10.0
"""How long a subgraph may take to accept a subscription."""
MAX_EVENT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a subgraph sent, read whole. Header names are in lower case; a name may come more than once."""

    status: int
    body: bytes
    headers: list[tuple[str, str]]


class RequestTooLarge(Exception):
    """The request is larger than what its way to the subgraph carries; sending it again is of no use."""


class Transport(Protocol):
    """Sends GraphQL requests, as JSON, to subgraph URLs."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        """Send a query or mutation and return the answer.

        Raises:
            TimeoutError: nothing came within `timeout` seconds.
            RequestTooLarge: the request was not sent.
            ConnectionError: the subgraph cannot be reached or broke off.
        """
        ...

    def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """Send a subscription and yield each response, as JSON, until the subgraph completes it.

        Closing the iterator ends the subscription at the subgraph.

        Raises:
            ConnectionError: the subgraph cannot be reached, refuses, or broke off.
        """
        ...

    async def close(self) -> None: ...
