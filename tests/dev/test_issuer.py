"""The tokens we print are the tokens the services accept."""

from pathlib import Path

import aiohttp
import pytest

from dev.background import Background
from dev.issuer import AUDIENCE, Issuer
from dev.places import Ports
from dev.processes import HOST, DevError, free_port
from services.chassis.errors import Unauthenticated
from services.chassis.identity import Verifier


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path, f"http://{HOST}:{free_port()}")


def serving(issuer: Issuer) -> Background:
    return Background(issuer.app(), int(issuer.url.rpartition(":")[2]), "the token issuer")


def verifier(issuer: Issuer) -> Verifier:
    return Verifier(jwks_url=issuer.jwks_url, issuer=issuer.url, audience=AUDIENCE)


async def test_token_of_each_role_verifies_against_the_published_key(issuer: Issuer) -> None:
    with serving(issuer):
        for role in ("resident", "attendant", "handler", "centre", "mediator", "operator"):
            caller = await verifier(issuer).verify(issuer.token(role))
            assert caller.has(role)


async def test_expired_token_is_refused(issuer: Issuer) -> None:
    with serving(issuer), pytest.raises(Unauthenticated, match="expired"):
        await verifier(issuer).verify(issuer.sign({"sub": "person_x", "exp": 1}))


async def test_token_of_another_key_is_refused(issuer: Issuer, tmp_path: Path) -> None:
    stranger = Issuer(tmp_path / "stranger", issuer.url)
    with serving(issuer), pytest.raises(Unauthenticated, match="not known"):
        await verifier(issuer).verify(stranger.token("operator"))


async def test_discovery_document_names_the_keys(issuer: Issuer) -> None:
    with serving(issuer):
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{issuer.url}/.well-known/openid-configuration") as answer,
        ):
            assert (await answer.json())["jwks_uri"] == issuer.jwks_url


async def test_key_outlives_the_issuer(issuer: Issuer, tmp_path: Path) -> None:
    token = issuer.token("resident")
    again = Issuer(tmp_path, issuer.url)
    with serving(again):
        await verifier(again).verify(token)


def test_key_is_readable_by_its_owner_only(issuer: Issuer, tmp_path: Path) -> None:
    assert (tmp_path / "issuer-key.pem").stat().st_mode & 0o077 == 0


def test_unknown_role_lists_the_known(issuer: Issuer) -> None:
    with pytest.raises(DevError, match=r"No demonstration role 'king'; there are: .*resident"):
        issuer.token("king")


def test_free_ports_differ() -> None:
    ports = Ports.free()
    assert len({ports.gateway, ports.intake, ports.routing, ports.mediation, ports.mongo}) == 5
