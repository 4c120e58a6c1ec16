"""GraphQL over HTTP as its reference implementation audits it: every check of graphql-http passes in the 2025 profile."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from tests.gateway.differential.oracle import ask
from tests.gateway.federation import World
from tests.gateway.servers import suite

CHECKS = 61
"""How many the pinned version makes; fewer would mean that it audited something else."""


async def _audit() -> list[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        async with suite(Path(folder), World({}), {}, hello="type Query { hello: String }") as running:
            (results,) = await asyncio.to_thread(ask, "protocol.mjs", [{"url": running.url}])
    found: list[dict[str, str]] = results
    return found


def main() -> bool:
    """Audit a gateway and report. True when every check passed."""
    results = asyncio.run(_audit())
    passed = [item for item in results if item["status"] == "ok"]
    for item in results:
        if item not in passed:
            print(f"protocol: {item['status']}: {item['name']}: {item['reason']}")
    print(f"protocol: {len(passed)} of {len(results)} checks passed")
    return len(passed) == len(results) == CHECKS
