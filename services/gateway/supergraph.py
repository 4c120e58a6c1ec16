"""The composed schema as an immutable value: what clients may ask and which subgraph knows what.

Reads supergraph SDL in the join specification, v0.1 to v0.5. Knows nothing of requests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar, cast

from graphql import (
    GraphQLError,
    GraphQLSchema,
    specified_directives,
)
from graphql.language import (
    ConstDirectiveNode,
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    Node,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    OperationTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    TypeDefinitionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    parse_type,
)
from graphql.utilities import value_from_ast_untyped

from services.chassis.process import paused_collector
from services.gateway.directives import FEATURES, EnforcedDirectives, links, read_directives
from services.gateway.errors import SupergraphInvalid
from services.gateway.node_fields import with_node_fields
from services.gateway.schema_validity import valid_schema
from services.gateway.sdl import parse_sdl

BUILTIN_SCALARS = frozenset({"Int", "Float", "String", "Boolean", "ID"})
UNDERSTOOD_FEATURES = frozenset({"core", "link", "join", "inaccessible", "tag", *FEATURES})


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A field's type: a name inside list and non-null wrappers."""

    name: str
    """The named type at the bottom."""
    non_null: bool
    item: TypeRef | None = None
    """The item type when this is a list."""

    @property
    def list_depth(self) -> int:
        return 0 if self.item is None else 1 + self.item.list_depth

    def __str__(self) -> str:
        inner = self.name if self.item is None else f"[{self.item}]"
        return inner + ("!" if self.non_null else "")

    @staticmethod
    def from_ast(node: TypeNode) -> TypeRef:
        non_null = isinstance(node, NonNullTypeNode)
        inner = node.type if isinstance(node, NonNullTypeNode) else node
        if isinstance(inner, ListTypeNode):
            item = TypeRef.from_ast(inner.type)
            return TypeRef(item.name, non_null, item)
        assert isinstance(inner, NamedTypeNode)
        return TypeRef(inner.name.value, non_null)


@dataclass(frozen=True, slots=True)
class SubgraphInfo:
    """One entry of `join__Graph`."""

    id: str
    name: str
    url: str
    subscription_url: str
    """Where subscriptions are asked for; the same URL unless the subgraph serves them apart."""


@dataclass(frozen=True, slots=True)
class Key:
    fields: str
    resolvable: bool


@dataclass(slots=True)
class TypeJoin:
    """What one subgraph says about one type."""

    keys: list[Key] = field(default_factory=list)
    extension: bool = False
    is_interface_object: bool = False


@dataclass(frozen=True, slots=True)
class FieldJoin:
    """What one subgraph says about one field."""

    type: TypeRef
    requires: str | None = None
    provides: str | None = None
    external: bool = False
    override: str | None = None
    override_label: str | None = None


@dataclass(slots=True)
class FieldInfo:
    name: str
    type: TypeRef
    joins: dict[str, FieldJoin]
    """By graph id; a graph that is absent cannot resolve the field."""
    inaccessible: bool = False


@dataclass(slots=True)
class TypeInfo:
    name: str
    kind: str
    """object, interface, union, enum, scalar or input."""
    joins: dict[str, TypeJoin] = field(default_factory=dict)
    is_presumed: bool = False
    """The supergraph names no subgraph (join v0.1): each is presumed to have the type, though maybe not all its fields."""
    fields: dict[str, FieldInfo] = field(default_factory=dict)
    implements: dict[str, set[str]] = field(default_factory=dict)
    """Interfaces by graph id."""
    interfaces: tuple[str, ...] = ()
    members: dict[str, set[str]] = field(default_factory=dict)
    """Union members by graph id."""
    all_members: tuple[str, ...] = ()
    enum_values: tuple[str, ...] = ()
    """Those that clients may see."""
    hides_values: bool = False
    """Whether an enum has values that clients may not see."""
    inaccessible: bool = False

    @property
    def is_abstract(self) -> bool:
        return self.kind in ("interface", "union")

    @property
    def is_composite(self) -> bool:
        return self.kind in ("object", "interface", "union")


