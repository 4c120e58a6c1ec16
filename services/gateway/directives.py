"""What a supergraph's directives ask the gateway to enforce: demands of callers, costs and sizes of lists.

Everything is kept by schema coordinate: `Type`, `Type.field`, `Type.field(argument:)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from graphql import DocumentNode, Node
from graphql.language import (
    ConstDirectiveNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    TypeDefinitionNode,
)
from graphql.utilities import value_from_ast_untyped

from services.gateway.errors import SupergraphInvalid

if TYPE_CHECKING:
    from services.chassis.identity import Caller

FEATURES: Mapping[str, tuple[str, ...]] = {
    "authenticated": ("authenticated",),
    "requiresScopes": ("requiresScopes",),
    "policy": ("policy",),
    "cost": ("cost", "listSize"),
}
"""Specifications and the directives each defines (Federation 2.5, 2.6 and 2.9)."""

Groups = frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Demand:
    """What one directive asks of a caller: to be authenticated, and to hold everything in one of the groups."""

    kind: Literal["authenticated", "scopes", "policies"]
    groups: Groups = frozenset()

    def is_met_by(self, caller: Caller | None) -> bool:
        if caller is None:
            return False
        if self.kind == "authenticated":
            return True
        held = caller.scopes if self.kind == "scopes" else caller.policies
        return any(group <= held for group in self.groups)


@dataclass(frozen=True, slots=True)
class ListSize:
    """One `@listSize`."""

    assumed_size: int | None = None
    slicing_arguments: tuple[str, ...] = ()
    sized_fields: tuple[str, ...] = ()
    require_one_slicing_argument: bool = True


@dataclass(frozen=True)
class EnforcedDirectives:
    """The directives of one supergraph, by schema coordinate."""

    demands: dict[str, frozenset[Demand]] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    list_sizes: dict[str, ListSize] = field(default_factory=dict)


def read_directives(document: DocumentNode) -> EnforcedDirectives:
    """Read a supergraph's directives under the names its links give them.

    Raises:
        SupergraphInvalid: one of them has arguments that say nothing: a demand that cannot be read cannot be met.
    """
    names = _local_names(document)
    found = EnforcedDirectives()
    for coordinate, node in _elements(document):
        demands: set[Demand] = set()
        for directive in getattr(node, "directives", None) or ():
            name = names.get(directive.name.value)
            try:
                if name == "cost":
                    found.weights[coordinate] = _whole(_arguments(directive)["weight"])
                elif name == "listSize":
                    found.list_sizes[coordinate] = _list_size(_arguments(directive))
                elif name is not None:
                    demands |= _demands(name, _arguments(directive))
            except (KeyError, TypeError, ValueError) as err:
                raise SupergraphInvalid(f"@{directive.name.value} on {coordinate} cannot be read.") from err
        if demands:
            found.demands[coordinate] = frozenset(demands)
    return found


def links(document: DocumentNode) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Feature name, version and arguments of every `@link` or `@core` of the schema."""
    for definition in document.definitions:
        if not isinstance(definition, SchemaDefinitionNode):
            continue
        for directive in definition.directives or ():
            if directive.name.value in ("link", "core"):
                arguments = _arguments(directive)
                parts = str(arguments.get("url") or arguments.get("feature") or "").rstrip("/").split("/")
                yield (parts[-2], parts[-1], arguments) if len(parts) > 1 else (parts[0], "", arguments)


def _local_names(document: DocumentNode) -> dict[str, str]:
    """Directive names of the document, to the specifications' own. A plain name counts even when nothing links it."""
    names = {name: name for directives in FEATURES.values() for name in directives}
    for feature, _, arguments in links(document):
        directives = FEATURES.get(feature, ())
        namespace = str(arguments.get("as") or feature)
        for name in directives:
            names[namespace if name == feature else f"{namespace}__{name}"] = name
        imports = arguments.get("import")
        for item in imports if isinstance(imports, list) else ():
            source = item.get("name") if isinstance(item, dict) else item
            local = (item.get("as") if isinstance(item, dict) else None) or source
            if not isinstance(source, str) or not isinstance(local, str):
                continue
            source, local = source.removeprefix("@"), local.removeprefix("@")
            if source in directives:
                names[local] = source
            elif local in names:
                del names[local]  # another specification's directive of that name
    return names


def _elements(document: DocumentNode) -> Iterator[tuple[str, Node]]:
    for definition in document.definitions:
        if not isinstance(definition, TypeDefinitionNode):
            continue
        owner = definition.name.value
        yield owner, definition
        if isinstance(
            definition, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | InputObjectTypeDefinitionNode
        ):
            for item in definition.fields or ():
                yield f"{owner}.{item.name.value}", item
                if isinstance(item, FieldDefinitionNode):
                    for argument in item.arguments or ():
                        yield f"{owner}.{item.name.value}({argument.name.value}:)", argument


def _arguments(directive: ConstDirectiveNode) -> dict[str, object]:
    return {item.name.value: value_from_ast_untyped(item.value) for item in directive.arguments or ()}


def _demands(name: str, arguments: Mapping[str, object]) -> set[Demand]:
    if name == "authenticated":
        return {Demand("authenticated")}
    groups = frozenset(
        frozenset(_texts(group)) for group in _items(arguments["scopes" if name == "requiresScopes" else "policies"])
    )
    # An empty list demands nothing, as in composition.
    return {Demand("scopes" if name == "requiresScopes" else "policies", groups)} if groups else set()


def _items(value: object) -> list[object]:
    """A list; a single value stands for a list of it (GraphQL §3.11)."""
    if value is None:
        raise ValueError
    return value if isinstance(value, list) else [value]


def _texts(value: object) -> list[str]:
    items = _items(value)
    if not all(isinstance(item, str) for item in items):
        raise TypeError
    return [str(item) for item in items]


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _list_size(arguments: Mapping[str, object]) -> ListSize:
    assumed = arguments.get("assumedSize")
    return ListSize(
        assumed_size=None if assumed is None else _whole(assumed),
        slicing_arguments=tuple(_texts(arguments.get("slicingArguments") or [])),
        sized_fields=tuple(_texts(arguments.get("sizedFields") or [])),
        require_one_slicing_argument=arguments.get("requireOneSlicingArgument") is not False,
    )
