"""A token issuer for gateway tests: one key, published as an ASGI application."""

from __future__ import annotations

import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

KEY = ec.generate_private_key(ec.SECP256R1())
ISSUER = "https://issuer.example"
PUBLIC = ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "k1", "alg": "ES256"}
ISSUING = Starlette(routes=[Route("/", lambda _: JSONResponse({"keys": [PUBLIC]}))])


def settings(host: str) -> dict[str, Any]:
    """Gateway settings that trust the issuer served at `host`."""
    return {"jwks_url": f"http://{host}/", "jwt_issuer": ISSUER}


def token(key: Any = KEY, *, kid: str = "k1", algorithm: str = "ES256", **claims: object) -> str:
    """A good token, but for what the arguments change."""
    standard: dict[str, Any] = {"iss": ISSUER, "aud": "huying", "sub": "person_1", "exp": time.time() + 60}
    return jwt.encode(standard | claims, key, algorithm=algorithm, headers={"kid": kid})
