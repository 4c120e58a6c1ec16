"""`@link`: which specifications a subgraph uses and what it calls their elements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from graphql import (
    DirectiveNode,
    DocumentNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    value_from_ast_untyped,
)

from services.gateway.compose.federation import (
    DIRECTIVES,
    FED_1,
    FEDERATION,
    LINK,
    NEWEST_MINOR,
    SCALARS,
    SPECS,
    STANDALONE_SPECS,
    UNSUPPORTED_SPECS,
    Version,
    available,
    spelled,
)
from services.gateway.compose.results import CompositionError, CompositionHint

_VERSION = re.compile(r"v(\d+)\.(\d+)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_BUILT_IN = {name: name for name in ("deprecated", "specifiedBy", "oneOf", "skip", "include")}


@dataclass(frozen=True, slots=True)
class Link:
    """One `@link`: `imports` maps the specification's element name (directives with `@`) to the local one."""

    identity: str
    name: str | None
    version: Version | None
    alias: str | None
    imports: Mapping[str, str]
    line: int | None
    purpose: str | None = None

    @property
    def namespace(self) -> str | None:
        return self.alias or self.name


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one subgraph writes Federation.

    `directives` maps a local directive name to the specification's; `links` are all links, `@link` itself is `link_name`.
    """

    version: Version
    link_name: str
    links: tuple[Link, ...]
    directives: Mapping[str, str]
    scalars: Mapping[str, tuple[str, ...]]
    namespaces: frozenset[str]

    @property
    def is_fed_1(self) -> bool:
        return self.version == FED_1

    def local_names(self, directive: str) -> list[str]:
        """Every local name of a Federation directive, the imported one first."""
        return [local for local, canonical in self.directives.items() if canonical == directive]

    def owns(self, name: str) -> bool:
        """Whether a type or directive name lies in the namespace of a linked specification (`federation__FieldSet`)."""
        return name.partition("__")[0] in self.namespaces and "__" in name


@dataclass(slots=True)
class LinkReading:
    """The dialect, with what was found wrong or odd on the way."""

    dialect: Dialect | None
    errors: list[CompositionError] = field(default_factory=list)
    hints: list[CompositionHint] = field(default_factory=list)


def read_links(subgraph: str, document: DocumentNode) -> LinkReading:
    """Read the links on the schema definition and its extensions; every element gets its local name."""
    reading = LinkReading(dialect=None)
    applications = list(_schema_directives(document))
    link_name = _link_name(applications)
    links: list[Link] = []
    for node in applications:
        if node.name.value == link_name:
            link = _read_link(subgraph, node, reading.errors)
            if link is not None:
                links.append(link)
    _check_duplicates(subgraph, links, reading.errors)
    reading.errors += _unsupported(subgraph, links)
    version = _federation_version(subgraph, links, reading)
    if not reading.errors:
        reading.dialect = _dialect(subgraph, version, link_name, links, reading.errors)
    return reading


def _schema_directives(document: DocumentNode) -> Iterator[DirectiveNode]:
    for node in document.definitions:
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode):
            yield from node.directives or ()


def _link_name(applications: list[DirectiveNode]) -> str:
    """`link`, unless a link to the link specification itself gives another name."""
    for node in applications:
        arguments = _arguments(node)
        identity, _, version = _split_url(arguments.get("url"))
        if identity != LINK or version is None:
            continue
        alias = arguments.get("as")
        for entry in arguments.get("import") or ():
            if isinstance(entry, dict) and entry.get("name") == "@link" and entry.get("as"):
                alias = str(entry["as"]).lstrip("@")
        if (alias or "link") == node.name.value:
            return node.name.value
    return "link"


def _arguments(node: DirectiveNode) -> dict[str, Any]:
    return {argument.name.value: value_from_ast_untyped(argument.value) for argument in node.arguments or ()}


def _split_url(url: object) -> tuple[str, str | None, Version | None]:
    """Identity, name and version of a specification URL; name and version may be missing."""
    if not isinstance(url, str):
        return "", None, None
    parts = urlsplit(url)
    if not parts.scheme or not (parts.netloc or parts.path):
        return url, None, None
    segments = [segment for segment in parts.path.split("/") if segment]
    version: Version | None = None
    if segments and (match := _VERSION.fullmatch(segments[-1])):
        version = int(match[1]), int(match[2])
        segments.pop()
    name = segments[-1] if segments and _NAME.fullmatch(segments[-1]) else None
    path = "".join(f"/{segment}" for segment in segments)
    return f"{parts.scheme}://{parts.netloc}{path}", name, version


def _read_link(subgraph: str, node: DirectiveNode, errors: list[CompositionError]) -> Link | None:
    line = node.loc.start_token.line if node.loc else None

    def invalid(message: str, code: str = "INVALID_LINK_DIRECTIVE_USAGE") -> None:
        errors.append(CompositionError(code, message, subgraph, line))

    url_node = next((a.value for a in node.arguments or () if a.name.value == "url"), None)
    arguments = _arguments(node)
    if not isinstance(url_node, StringValueNode):
        invalid('@link needs a "url": the address of a specification, ending in its version')
        return None
    identity, name, version = _split_url(url_node.value)
    if "://" not in identity:
        invalid(f'@link url "{url_node.value}" is not a URL', "INVALID_LINK_IDENTIFIER")
        return None
    alias = arguments.get("as")
    if alias is not None and (not isinstance(alias, str) or "__" in alias or not _NAME.fullmatch(alias)):
        invalid(f'@link(as: "{alias}") is not usable as a namespace', "INVALID_LINK_IDENTIFIER")
        return None
    imports: dict[str, str] = {}
    raw_imports = arguments.get("import")
    if raw_imports is not None and not isinstance(raw_imports, list):
        invalid('"import" of @link must be a list')
        return None
    for entry in raw_imports or ():
        problem = _read_import(entry, imports)
        if problem:
            invalid(f"{problem} (in the link to {identity})")
    return Link(identity, name, version, alias, imports, line, arguments.get("for"))


def _read_import(entry: object, imports: dict[str, str]) -> str | None:
    """Add one import entry; the answer is what is wrong with it."""
    if isinstance(entry, str):
        source, local = entry, entry
    elif isinstance(entry, dict) and isinstance(entry.get("name"), str):
        source = str(entry["name"])
        alias: object = entry.get("as", source)
        if not isinstance(alias, str):
            return f'"as" of the import of "{source}" must be a string'
        local = alias
        if set(entry) - {"name", "as"}:
            return f'the import of "{source}" may only have "name" and "as"'
    else:
        return f"an import must be a name or {{name:, as:}}, not {entry!r}"
    if source.startswith("@") != local.startswith("@"):
        return f'"{source}" cannot be imported as "{local}": both or neither are directives'
    imports[source] = local
    return None


def _check_duplicates(subgraph: str, links: list[Link], errors: list[CompositionError]) -> None:
    seen: dict[str, Link] = {}
    for link in links:
        if link.identity in seen:
            errors.append(
                CompositionError(
                    "INVALID_LINK_DIRECTIVE_USAGE",
                    f"{link.identity} is linked more than once",
                    subgraph,
                    link.line,
                    mend="keep one @link and put all imports there",
                )
            )
        seen[link.identity] = link


def _unsupported(subgraph: str, links: list[Link]) -> Iterator[CompositionError]:
    """UNKNOWN_LINK_VERSION, and UNSUPPORTED_LINKED_FEATURE for what would silently lose its meaning if it were ignored."""
    for link in links:
        if link.identity == LINK and link.version != (1, 0):
            yield CompositionError(
                "UNKNOWN_LINK_VERSION",
                f"link {spelled(link.version) if link.version else 'without a version'} is not known",
                subgraph,
                link.line,
                mend=f'link "{LINK}/v1.0", or leave that link out',
            )
        elif link.identity in STANDALONE_SPECS:
            if link.version is None or link.version[0] != 0:
                yield CompositionError(
                    "UNSUPPORTED_LINKED_FEATURE",
                    f"this version of {link.identity} is not known",
                    subgraph,
                    link.line,
                    mend="link v0.1, or import the directive from the federation specification",
                )
        elif link.identity in UNSUPPORTED_SPECS or (
            link.purpose is not None and link.identity not in (FEDERATION, LINK)
        ):
            yield CompositionError(
                "UNSUPPORTED_LINKED_FEATURE",
                f"{link.identity} cannot be ignored"
                + (f" (for: {link.purpose})" if link.purpose else "")
                + " and is not supported",
                subgraph,
                link.line,
                mend="leave the feature out" + (", or `for:` if the graph is right without it" if link.purpose else ""),
            )


def _federation_version(subgraph: str, links: list[Link], reading: LinkReading) -> Version:
    federation = next((link for link in links if link.identity == FEDERATION), None)
    if federation is None:
        return FED_1
    version = federation.version
    if version is None or version[0] != 2:
        named = spelled(version) if version else "without a version"
        reading.errors.append(
            CompositionError(
                "UNKNOWN_FEDERATION_LINK_VERSION",
                f"federation {named} is not known: this composer speaks v2.0 to v2.{NEWEST_MINOR}",
                subgraph,
                federation.line,
            )
        )
        return FED_1
    if version[1] > NEWEST_MINOR:
        reading.hints.append(
            CompositionHint(
                "NEWER_FEDERATION_VERSION",
                f"federation {spelled(version)} is read as v2.{NEWEST_MINOR}",
                subgraph=subgraph,
                line=federation.line,
            )
        )
        return 2, NEWEST_MINOR
    return version


def _dialect(
    subgraph: str,
    version: Version,
    link_name: str,
    links: list[Link],
    errors: list[CompositionError],
) -> Dialect | None:
    known = {directive.name for directive in available(version)}
    directives = dict(_BUILT_IN)
    scalars: dict[str, list[str]] = {name: [] for name, since in SCALARS.items() if since <= version}
    namespaces = {"link", "federation"} | {
        link.namespace for link in links if link.namespace and link.identity.startswith(SPECS)
    }
    if version == FED_1:
        directives.update({name: name for name in known})
        scalars = {"FieldSet": ["_FieldSet"]}
    for link in links:
        if link.identity == FEDERATION:
            _name_federation(subgraph, version, link, known, directives, scalars, errors)
        elif link.identity in STANDALONE_SPECS:
            for name in STANDALONE_SPECS[link.identity]:
                local = link.imports.get(
                    f"@{name}",
                    f"@{name if name == link.namespace else f'{link.namespace}__{name}'}",
                )
                directives[local[1:]] = name
    if errors:
        return None
    return Dialect(
        version=version,
        link_name=link_name,
        links=tuple(links),
        directives=directives,
        scalars={name: tuple(names) for name, names in scalars.items()},
        namespaces=frozenset(namespaces),
    )


def _name_federation(
    subgraph: str,
    version: Version,
    link: Link,
    known: set[str],
    directives: dict[str, str],
    scalars: dict[str, list[str]],
    errors: list[CompositionError],
) -> None:
    for source, local in link.imports.items():
        name = source.lstrip("@")
        if source.startswith("@") and name in known:
            directives[local[1:]] = name
        elif not source.startswith("@") and name in scalars:
            scalars[name].append(local)
        elif name not in _UNUSED_ELEMENTS:
            since = DIRECTIVES[name].since if name in DIRECTIVES and source.startswith("@") else None
            errors.append(
                CompositionError(
                    "INVALID_LINK_DIRECTIVE_USAGE",
                    f'cannot import unknown element "{source}" from federation {spelled(version)}',
                    subgraph,
                    link.line,
                    mend=f"link federation {spelled(since)} or later" if since else None,
                )
            )
    namespace = link.alias or "federation"
    for name in sorted(known):
        directives[f"{namespace}__{name}"] = name
    for name, names in scalars.items():
        names.append(f"{namespace}__{name}")


# Elements of the late minors that change nothing here: connectors and cache tags.
_UNUSED_ELEMENTS = frozenset({"connect", "source", "cacheTag", "link"})
