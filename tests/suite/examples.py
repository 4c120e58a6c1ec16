"""The operations a front-end team starts from (`schema/operations`), each sent through the gateway as it stands there."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

from dev.platform import Platform
from dev.schema import SCHEMA
from tests.suite.client import DEADLINE_SECONDS, Client

SENT: set[str] = set()


def document(name: str) -> str:
    """The text of an example; a subscription is watched with it."""
    SENT.add(name)
    return (SCHEMA / "operations" / f"{name}.graphql").read_text("utf-8")


async def send(client: Client, name: str, **given: Any) -> Any:
    """The one root field of an example operation, its variables (or its input) changed by `given`. Refusals fail."""
    SENT.add(name)
    variables = json.loads((SCHEMA / "operations" / f"{name}.json").read_text("utf-8"))
    if "input" in variables:
        variables["input"] |= {"idempotencyKey": uuid.uuid4().hex} | given
    data = await client.ask(document(name), **(variables if "input" in variables else variables | given))
    for payload in data.values():
        assert not (isinstance(payload, dict) and payload.get("errors")), (name, payload)
    return next(iter(data.values())) if len(data) == 1 else data


async def until(client: Client, name: str, holds: Callable[[Any], object], **given: Any) -> Any:
    """What `send` gives once it is as expected."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not holds(found := await send(client, name, **given)):
            await asyncio.sleep(0.1)
    return found


async def reported(client: Client, report: str, field: str) -> Any:
    def own(page: Any) -> Any:
        return next((node[field] for node in page["nodes"] if node["id"] == report), None)

    return own(await until(client, "my-reports", own))


async def handler_of(platform: Platform, centre: Client, order: str) -> Client:
    query = "query($id: ID!) { workOrder(id: $id) { leadPost { id unit { id } } } }"
    return Client.holding(platform, (await centre.ask(query, id=order))["workOrder"]["leadPost"])