@dataclass(frozen=True)
class Supergraph:
    """Everything the gateway knows about one schema generation."""

    sdl: str
    schema: GraphQLSchema
    """The consumer schema: no join internals, nothing inaccessible."""
    subgraphs: Mapping[str, SubgraphInfo]
    types: Mapping[str, TypeInfo]
    roots: Mapping[str, str]
    """Operation kind to root type name."""
    override_labels: frozenset[str]
    directives: EnforcedDirectives

    @cached_property
    def digest(self) -> str:
        return hashlib.blake2b(self.sdl.encode(), digest_size=16).hexdigest()

    @cached_property
    def _possible(self) -> dict[str, frozenset[str]]:
        possible: dict[str, set[str]] = {}
        for info in self.types.values():
            if info.kind == "object":
                possible.setdefault(info.name, set()).add(info.name)
                for interface in info.interfaces:
                    possible.setdefault(interface, set()).add(info.name)
            elif info.kind == "union":
                possible.setdefault(info.name, set()).update(info.all_members)
        return {name: frozenset(members) for name, members in possible.items()}

    def possible_types(self, name: str) -> frozenset[str]:
        """The object types a value of this type can be, over all subgraphs."""
        return self._possible.get(name, frozenset())

    @cached_property
    def _conditions(self) -> dict[str, frozenset[str]]:
        conditions: dict[str, set[str]] = {}
        for info in self.types.values():
            conditions.setdefault(info.name, set()).update((info.name, *info.interfaces))
            for member in info.all_members:
                conditions.setdefault(member, set()).add(info.name)
        return {name: frozenset(found) for name, found in conditions.items()}

    def conditions_on(self, name: str) -> frozenset[str]:
        """The type conditions every value of this type fulfils: itself, its interfaces, the unions it is in."""
        return self._conditions[name]

    @cached_property
    def _hiding(self) -> frozenset[str]:
        hidden = {info.name for info in self.types.values() if info.inaccessible}
        return frozenset(name for name, members in self._possible.items() if members & hidden)

    def hides_members(self, name: str) -> bool:
        """Whether an object type behind this type is inaccessible."""
        return name in self._hiding

    @cached_property
    def _varying(self) -> frozenset[tuple[str, str]]:
        varying: set[tuple[str, str]] = set()
        for info in self.types.values():
            for interface in info.interfaces if info.kind == "object" else ():
                for item in self.types[interface].fields.values():
                    own = info.fields.get(item.name)
                    if own is not None and own.type != item.type:
                        varying.add((interface, item.name))
        return frozenset(varying)

    def varies(self, interface: str, field_name: str) -> bool:
        """Whether some implementation gives an interface's field a narrower type."""
        return (interface, field_name) in self._varying

    def is_composite(self, name: str) -> bool:
        info = self.types.get(name)
        return info is not None and info.is_composite

    def subgraph_url(self, graph: str, kind: str) -> str:
        """Where an operation of this kind is sent."""
        subgraph = self.subgraphs[graph]
        return subgraph.subscription_url if kind == "subscription" else subgraph.url


def load_supergraph(
    sdl: str,
    urls: Mapping[str, str] | None = None,
    subscription_urls: Mapping[str, str] | None = None,
    *,
    node_fields: bool = False,
) -> Supergraph:
    """Read supergraph SDL.

    Args:
        sdl: the document a composition produced.
        urls: subgraph name to URL, overriding those of the document.
        subscription_urls: the same for subscriptions only.
        node_fields: add the gateway's own `node`, `nodes` and `nodeId`.

    Raises:
        SupergraphInvalid: the document does not parse, has no subgraphs, asks for a security feature this
            gateway does not implement, or has demands that cannot be read.
    """
    with paused_collector():
        return _load(sdl, urls or {}, subscription_urls or {}, node_fields=node_fields)


def _load(sdl: str, urls: Mapping[str, str], subscription_urls: Mapping[str, str], *, node_fields: bool) -> Supergraph:
    try:
        document = parse_sdl(sdl)
    except GraphQLError as err:
        raise SupergraphInvalid(f"The supergraph does not parse: {err.message}") from err
    _refuse_unknown_security_features(document)
    if node_fields:
        document = with_node_fields(document)
    subgraphs = _read_subgraphs(document, urls, subscription_urls)
    if not subgraphs:
        raise SupergraphInvalid("The supergraph has no join__Graph: it names no subgraph.")
    types = {
        definition.name.value: _read_type(definition, tuple(subgraphs))
        for definition in document.definitions
        if isinstance(
            definition,
            ObjectTypeDefinitionNode
            | InterfaceTypeDefinitionNode
            | UnionTypeDefinitionNode
            | EnumTypeDefinitionNode
            | ScalarTypeDefinitionNode
            | InputObjectTypeDefinitionNode,
        )
        and not _is_internal(definition.name.value)
    }
    for name in BUILTIN_SCALARS:
        types.setdefault(name, TypeInfo(name, "scalar"))
    roots = _read_roots(document, types)
    labels = frozenset(
        join.override_label
        for info in types.values()
        for item in info.fields.values()
        for join in item.joins.values()
        if join.override_label
    )
    try:
        schema = _consumer_schema(document)
    except (GraphQLError, TypeError) as err:
        raise SupergraphInvalid(f"The supergraph is not a valid schema: {err}") from err
    return Supergraph(sdl, schema, subgraphs, types, roots, labels, read_directives(document))


