"""Typed settings, read once from the environment; everything wrong is listed in one message."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_type_hints

import msgspec

PREFIX = "HUYING_"


class SettingsError(Exception):
    """The environment does not make valid settings; the text lists every problem."""


class Secret(msgspec.Struct, frozen=True):
    """A value that must not be printed."""

    value: str

    def __repr__(self) -> str:
        return "Secret('…')"


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """What every service reads. Each field is the environment variable `HUYING_<FIELD>`; see docs/settings.md.

    Times are seconds, sizes bytes. `mongo_database` defaults to `huying_<service>`.
    """

    listen: str
    mongo_url: Secret
    nats_url: str
    mongo_driver: Literal["motor", "pymongo"] = "motor"
    mongo_database: str = ""
    nats_user: str = ""
    nats_password: Secret = Secret("")
    nats_monitor_url: str = ""
    nats_manage_streams: bool = True
    nats_replicas: int = 1
    graphql_subject: str = ""
    jwks_url: str = ""
    jwt_issuer: str = ""
    jwt_audience: str = "huying"
    max_body_bytes: int = 1_048_576
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


S = TypeVar("S")


def read(kind: type[S], environ: Mapping[str, str]) -> S:
    """Settings of `kind` (a frozen dataclass) from `environ`. Raises SettingsError naming each missing or bad variable."""
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # S is a dataclass by contract
        name = PREFIX + field.name.upper()
        raw = environ.get(name)
        if raw is None:
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                problems.append(f"{name} is not set")
            continue
        try:
            values[field.name] = _convert(raw, hints[field.name])
        except msgspec.ValidationError as error:
            shown = "(hidden)" if hints[field.name] is Secret else repr(raw)
            problems.append(f"{name}={shown}: {error}")
    if problems:
        raise SettingsError("wrong settings: " + "; ".join(problems))
    return kind(**values)


def unknown(kind: type, environ: Mapping[str, str]) -> list[str]:
    """Variables that look like ours and are read by nobody: a likely typing mistake, to be logged."""
    known = {PREFIX + field.name.upper() for field in dataclasses.fields(kind)}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def _convert(raw: str, kind: Any) -> Any:
    if kind is Secret:
        return Secret(raw)
    return msgspec.convert(raw, kind, strict=False)


def address(listen: str) -> tuple[str, int]:
    """Host and port of `host:port`, `[ipv6]:port`, or `:port` for every interface. Raises SettingsError."""
    host, separator, port = listen.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not separator or not port.isdigit() or (":" in bare and bare is host) or "/" in host:
        raise SettingsError(f"{PREFIX}LISTEN={listen!r}: expected host:port")
    return bare or "0.0.0.0", int(port)
