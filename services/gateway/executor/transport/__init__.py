"""How bytes reach a subgraph. A transport knows nothing of GraphQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Protocol


class Transport(Protocol):
    """Sends request bodies to subgraph URLs."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> tuple[int, bytes]:
        """Send a body and return status and answer.

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
