"""Ids in place of queries: from a manifest, or registered by Apollo's clients."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from services.gateway.errors import ConfigurationInvalid
from services.gateway.registry.persisted_documents import read_manifest
from services.gateway.settings import Settings
from tests.gateway.federation import Ref, World
from tests.gateway.servers import Suite, suite

SDL = 'type Query { report: Report } type Report @key(fields: "id") { id: ID! title: String }'
TITLE = "query Title { report { title } }"
ID = "query Id { report { id } }"
ANSWER = {"data": {"report": {"title": "Broken lamp"}}}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def serving(tmp_path: Path, mode: str) -> Any:
    world = World({"report": Ref("Report", "1")})
    world.add("Report", "1", title="Broken lamp")
    manifest = tmp_path / "documents.json"
    manifest.write_text(json.dumps({sha256(TITLE): TITLE, "title-1": TITLE, "bad": "{ nothing }"}))
    settings = {"persisted_documents": mode, "persisted_manifest": str(manifest)}
    return suite(tmp_path, world, settings, reports=SDL)


async def post(started: Suite, body: Any) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.post(started.url, json=body) as response:
        return response.status, await response.json()


async def code(started: Suite, body: Any) -> str:
    _, answer = await post(started, body)
    return str(answer["errors"][0]["extensions"]["code"])


def apollo(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}


async def test_a_document_id_stands_for_its_document(tmp_path: Path) -> None:
    async with serving(tmp_path, "allow") as started:
        for document_id in ("title-1", sha256(TITLE), f"sha256:{sha256(TITLE)}"):
            assert await post(started, {"documentId": document_id}) == (200, ANSWER)
        assert await post(started, {"query": TITLE}) == (200, ANSWER)
        assert await code(started, {"documentId": "unknown"}) == "PERSISTED_DOCUMENT_NOT_FOUND"
        assert await code(started, {"documentId": 7}) == "BAD_REQUEST"
        assert await code(started, {"documentId": "bad"}) == "GRAPHQL_VALIDATION_FAILED"
        value = started.gateway.metrics.registry.get_sample_value
        assert value("persisted_documents_total", {"outcome": "found"}) == 4
        assert value("persisted_documents_total", {"outcome": "not_found"}) == 1


async def test_a_url_may_hold_an_id(tmp_path: Path) -> None:
    async with serving(tmp_path, "require") as started, aiohttp.ClientSession() as session:
        for params in ({"documentId": "title-1"}, {"extensions": json.dumps(apollo(TITLE))}):
            async with session.get(started.url, params=params) as response:
                assert (response.status, await response.json()) == (200, ANSWER)


async def test_where_they_are_required_nothing_else_is_served_and_nobody_registers(tmp_path: Path) -> None:
    async with serving(tmp_path, "require") as started:
        assert await post(started, {"documentId": "title-1"}) == (200, ANSWER)
        assert await post(started, {"extensions": apollo(TITLE)}) == (200, ANSWER)
        assert await code(started, {"query": TITLE}) == "PERSISTED_DOCUMENT_ID_REQUIRED"
        for _ in range(2):
            assert await code(started, {"query": ID, "extensions": apollo(ID)}) == "PERSISTED_DOCUMENT_NOT_FOUND"


async def test_a_document_that_is_required_is_the_manifest_s_whatever_else_is_sent(tmp_path: Path) -> None:
    async with serving(tmp_path, "require") as started:
        assert await post(started, {"query": ID, "extensions": apollo(TITLE)}) == (200, ANSWER)
        assert await post(started, {"query": ID, "documentId": "title-1"}) == (200, ANSWER)


async def test_a_websocket_is_no_way_around(tmp_path: Path) -> None:
    async with (
        serving(tmp_path, "require") as started,
        aiohttp.ClientSession() as session,
        session.ws_connect(started.url, protocols=("graphql-transport-ws",)) as socket,
    ):
        await socket.send_json({"type": "connection_init"})
        assert (await socket.receive_json())["type"] == "connection_ack"
        await socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": TITLE}})
        refused = await socket.receive_json()
        await socket.send_json({"id": "2", "type": "subscribe", "payload": {"documentId": "title-1"}})
        served = await socket.receive_json()

    assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "PERSISTED_DOCUMENT_ID_REQUIRED")
    assert served["payload"] == ANSWER


async def test_apollo_s_clients_register_what_is_not_known_yet(tmp_path: Path) -> None:
    async with serving(tmp_path, "allow") as started:
        _, unknown = await post(started, {"extensions": apollo(ID)})
        assert unknown["errors"][0]["message"] == "PersistedQueryNotFound"
        assert unknown["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"

        _, answer = await post(started, {"query": ID, "extensions": apollo(ID)})
        assert answer == {"data": {"report": {"id": "1"}}}

        assert (await post(started, {"extensions": apollo(ID)}))[1] == answer
        assert await code(started, {"query": TITLE, "extensions": apollo(ID + " ")}) == "BAD_REQUEST"
        assert await code(started, {"extensions": {"persistedQuery": {"version": 1}}}) == "BAD_REQUEST"


async def test_where_they_are_off_apollo_s_clients_learn_to_send_the_query(tmp_path: Path) -> None:
    async with serving(tmp_path, "off") as started:
        _, answer = await post(started, {"extensions": apollo(TITLE)})
        assert answer["errors"][0]["message"] == "PersistedQueryNotSupported"
        assert await post(started, {"query": TITLE, "extensions": apollo(TITLE)}) == (200, ANSWER)
        assert await code(started, {"documentId": "title-1"}) == "PERSISTED_DOCUMENT_NOT_FOUND"


def test_manifests_of_relay_and_apollo_are_read(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps({"8f2a": TITLE}))
    assert read_manifest(file) == {"8f2a": TITLE}
    operations = [{"id": "8f2a", "name": "Title", "type": "query", "body": TITLE}]
    file.write_text(json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}))
    assert read_manifest(file) == {"8f2a": TITLE}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"a": 1}',
        '{"a": ""}',
        '{"format": "apollo-persisted-query-manifest"}',
        '{"format": "apollo-persisted-query-manifest", "operations": [{"id": "a"}]}',
    ],
)
def test_a_file_that_is_no_manifest_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(text)

    with pytest.raises(ConfigurationInvalid, match=r"manifest\.json"):
        read_manifest(file)


def test_documents_cannot_be_required_without_a_manifest() -> None:
    with pytest.raises(ConfigurationInvalid, match="HUYING_PERSISTED_MANIFEST"):
        Settings(supergraph="", persisted_documents="require").documents()