def _arguments(directive: ConstDirectiveNode) -> dict[str, object]:
    return {arg.name.value: value_from_ast_untyped(arg.value) for arg in directive.arguments or ()}


def _directives(node: object, name: str) -> Iterable[dict[str, object]]:
    for directive in getattr(node, "directives", None) or ():
        if directive.name.value == name:
            yield _arguments(directive)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _is_internal(name: str) -> bool:
    return name.startswith(("join__", "link__", "core__", "context__", "connect__")) or name in (
        "federation__Scope",
        "federation__Policy",
        "federation__ContextFieldValue",
    )


def _refuse_unknown_security_features(document: DocumentNode) -> None:
    for feature, version, arguments in links(document):
        known = feature in UNDERSTOOD_FEATURES and (feature not in FEATURES or version.startswith("v0."))
        if arguments.get("for") == "SECURITY" and not known:
            raise SupergraphInvalid(f"Unknown security feature in the supergraph: {feature} {version}".rstrip())


def _read_subgraphs(
    document: DocumentNode, urls: Mapping[str, str], subscription_urls: Mapping[str, str]
) -> dict[str, SubgraphInfo]:
    subgraphs: dict[str, SubgraphInfo] = {}
    for definition in document.definitions:
        if not (isinstance(definition, EnumTypeDefinitionNode) and definition.name.value == "join__Graph"):
            continue
        for value in definition.values or ():
            args = next(iter(_directives(value, "join__graph")), {})
            graph = value.name.value
            name = str(args.get("name") or graph.lower())
            url = urls.get(name) or str(args.get("url", ""))
            subgraphs[graph] = SubgraphInfo(graph, name, url, subscription_urls.get(name) or url)
    unknown = {*urls, *subscription_urls} - {info.name for info in subgraphs.values()}
    if unknown:
        raise SupergraphInvalid(
            f"A URL is given for subgraphs the supergraph does not have: {', '.join(sorted(unknown))}"
        )
    return subgraphs


_KINDS: dict[type[DefinitionNode], str] = {
    ObjectTypeDefinitionNode: "object",
    InterfaceTypeDefinitionNode: "interface",
    UnionTypeDefinitionNode: "union",
    EnumTypeDefinitionNode: "enum",
    ScalarTypeDefinitionNode: "scalar",
    InputObjectTypeDefinitionNode: "input",
}


def _read_type(
    node: ObjectTypeDefinitionNode
    | InterfaceTypeDefinitionNode
    | UnionTypeDefinitionNode
    | EnumTypeDefinitionNode
    | ScalarTypeDefinitionNode
    | InputObjectTypeDefinitionNode,
    graphs: tuple[str, ...],
) -> TypeInfo:
    info = TypeInfo(node.name.value, _KINDS[type(node)])
    info.inaccessible = any(True for _ in _directives(node, "inaccessible"))
    for args in _directives(node, "join__type"):
        join = info.joins.setdefault(str(args["graph"]), TypeJoin())
        key = _text(args.get("key"))
        if key:
            join.keys.append(Key(key, args.get("resolvable") is not False))
        join.extension = join.extension or args.get("extension") is True
        join.is_interface_object = join.is_interface_object or args.get("isInterfaceObject") is True
    # Federation 1 (join v0.1): the owner resolves the fields nobody else claims.
    owner = next((str(args["graph"]) for args in _directives(node, "join__owner")), None)
    if not info.joins:
        info.is_presumed = True
        info.joins = {graph: TypeJoin() for graph in graphs}

    if isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        info.interfaces = tuple(item.name.value for item in node.interfaces or ())
        implements = list(_directives(node, "join__implements"))
        for args in implements:
            info.implements.setdefault(str(args["graph"]), set()).add(str(args["interface"]))
        if not implements and info.interfaces:
            info.implements = {graph: set(info.interfaces) for graph in info.joins}
        for item in node.fields or ():
            info.fields[item.name.value] = _read_field(item, info, owner)
    elif isinstance(node, UnionTypeDefinitionNode):
        info.all_members = tuple(member.name.value for member in node.types or ())
        members = list(_directives(node, "join__unionMember"))
        for args in members:
            info.members.setdefault(str(args["graph"]), set()).add(str(args["member"]))
        if not members:
            info.members = {graph: set(info.all_members) for graph in info.joins}
    elif isinstance(node, EnumTypeDefinitionNode):
        info.enum_values = tuple(
            value.name.value for value in node.values or () if not any(True for _ in _directives(value, "inaccessible"))
        )
        info.hides_values = len(info.enum_values) < len(node.values or ())
    return info


