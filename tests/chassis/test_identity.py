"""A caller is who the issuer's signature says, while it is valid, and nobody else."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from dev.background import Background
from dev.processes import free_port
from services.chassis.errors import Unauthenticated
from services.chassis.identity import Verifier

KEY = ec.generate_private_key(ec.SECP256R1())
ISSUER = "https://issuer.example"


def token(key: Any = KEY, kid: str = "k1", algorithm: str = "ES256", **claims: object) -> str:
    standard: dict[str, Any] = {"iss": ISSUER, "aud": "huying", "sub": "person_1", "exp": time.time() + 60}
    return jwt.encode(standard | claims, key, algorithm=algorithm, headers={"kid": kid})


@pytest.fixture(scope="module")
def jwks_url() -> Iterator[str]:
    """An issuer that publishes one key."""
    public = ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "k1", "alg": "ES256"}
    port = free_port()
    server = Background(Starlette(routes=[Route("/", lambda _: JSONResponse({"keys": [public]}))]), port, "keys")
    server.start()
    yield f"http://127.0.0.1:{port}/"
    server.stop()


@pytest.fixture
def verifier(jwks_url: str) -> Verifier:
    return Verifier(jwks_url=jwks_url, issuer=ISSUER, audience="huying")


async def test_a_good_token_gives_its_caller(verifier: Verifier) -> None:
    caller = await verifier.verify(token(roles=["handler"], post="post_1", unit="unit_1", area="d01-s01"))

    assert caller.person == "person_1"
    assert caller.has("handler", "centre")
    assert caller.covers(["d01", "d01-s01", "d01-s01-c01"])
    assert not caller.covers(["d01", "d01-s02"])
    assert caller.actor.post == "post_1"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (token(exp=time.time() - 60), "expired"),
        (token(aud="another"), "InvalidAudience"),
        (token(iss="https://else.example"), "InvalidIssuer"),
        (token(key=ec.generate_private_key(ec.SECP256R1())), "InvalidSignature"),
        (token(kid="k9"), "key is not known"),
        (token(key="secret" * 8, algorithm="HS256"), "InvalidAlgorithm"),
        ("not.a.token", "DecodeError"),
    ],
)
async def test_a_bad_token_is_refused_with_its_reason(verifier: Verifier, bad: str, reason: str) -> None:
    with pytest.raises(Unauthenticated, match=reason):
        await verifier.verify(bad)


@pytest.mark.parametrize(
    ("claims", "scopes", "policies", "roles"),
    [
        ({"scope": "read write", "policies": ["p"]}, {"read", "write"}, {"p"}, set()),
        ({"scope": ["read"], "roles": ["handler"]}, {"read"}, set(), {"handler"}),
        ({"scope": {"read": True}, "policies": None, "roles": 7}, set(), set(), set()),
        ({"scope": ["read", 7, ["x"]], "policies": "p q"}, {"read"}, {"p", "q"}, set()),
    ],
)
async def test_names_come_as_words_or_lists_and_nothing_else_counts(
    verifier: Verifier, claims: dict[str, Any], scopes: set[str], policies: set[str], roles: set[str]
) -> None:
    caller = await verifier.verify(token(**claims))

    assert (set(caller.scopes), set(caller.policies), set(caller.roles)) == (scopes, policies, roles)
    assert time.time() < caller.expires_at <= time.time() + 60


async def test_a_token_is_not_remembered_beyond_its_end(verifier: Verifier) -> None:
    short = token(exp=time.time() - 4)  # within the leeway, so it verifies, but it is over
    await verifier.verify(short)

    assert all(until < time.time() for _, until in verifier._seen.values())


async def test_a_request_without_token_has_no_caller(verifier: Verifier) -> None:
    assert await verifier.caller({}) is None
    with pytest.raises(Unauthenticated):
        await verifier.caller({"authorization": "Basic eA=="})


async def test_callers_who_come_while_keys_are_fetched_wait_for_them(verifier: Verifier) -> None:
    callers = await asyncio.gather(*(verifier.verify(token(sub=f"person_{number}")) for number in range(20)))

    assert len({caller.person for caller in callers}) == 20
