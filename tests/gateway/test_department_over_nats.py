"""The department's guide: its street lamps, asked over NATS by the code in the page."""

from __future__ import annotations

import asyncio
import importlib
import re
from pathlib import Path

import aiohttp
import pytest

from services.gateway.app import Gateway
from services.gateway.compose import Subgraph, compose
from services.gateway.settings import Settings
from tests.gateway.servers import running

GUIDE = Path(__file__).parents[2] / "docs" / "department.md"


@pytest.mark.capability("G-04")
async def test_the_lamps_of_the_guide_answer_over_nats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nats_url: str
) -> None:
    lamps, over_nats, *_ = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "lamps.py").write_text(lamps, encoding="utf-8")
    (tmp_path / "lamps_nats.py").write_text(over_nats, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    composition = compose([Subgraph("lamps", "nats://graphql.lamps", str(importlib.import_module("lamps").schema))])
    assert composition.supergraph_sdl, composition.errors
    supergraph = tmp_path / "supergraph.graphql"
    supergraph.write_text(composition.supergraph_sdl, encoding="utf-8")

    answering = asyncio.create_task(importlib.import_module("lamps_nats").main(nats_url))
    gateway = Gateway(Settings(supergraph=str(supergraph), nats_url=nats_url))
    query = {"query": "query { lamps { id plan } }"}
    try:
        async with running(gateway) as host, aiohttp.ClientSession() as session, asyncio.timeout(20):
            answer = None
            while not answer or "errors" in answer:  # until it listens
                async with session.post(f"http://{host}/graphql", json=query) as response:
                    answer = await response.json()
    finally:
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)

    lamp, *_ = answer["data"]["lamps"]
    assert lamp == {"id": "L-7", "plan": "new bulb on Thursday"}