def _read_field(node: FieldDefinitionNode, info: TypeInfo, owner: str | None) -> FieldInfo:
    declared = TypeRef.from_ast(node.type)
    directives = list(_directives(node, "join__field"))
    joins: dict[str, FieldJoin] = {}
    for args in directives:
        graph = args.get("graph")
        if graph is None:
            # On a concrete type: only an interface object resolves this field.
            continue
        typed = _text(args.get("type"))
        joins[str(graph)] = FieldJoin(
            type=TypeRef.from_ast(parse_type(typed)) if typed else declared,
            requires=_text(args.get("requires")),
            provides=_text(args.get("provides")),
            external=args.get("external") is True,
            override=_text(args.get("override")),
            override_label=_text(args.get("overrideLabel")),
        )
    if not directives:
        resolvers = [owner] if owner else list(info.joins)
        joins = {graph: FieldJoin(declared) for graph in resolvers}
    return FieldInfo(
        node.name.value,
        declared,
        joins,
        inaccessible=any(True for _ in _directives(node, "inaccessible")),
    )


def _read_roots(document: DocumentNode, types: Mapping[str, TypeInfo]) -> dict[str, str]:
    roots = {
        kind: name
        for kind, name in (
            ("query", "Query"),
            ("mutation", "Mutation"),
            ("subscription", "Subscription"),
        )
        if name in types
    }
    for definition in document.definitions:
        if isinstance(definition, SchemaDefinitionNode) and definition.operation_types:
            roots = {item.operation.value: item.type.name.value for item in definition.operation_types}
    return roots


_KEPT_DIRECTIVES = frozenset(
    {"deprecated", "specifiedBy", "oneOf", *(directive.name for directive in specified_directives)}
)


def _hidden(node: object) -> bool:
    return any(True for _ in _directives(node, "inaccessible"))


def _consumer_schema(document: DocumentNode) -> GraphQLSchema:
    """The API schema: no join and link internals, no foreign directives, nothing inaccessible. Raises TypeError if it is invalid."""
    gone = {
        definition.name.value
        for definition in document.definitions
        if isinstance(definition, TypeDefinitionNode) and (_hidden(definition) or _is_internal(definition.name.value))
    }
    kept: list[DefinitionNode] = []
    for definition in document.definitions:
        if isinstance(definition, SchemaDefinitionNode):
            kept.append(_plain_schema(definition, gone))
        elif isinstance(definition, DirectiveDefinitionNode):
            if _is_executable(definition):
                kept.append(definition)
        elif isinstance(definition, TypeDefinitionNode) and definition.name.value not in gone:
            kept.append(_accessible(definition, gone))
    return valid_schema(DocumentNode(definitions=tuple(kept)))


_EXECUTABLE = frozenset(
    {"QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD"}
    | {"INLINE_FRAGMENT", "VARIABLE_DEFINITION"}
)


def _is_executable(definition: DirectiveDefinitionNode) -> bool:
    return "__" not in definition.name.value and any(location.value in _EXECUTABLE for location in definition.locations)


def _plain_schema(node: SchemaDefinitionNode, gone: set[str]) -> SchemaDefinitionNode:
    operations: tuple[OperationTypeDefinitionNode, ...] = tuple(
        item for item in node.operation_types if item.type.name.value not in gone
    )
    return SchemaDefinitionNode(description=node.description, directives=(), operation_types=operations)


_N = TypeVar("_N", bound=Node)


def _accessible(node: _N, gone: set[str]) -> _N:
    """A copy of a definition without its hidden parts and directives clients must not see."""
    parts: dict[str, tuple[Any, ...]] = {
        "directives": tuple(
            directive
            for directive in getattr(node, "directives", None) or ()
            if directive.name.value in _KEPT_DIRECTIVES
        )
    }
    if isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        parts["interfaces"] = tuple(item for item in node.interfaces or () if item.name.value not in gone)
    if isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | InputObjectTypeDefinitionNode):
        parts["fields"] = tuple(
            _accessible(item, gone)
            for item in node.fields or ()
            if not _hidden(item) and TypeRef.from_ast(item.type).name not in gone
        )
    if isinstance(node, FieldDefinitionNode):
        parts["arguments"] = tuple(_accessible(item, gone) for item in node.arguments or () if not _hidden(item))
    if isinstance(node, UnionTypeDefinitionNode):
        parts["types"] = tuple(item for item in node.types or () if item.name.value not in gone)
    if isinstance(node, EnumTypeDefinitionNode):
        parts["values"] = tuple(_accessible(item, gone) for item in node.values or () if not _hidden(item))
    clone: _N = replace(cast("Any", node), **parts)
    return clone
