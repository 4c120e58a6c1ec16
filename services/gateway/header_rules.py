"""Which headers travel: from the client to subgraphs, and from subgraphs to the client. Names are compared in lower case.

Rules apply in their order, on top of what always travels (FORWARDED). A name may be a pattern with `*`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

FORWARDED = ("authorization", "accept-language", "traceparent", "tracestate")
"""What every subgraph receives without any rule."""
BUDGET_HEADER = "x-request-timeout-ms"
"""How long the gateway waits for this answer, in whole milliseconds."""

HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"trailers", "transfer-encoding", "upgrade"}
)
_OURS = frozenset({"content-type", "content-length", "content-encoding", "accept", "accept-encoding", "host", "expect"})
_DEBUG = frozenset({"apollo-federation-include-trace", "apollo-expose-query-plan", BUDGET_HEADER})
"""What would make subgraphs tell strangers about themselves, or wait as long as strangers like."""
_NEVER_OUT = HOP_BY_HOP | _OURS | _DEBUG
_NEVER_BACK = HOP_BY_HOP | {"content-type", "content-length", "content-encoding"}
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Propagate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"new_name": "as"}):
    """Pass the client's header on."""

    propagate: str
    new_name: str = ""
    default: str | None = None
    """Sent when the client has none."""


class Insert(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send a header of our own."""

    insert: str
    value: str


class Remove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Do not send what an earlier rule, or none at all, would send."""

    remove: str


class ResponseRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"new_name": "as"}):
    """Pass a subgraph's header on to the client."""

    propagate: str
    merge: Literal["first", "last", "append"] = "last"
    """Which counts when several subgraphs send it, in the order of the plan."""
    new_name: str = ""


RequestRule = Propagate | Insert | Remove


def problems_of(rule: RequestRule | ResponseRule) -> list[str]:
    """What is wrong with a rule."""
    found: list[str] = []
    if isinstance(rule, Propagate | ResponseRule):
        source, target = rule.propagate, rule.new_name
    else:
        source, target = rule.insert if isinstance(rule, Insert) else rule.remove, ""
    for name in (source, *((target,) if target else ())):
        if not _NAME.fullmatch(name):
            found.append(f"{name!r} is no header name")
    never = _NEVER_BACK if isinstance(rule, ResponseRule) else _NEVER_OUT
    found += [f"{name!r} is not for rules" for name in (source, target) if name.lower() in never]
    if isinstance(rule, Propagate | ResponseRule) and "*" in source:
        if target:
            found.append("a pattern cannot be renamed")
        if isinstance(rule, Propagate) and rule.default is not None:
            found.append("a pattern has no default")
    if "*" in target or (isinstance(rule, Insert) and "*" in source):
        found.append("only what is read may be a pattern")
    values = [getattr(rule, "value", None), getattr(rule, "default", None)]
    if any(value is not None and not value.isprintable() for value in values):
        found.append("the value has characters a header cannot have")
    return found


def wanted_by(rules: Iterable[RequestRule]) -> Callable[[Mapping[str, str]], dict[str, str]]:
    """A function that picks from the client's headers what any of the rules may pass on."""
    names = frozenset(rule.propagate.lower() for rule in rules if isinstance(rule, Propagate))
    patterns = [name for name in names if "*" in name]

    def pick(headers: Mapping[str, str]) -> dict[str, str]:
        never = _NEVER_OUT | _named_by(headers.get("connection", ""))
        return {
            name: value
            for name, value in headers.items()
            if name not in never and (name in names or any(fnmatchcase(name, item) for item in patterns))
        }

    return pick


def _named_by(connection: str) -> frozenset[str]:
    """The headers a `connection` header says are for the next neighbour only (RFC 9110 §7.6.1)."""
    return frozenset(name.strip().lower() for name in connection.split(",")) if connection else frozenset()


def request_headers(
    rules: Sequence[RequestRule], pick: Callable[[Mapping[str, str]], dict[str, str]]
) -> Callable[[Mapping[str, str]], dict[str, str]]:
    """A function from the headers at hand, with those picked for any subgraph, to what one with these rules receives."""

    def apply(picked: Mapping[str, str]) -> dict[str, str]:
        asked = pick(picked)
        sent = {name: value for name, value in picked.items() if name not in asked or name in FORWARDED}
        for rule in rules:
            if isinstance(rule, Propagate):
                name = rule.propagate.lower()
                if "*" in name:
                    sent |= {key: value for key, value in picked.items() if fnmatchcase(key, name)}
                else:
                    value = picked.get(name, rule.default)
                    if value is not None:
                        sent[(rule.new_name or name).lower()] = value
            elif isinstance(rule, Insert):
                sent[rule.insert.lower()] = rule.value
            else:
                pattern = rule.remove.lower()
                sent = {key: value for key, value in sent.items() if not fnmatchcase(key, pattern)}
        return sent

    return apply


Received = tuple[Sequence[ResponseRule], Sequence[tuple[str, str]]]
"""The rules of a subgraph and the headers it answered with."""


def response_headers(answers: Sequence[Received], *, cacheable: bool) -> list[tuple[str, str]]:
    """What the client receives of the subgraphs' headers, in the order of the plan.

    Args:
        cacheable: false after a mutation or with errors, whatever subgraphs say.

    `set-cookie` is never joined into one line (RFC 6265 §3), and `cache-control` becomes the most restrictive of all.
    """
    found: dict[str, list[str]] = {}
    caching: list[str | None] = []
    for rules, headers in answers:
        wants_caching = False
        never = _NEVER_BACK.union(*(_named_by(value) for key, value in headers if key == "connection"))
        for rule in rules:
            pattern = rule.propagate.lower()
            wants_caching = wants_caching or fnmatchcase("cache-control", pattern)
            for name in dict.fromkeys(key for key, _ in headers if fnmatchcase(key, pattern)):
                if name in never or name == "cache-control" or name.startswith("access-control-"):
                    continue  # which origins may read the answer is for the gateway to say
                values = [value for key, value in headers if key == name]
                target = (rule.new_name or name).lower()
                if rule.merge == "append" or target == "set-cookie":
                    found.setdefault(target, []).extend(values)
                elif rule.merge == "last":
                    found[target] = values[-1:]
                else:
                    found.setdefault(target, values[:1])
        if wants_caching:
            said = [value for key, value in headers if key == "cache-control"]
            caching.append(", ".join(said) if said else None)
    lines = [
        (name, value)
        for name, values in found.items()
        for value in (values if name == "set-cookie" else [", ".join(values)])
    ]
    if caching:
        lines.append(("cache-control", most_restrictive(caching) if cacheable else "no-store"))
    return lines


def most_restrictive(values: Sequence[str | None]) -> str:
    """One `cache-control` that breaks none of these (RFC 9111 §5.2.2); None stands for an answer that said nothing."""
    scope = "public"
    ages: list[int] = []
    for value in values:
        directives = {
            name.strip().lower(): argument.strip().strip('"')
            for name, _, argument in (item.partition("=") for item in (value or "no-store").split(","))
        }
        age = directives.get("max-age", "")
        if directives.keys() & {"no-store", "no-cache"} or not age.isdigit() or not int(age):
            return "no-store"
        if "private" in directives:
            scope = "private"
        ages.append(int(age))
    return f"{scope}, max-age={min(ages)}"
