"""Answers of one subgraph are passed on as bytes, where that is exactly what the client would get anyway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from services.gateway.compose import Subgraph, compose
from services.gateway.executor.transport import Answer
from services.gateway.metrics import Metrics
from services.gateway.pipeline import Pipeline, PipelineOptions
from services.gateway.stages.limits import Limits
from services.gateway.stages.receive import GraphQLRequest
from services.gateway.supergraph import load_supergraph
from tests.gateway.federation import LINK

INTAKE = """
type Query { report: Report place: Place first: Report! }
type Mutation { touch: Report }
type Report @key(fields: "id") { id: ID! text: String state: State big: Int tags: [String!] near: [Report] }
enum State { OPEN CLOSED SECRET @inaccessible }
interface Place { name: String }
type House implements Place { name: String }
"""
ROUTING = 'type Report @key(fields: "id") { id: ID! order: String }'


@dataclass
class Canned:
    """Answers every request with the same bytes, when it is let go."""

    body: bytes
    status: int = 200
    asked: list[Mapping[str, str]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        self.asked.append(headers)
        await asyncio.wait_for(self.gate.wait(), timeout)
        return Answer(self.status, self.body, [])

    async def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        for chunk in (b"",):  # no subscriptions here
            yield chunk

    async def close(self) -> None: ...


def a_pipeline(transport: Canned, **options: Any) -> Pipeline:
    composition = compose([Subgraph("intake", "local:intake", LINK + INTAKE), Subgraph("b", "local:b", LINK + ROUTING)])
    assert composition.supergraph_sdl is not None, composition.errors
    pipeline = Pipeline(PipelineOptions(limits=Limits(), **options), transport, Metrics())
    pipeline.load(load_supergraph(composition.supergraph_sdl))
    return pipeline


async def ask(pipeline: Pipeline, query: str, headers: Mapping[str, str] | None = None) -> bytes:
    return orjson.dumps(await pipeline.execute(await pipeline.prepare(GraphQLRequest(query)), headers or {}))


async def answer(query: str, body: bytes, *, status: int = 200) -> bytes:
    transport = Canned(body, status)
    transport.gate.set()
    return await ask(a_pipeline(transport), query)


async def test_bytes_arrive_as_the_subgraph_wrote_them() -> None:
    data = '{"report":{"text":"\\u4f60好","id":"1","big":1.0e3,"near":[ {"id":"2"},null]}}'.encode()
    selected = "report { ...Text id big near { id text @include(if: $no) } }"
    query = f"query Q($no: Boolean = false) {{ {selected} }} fragment Text on Report {{ text }}"
    assert await answer(query, b'{"data":' + data + b"}") == b'{"data":' + data + b"}"


@pytest.mark.parametrize(
    ("query", "data", "expected"),
    [
        ("{ report { state } }", b'{"report":{"state":"SECRET"}}', b'{"report":{"state":null}}'),
        ("{ place { name } }", b'{"place":{"__typename":"House","name":"n"}}', b'{"place":{"name":"n"}}'),
        ("{ __typename report { id } }", b'{"report":{"id":"1"}}', b'{"__typename":"Query","report":{"id":"1"}}'),
        ("{ report { id } }", b'{"report":{\n"id":"1"}}', b'{"report":{"id":"1"}}'),
    ],
    ids=["hidden enum value", "abstract", "root typename", "line break"],
)
async def test_what_the_client_may_not_see_or_did_not_ask_is_never_passed(
    query: str, data: bytes, expected: bytes
) -> None:
    found = orjson.loads(await answer(query, b'{"data":' + data + b"}"))
    assert orjson.dumps(found["data"]) == expected


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"data":{"report":{"id":"1"}}', 200),
        (b'{"data":{"report":{"id":"\xff"}}}', 200),
        (b'{"data":null}', 200),
        (b'{"data":[]}', 200),
        (b'{"data":{"report":{"id":"1"}}}', 500),
        (b'{"data":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}", 200),
        (b"", 200),
    ],
    ids=["cut off", "not UTF-8", "null", "list", "status", "deep", "empty"],
)
async def test_a_bad_answer_is_an_error_as_ever(body: bytes, status: int) -> None:
    found = orjson.loads(await answer("{ report { id } }", body, status=status))
    assert found["data"] == {"report": None}
    assert [error["extensions"]["code"] for error in found["errors"]] == ["SUBGRAPH_REQUEST_FAILED"]


async def test_errors_beside_data_keep_the_data() -> None:
    body = b'{"data":{"report":{"id":"1","text":null}},"errors":[{"message":"m","path":["report","text"],"extensions":{"code":"GONE"}}]}'
    assert orjson.loads(await answer("{ report { id text } }", body)) == {
        "data": {"report": {"id": "1", "text": None}},
        "errors": [
            {"message": "m", "path": ["report", "text"], "extensions": {"code": "GONE", "serviceName": "intake"}}
        ],
    }


REPORT = b'{"data":{"report":{"id":"1"}}}'
QUERY = "{ report { id } }"


@pytest.mark.parametrize("option", ["share_client_requests", "share_subgraph_requests"])
async def test_identical_queries_of_one_caller_are_sent_once(option: str) -> None:
    transport = Canned(REPORT)
    pipeline = a_pipeline(transport, **{option: True})
    first = {"authorization": "Bearer a", "traceparent": "00-1-1-01"}
    again = {"authorization": "Bearer a", "traceparent": "00-2-2-01"}
    asking = [asyncio.create_task(ask(pipeline, QUERY, headers)) for headers in (first, again, first)]
    asking.append(asyncio.create_task(ask(pipeline, QUERY, {"authorization": "Bearer b"})))
    asking.append(asyncio.create_task(ask(pipeline, QUERY, {"authorization": "Bearer a", "accept-language": "zh"})))
    asking.append(asyncio.create_task(ask(pipeline, "{ report { text } }", first)))
    while len(transport.asked) < 4:
        await asyncio.sleep(0.001)
    transport.gate.set()
    answers = await asyncio.gather(*asking)
    assert set(answers[:5]) == {REPORT}
    assert len(transport.asked) == 4  # one each for the two callers, the other language and the other query
    assert await ask(pipeline, QUERY, first) == REPORT
    assert len(transport.asked) == 5  # what is done is not kept


@pytest.mark.parametrize("option", ["share_client_requests", "share_subgraph_requests"])
async def test_mutations_are_each_sent_and_end_what_reads_may_share(option: str) -> None:
    transport = Canned(b'{"data":{"touch":{"id":"1"},"report":{"id":"1"}}}')
    pipeline = a_pipeline(transport, **{option: True})
    before = asyncio.create_task(ask(pipeline, QUERY))
    changes = [asyncio.create_task(ask(pipeline, "mutation { touch { id } }")) for _ in range(2)]
    while len(transport.asked) < 3:
        await asyncio.sleep(0.001)
    changes[0].cancel()
    await asyncio.wait(changes[:1])
    after = asyncio.create_task(ask(pipeline, QUERY))
    while len(transport.asked) < 4:
        await asyncio.sleep(0.001)
    transport.gate.set()
    await asyncio.gather(before, changes[1], after)
    assert len(transport.asked) == 4


@pytest.mark.parametrize("option", ["share_client_requests", "share_subgraph_requests"])
async def test_who_leaves_does_not_take_the_answer_along(option: str) -> None:
    transport = Canned(REPORT)
    pipeline = a_pipeline(transport, **{option: True})
    asking = [asyncio.create_task(ask(pipeline, QUERY)) for _ in range(3)]
    while not transport.asked:
        await asyncio.sleep(0.001)
    asking[0].cancel()
    while len(transport.asked) < 2:
        await asyncio.sleep(0.001)
    transport.gate.set()
    assert await asyncio.gather(*asking[1:]) == [REPORT, REPORT]


async def test_a_failure_is_shared_and_not_kept() -> None:
    transport = Canned(b"", 500)
    pipeline = a_pipeline(transport, share_subgraph_requests=True)
    asking = [asyncio.create_task(ask(pipeline, QUERY)) for _ in range(3)]
    await asyncio.sleep(0.01)
    transport.gate.set()
    for found in await asyncio.gather(*asking):
        assert orjson.loads(found)["errors"][0]["extensions"]["code"] == "SUBGRAPH_REQUEST_FAILED"
    assert len(transport.asked) == 1
    transport.body, transport.status = REPORT, 200
    assert await ask(pipeline, QUERY) == REPORT


async def test_waiting_for_anothers_answer_ends_with_ones_own_deadline() -> None:
    transport = Canned(REPORT)
    pipeline = a_pipeline(transport, share_subgraph_requests=True, subgraph_seconds=0.05)
    for found in await asyncio.gather(*(ask(pipeline, QUERY) for _ in range(2))):
        assert orjson.loads(found)["errors"][0]["extensions"]["code"] == "SUBGRAPH_REQUEST_TIMEOUT"
