"""How bytes reach a subgraph. A transport knows nothing of GraphQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol

MAX_ANSWER_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a subgraph sent, read whole. Header names are in lower case; a name may come more than once."""

    status: int
    body: bytes
    headers: list[tuple[str, str]]


class Transport(Protocol):
    """Sends request bodies to subgraph URLs."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        """Send a body and return the answer.

        Raises:
            TimeoutError: nothing came within `timeout` seconds.
            ConnectionError: the subgraph cannot be reached or broke off.
        """
        ...

    def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """Send a body and yield the answer as it comes. Closing the iterator breaks the connection off.

        Raises:
            ConnectionError: the subgraph cannot be reached, refuses, or broke off.
        """
        ...

    async def close(self) -> None: ...
