"""A development token issuer: one key, the demonstration roles, no password. Never for production."""

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from dev.district import demo_people
from dev.places import DATA, Ports
from dev.processes import HOST, DevError, require_free

AUDIENCE = "huying"
_ALGORITHM = "ES256"
_LIFETIME_SECONDS = 12 * 60 * 60
_JWKS_PATH = "/.well-known/jwks.json"


class Issuer:
    """Signs tokens with the key in a directory, made on first use, and publishes its public half."""

    def __init__(self, directory: Path, url: str) -> None:
        self.url = url
        self._key = _load_or_make(directory / "issuer-key.pem")
        public = ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        self._kid = _thumbprint(public)
        self._jwks = {"keys": [{**public, "kid": self._kid, "use": "sig", "alg": _ALGORITHM}]}

    @property
    def jwks_url(self) -> str:
        """Where the services read the public key."""
        return self.url + _JWKS_PATH

    def token(self, role: str) -> str:
        """A token of the demonstration person with this role. Raises DevError for an unknown one."""
        people = demo_people()
        if role not in people:
            raise DevError(f"No demonstration role {role!r}; there are: {', '.join(people)}.")
        return self.sign(people[role])

    def sign(self, claims: Mapping[str, object]) -> str:
        """A token with these claims (`sub`, `roles`, optional `post`, `unit`, `area`), good for 12 hours.

        Claims given here win, so that tests can make an expired or a foreign token.
        """
        now = int(time.time())
        standard: dict[str, Any] = {
            "iss": self.url,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + _LIFETIME_SECONDS,
        }
        return jwt.encode(standard | dict(claims), self._key, algorithm=_ALGORITHM, headers={"kid": self._kid})

    def app(self) -> Starlette:
        """Serves the public key, and the discovery document that names it."""

        async def jwks(_: Request) -> JSONResponse:
            return JSONResponse(self._jwks)

        async def configuration(_: Request) -> JSONResponse:
            return JSONResponse(
                {
                    "issuer": self.url,
                    "jwks_uri": self.jwks_url,
                    "id_token_signing_alg_values_supported": [_ALGORITHM],
                    "response_types_supported": ["token"],
                    "subject_types_supported": ["public"],
                }
            )

        return Starlette(
            routes=[
                Route(_JWKS_PATH, jwks),
                Route("/.well-known/openid-configuration", configuration),
            ]
        )


def _load_or_make(path: Path) -> ec.EllipticCurvePrivateKey:
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise DevError(f"{path} is not the issuer's key: delete it and a new one is made.")
        return key
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return key


def _thumbprint(public: Mapping[str, Any]) -> str:
    """The key's id, the same for the same key (RFC 7638)."""
    members = json.dumps({name: public[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    return jwt.utils.base64url_encode(hashlib.sha256(members.encode()).digest()).decode()


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.issuer", description=__doc__)
    parser.add_argument("--port", type=int, default=Ports().issuer)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="publish the key")
    token = commands.add_parser("token", help="print a token")
    token.add_argument("--role", required=True, help=", ".join(demo_people()))
    options = parser.parse_args()
    issuer = Issuer(DATA, f"http://{HOST}:{options.port}")
    try:
        if options.command == "token":
            print(issuer.token(options.role))
        else:
            require_free(options.port, "the token issuer")
            uvicorn.run(issuer.app(), host=HOST, port=options.port, access_log=False)
    except DevError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
