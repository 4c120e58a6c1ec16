"""The commands as a person runs them: compose, plan, serve."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from tests.gateway.federation import LINK, LocalSubgraph, Ref, World
from tests.gateway.servers import SubgraphServer, Suite, running, suite

ROOT = Path(__file__).parents[2]
SDL = 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String }'


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "services.gateway", *arguments]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


async def test_compose_plan_and_serve_work_together_and_stop_on_sigterm(tmp_path: Path) -> None:
    world = World({"me": Ref("User", "1")})
    world.add("User", "1", name="Wang")
    server = SubgraphServer(LocalSubgraph("people", SDL, world))
    sdl, output, operation = tmp_path / "people.graphql", tmp_path / "supergraph.graphql", tmp_path / "me.graphql"
    sdl.write_text(LINK + SDL)
    operation.write_text("{ me { name } }")

    composed = run("compose", "--subgraph", f"people=http://unused/?a=b={sdl}", "--output", str(output))
    planned = run("plan", "--supergraph", str(output), "--operation", str(operation))

    assert (composed.returncode, planned.returncode) == (0, 0), composed.stderr + planned.stderr
    assert 'Fetch(service: "people")' in planned.stdout

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with running(server) as host:
        options = ("--supergraph", str(output), "--listen", f"127.0.0.1:{port}")
        arguments = command("serve", *options, "--subgraph-url", f"people=http://{host}/graphql")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("HUYING_")}
        gateway = await asyncio.create_subprocess_exec(*arguments, cwd=ROOT, env=environment)
        try:
            server.delay = 0.5
            async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
                async with asyncio.timeout(20):
                    while True:
                        try:
                            async with session.get("/readyz") as response:
                                assert response.status == 200
                                break
                        except aiohttp.ClientConnectionError:
                            await asyncio.sleep(0.05)
                asking = asyncio.create_task(session.post("/graphql", json={"query": "{ me { name } }"}))
                async with asyncio.timeout(10):
                    while not server.headers:
                        await asyncio.sleep(0.01)
                gateway.send_signal(signal.SIGTERM)
                response = await asking
                assert await response.json() == {"data": {"me": {"name": "Wang"}}}
            async with asyncio.timeout(20):
                await gateway.wait()
        finally:
            if gateway.returncode is None:
                gateway.kill()
                await gateway.wait()


def test_wrong_arguments_are_one_clear_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.graphql"
    broken.write_text("type Query { a: Int }")

    for arguments in (
        ("serve", "--supergraph", str(tmp_path / "missing.graphql")),
        ("serve", "--supergraph", str(broken)),
        ("serve", "--supergraph", str(broken), "--listen", "nowhere"),
        ("compose", "--subgraph", "nonsense", "--output", str(tmp_path / "out")),
    ):
        finished = run(*arguments)
        assert finished.returncode == 1
        assert len(finished.stderr.strip().splitlines()) == 1, finished.stderr


class Issuer:
    """Publishes one key and signs tokens with it."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()

    async def __call__(self, scope: dict[str, object], receive: object, send: object) -> None:
        assert callable(send)
        assert callable(receive)
        if scope["type"] == "lifespan":
            for _ in range(2):
                message = await receive()
                await send({"type": message["type"] + ".complete"})
            return
        published = json.loads(OKPAlgorithm.to_jwk(self.key.public_key()))
        body = json.dumps({"keys": [{**published, "kid": "k1", "use": "sig", "alg": "EdDSA"}]}).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def token(self, *, expires_in: int = 60) -> str:
        now = int(time.time())
        claims = {"sub": "p1", "iss": "https://issuer.example", "aud": "huying", "iat": now, "exp": now + expires_in}
        return jwt.encode(claims, self.key, algorithm="EdDSA", headers={"kid": "k1"})


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[tuple[Suite, Issuer]]:
    world = World({"me": Ref("User", "1")})
    world.add("User", "1", name="Wang")
    issuer = Issuer()
    async with running(issuer) as host:
        settings = {"jwks_url": f"http://{host}/keys", "jwt_issuer": "https://issuer.example"}
        async with suite(tmp_path, world, settings, people=SDL) as started:
            yield started, issuer


async def test_a_bad_token_is_refused_and_none_is_left_to_the_subgraphs(guarded: tuple[Suite, Issuer]) -> None:
    started, issuer = guarded

    async def ask(token: str | None) -> tuple[int, object]:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(started.url, json={"query": "{ me { name } }"}, headers=headers) as response,
        ):
            answer = await response.json()
            return response.status, answer.get("data") or answer["errors"][0]["extensions"]["code"]

    assert await ask(None) == (200, {"me": {"name": "Wang"}})
    assert await ask(issuer.token()) == (200, {"me": {"name": "Wang"}})
    assert await ask(issuer.token(expires_in=-60)) == (401, "UNAUTHENTICATED")
    assert await ask(issuer.token()[:-8] + "AAAAAAAA") == (401, "UNAUTHENTICATED")
    assert await ask("nonsense") == (401, "UNAUTHENTICATED")


async def test_a_websocket_with_a_bad_token_is_closed(guarded: tuple[Suite, Issuer]) -> None:
    started, _ = guarded
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(started.url, protocols=("graphql-transport-ws",)) as socket,
    ):
        await socket.send_json({"type": "connection_init", "payload": {"Authorization": "Bearer nonsense"}})
        await socket.receive()

        assert socket.close_code == 4403
