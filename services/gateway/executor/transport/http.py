"""Subgraph requests over HTTP/1.1 keep-alive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import aiohttp

MAX_ANSWER_BYTES = 64 * 1024 * 1024


class HttpTransport:
    """A pool of connections to every subgraph; make and close it inside the event loop."""

    def __init__(self, *, connections_per_host: int = 256) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=connections_per_host, keepalive_timeout=60),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
            skip_auto_headers=("User-Agent",),
            headers={"user-agent": "huying-gateway"},
        )

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> tuple[int, bytes]:
        try:
            async with self._session.post(
                url,
                data=body,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout),
                allow_redirects=False,
            ) as response:
                answer = await response.content.read(MAX_ANSWER_BYTES + 1)
                if not response.content.at_eof():
                    answer += await _rest(response, len(answer))
                return response.status, answer
        except (aiohttp.ClientError, OSError) as err:
            if isinstance(err, TimeoutError):
                raise
            raise ConnectionError(f"{type(err).__name__}") from err

    async def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                kind = response.headers.get("content-type", "")
                if response.status != 200 or not kind.startswith("text/event-stream"):
                    raise ConnectionError(f"status {response.status}, {kind or 'no content type'}")
                async for chunk in response.content.iter_any():
                    yield chunk
        except (aiohttp.ClientError, OSError) as err:
            if isinstance(err, ConnectionError) and not isinstance(err, aiohttp.ClientError):
                raise
            raise ConnectionError(f"{type(err).__name__}") from err

    async def close(self) -> None:
        await self._session.close()


async def _rest(response: aiohttp.ClientResponse, size: int) -> bytes:
    """What is left of an answer, as long as all of it stays within the limit."""
    parts: list[bytes] = []
    async for chunk in response.content.iter_any():
        parts.append(chunk)
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            raise ConnectionError("the answer is too large")
    return b"".join(parts)
