"""Who is calling: a bearer token verified against the issuer's keys, as a Caller with posts and area.

The gateway passes the token on; each service verifies it again, so nothing rests on who can reach a port.
"""

import asyncio
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Mapping

import aiohttp
import jwt
import msgspec

from services.chassis.errors import Unauthenticated
from services.chassis.events import Actor
from services.chassis.settings import ServiceSettings

log = logging.getLogger(__name__)

_ALGORITHMS = ["EdDSA", "ES256", "RS256", "PS256"]
_LEEWAY_SECONDS = 5
_REMEMBERED_TOKENS = 10_000
_KEYS_MAX_AGE_SECONDS = 600.0
_KEYS_MIN_AGE_SECONDS = 5.0


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """A verified person (`sub`), the roles and the post held now, and the area the post covers (an area id, or None).

    `scopes` (claim `scope`, RFC 9068) and `policies` are what the gateway's directives ask for; `expires_at` ends it all.
    """

    person: str
    roles: frozenset[str] = frozenset()
    post: str | None = None
    unit: str | None = None
    area: str | None = None
    scopes: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    expires_at: float = math.inf

    def has(self, *roles: str) -> bool:
        """Whether any of `roles` is held."""
        return not self.roles.isdisjoint(roles)

    def covers(self, area_path: list[str]) -> bool:
        """Whether the caller's area contains the place with this path (ids from the district down)."""
        return self.area is not None and self.area in area_path

    @property
    def actor(self) -> Actor:
        return Actor(person=self.person, post=self.post, unit=self.unit)


class Verifier:
    """Verifies tokens; keys come from the issuer's JWKS and are fetched again when a token names an unknown one."""

    def __init__(self, *, jwks_url: str, issuer: str, audience: str, policies_claim: str = "policies") -> None:
        self._jwks_url = jwks_url
        self._issuer = issuer
        self._audience = audience
        self._policies_claim = policies_claim
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._seen: OrderedDict[str, tuple[Caller, float]] = OrderedDict()

    @classmethod
    def of(cls, settings: ServiceSettings) -> "Verifier":
        """The verifier that the settings name."""
        return cls(jwks_url=settings.jwks_url, issuer=settings.jwt_issuer, audience=settings.jwt_audience)

    async def caller(self, headers: Mapping[str, str]) -> Caller | None:
        """The caller of a request, None without a token. Raises Unauthenticated."""
        value = headers.get("authorization")
        if value is None:
            return None
        scheme, _, token = value.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("expected 'Authorization: Bearer <token>'")
        return await self.verify(token.strip())

    async def verify(self, token: str) -> Caller:
        """The caller a token stands for. Raises Unauthenticated with the reason."""
        if (known := self._seen.get(token)) and known[1] > time.time():
            return known[0]
        try:
            key = await self._key(jwt.get_unverified_header(token).get("kid", ""))
            claims = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("the token has expired") from None
        except jwt.PyJWTError as error:
            raise Unauthenticated(f"the token is not valid ({type(error).__name__})") from None
        caller = Caller(
            person=claims["sub"],
            roles=_names(claims.get("roles")),
            post=claims.get("post"),
            unit=claims.get("unit"),
            area=claims.get("area"),
            scopes=_names(claims.get("scope")),
            policies=_names(claims.get(self._policies_claim)),
            expires_at=float(claims["exp"]),
        )
        self._seen[token] = (caller, caller.expires_at)
        if len(self._seen) > _REMEMBERED_TOKENS:
            self._seen.popitem(last=False)
        return caller

    async def _key(self, kid: str) -> jwt.PyJWK:
        if self._wants_keys(kid):
            async with self._fetching:  # those who come while keys are being fetched wait for them
                if self._wants_keys(kid) and self._age() > _KEYS_MIN_AGE_SECONDS:
                    await self._fetch()
        try:
            return self._keys[kid]
        except KeyError:
            raise Unauthenticated("the token's key is not known") from None

    def _wants_keys(self, kid: str) -> bool:
        return kid not in self._keys or self._age() > _KEYS_MAX_AGE_SECONDS

    def _age(self) -> float:
        return time.monotonic() - self._fetched_at

    async def _fetch(self) -> None:
        self._fetched_at = time.monotonic()
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as http,
                http.get(self._jwks_url) as answer,
            ):
                keys = jwt.PyJWKSet.from_dict(await answer.json(content_type=None)).keys
        except (aiohttp.ClientError, TimeoutError, ValueError, jwt.PyJWTError) as error:
            log.warning("issuer's keys not reachable", extra={"error": type(error).__name__})
            return  # the keys we have stay good
        self._keys = {key.key_id or "": key for key in keys}


def _names(claim: object) -> frozenset[str]:
    """Names in a claim: separated by spaces (RFC 8693 §4.2) or a list."""
    names = claim.split() if isinstance(claim, str) else claim
    return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()
