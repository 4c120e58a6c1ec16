"""A front end's view of the suite: one endpoint, one token; steps read as what a person does."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Self

import aiohttp

from dev.platform import Platform

DEADLINE_SECONDS = 20.0


class Client:
    """Sends operations as one role of the demonstration district, or with any claims."""

    def __init__(self, platform: Platform, role: str, *, claims: Mapping[str, object] | None = None) -> None:
        self.url = platform.graphql_url
        token = platform.issuer.sign(claims) if claims else platform.token(role)
        self.headers = {"authorization": f"Bearer {token}", "accept-language": "en"}

    @classmethod
    def holding(cls, platform: Platform, post: Mapping[str, Any]) -> Self:
        """Whoever holds a post: `post` is `{id, unit {id}}` as the graph gives it."""
        claims = {"sub": f"person_{post['id']}", "roles": ["handler"], "post": post["id"], "unit": post["unit"]["id"]}
        return cls(platform, "", claims=claims)

    async def send(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The whole answer."""
        body = {"query": query, "variables": dict(variables or {})}
        async with aiohttp.ClientSession() as http, http.post(self.url, json=body, headers=self.headers) as answer:
            result: dict[str, Any] = await answer.json(content_type=None)
            return result

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation that must succeed."""
        answer = await self.send(query, variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def do(self, mutation: str, selection: str, /, **given: Any) -> dict[str, Any]:
        """The payload of a command that must be carried out; the idempotency key is made here unless given."""
        payload = await self.try_to(mutation, selection, **given)
        assert payload["errors"] == [], payload["errors"]
        return payload

    async def try_to(self, mutation: str, selection: str, /, **given: Any) -> dict[str, Any]:
        """The payload of a command, carried out or refused."""
        given.setdefault("idempotencyKey", uuid.uuid4().hex)
        kind = mutation[0].upper() + mutation[1:] + "Input"
        query = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {selection} errors {{ code reason message path }} }} }}"
        data = await self.ask(query, input=given)
        payload: dict[str, Any] = data[mutation]
        return payload

    async def until(self, query: str, holds: Callable[[dict[str, Any]], bool], **variables: Any) -> dict[str, Any]:
        """Ask again until the answer is as expected."""
        data: dict[str, Any] = {}
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                while not holds(data := await self.ask(query, **variables)):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"never came true; last answer: {data}") from None
        return data

    @contextlib.asynccontextmanager
    async def watch(self, subscription: str, **variables: Any) -> AsyncIterator["asyncio.Queue[dict[str, Any]]"]:
        """Events of a subscription over SSE, in a queue, from the moment the stream is open."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        headers = self.headers | {"accept": "text/event-stream"}
        body = {"query": subscription, "variables": variables}
        timeout = aiohttp.ClientTimeout(total=None)
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.post(self.url, json=body, headers=headers) as answer,
        ):

            async def read() -> None:
                async for line in answer.content:
                    if line.startswith(b"data: {"):
                        queue.put_nowait(json.loads(line[6:]))

            reading = asyncio.create_task(read())
            await asyncio.sleep(0.6)  # the subgraph opens its change stream
            try:
                yield queue
            finally:
                reading.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await reading
