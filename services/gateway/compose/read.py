"""From the SDL of one subgraph to its data (`SubgraphSchema`): directives understood, extensions folded in, roots renamed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ConstDirectiveNode,
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    GraphQLSyntaxError,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    Node,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    OperationType,
    ScalarTypeDefinitionNode,
    ScalarTypeExtensionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
    ValueNode,
    print_ast,
    value_from_ast_untyped,
)

from services.gateway.compose.definitions import check_definitions
from services.gateway.compose.federation import MACHINERY_FIELDS, MACHINERY_TYPES
from services.gateway.compose.field_sets import coordinates, read_field_set, walk
from services.gateway.compose.links import Dialect, read_links
from services.gateway.compose.model import (
    Argument,
    Coordinate,
    Element,
    Field,
    FieldSet,
    Key,
    Kind,
    ListSize,
    Override,
    SubgraphSchema,
    TypeDefinition,
    Uses,
)
from services.gateway.compose.results import CompositionError, CompositionHint, Subgraph
from services.gateway.compose.type_refs import named, renamed
from services.gateway.compose.validity import check_validity
from services.gateway.demands import Groups
from services.gateway.sdl import parse_sdl

_KINDS: dict[type[Node], Kind] = {
    ObjectTypeDefinitionNode: Kind.OBJECT,
    ObjectTypeExtensionNode: Kind.OBJECT,
    InterfaceTypeDefinitionNode: Kind.INTERFACE,
    InterfaceTypeExtensionNode: Kind.INTERFACE,
    UnionTypeDefinitionNode: Kind.UNION,
    UnionTypeExtensionNode: Kind.UNION,
    EnumTypeDefinitionNode: Kind.ENUM,
    EnumTypeExtensionNode: Kind.ENUM,
    InputObjectTypeDefinitionNode: Kind.INPUT,
    InputObjectTypeExtensionNode: Kind.INPUT,
    ScalarTypeDefinitionNode: Kind.SCALAR,
    ScalarTypeExtensionNode: Kind.SCALAR,
}
ROOTS = {
    OperationType.QUERY: "Query",
    OperationType.MUTATION: "Mutation",
    OperationType.SUBSCRIPTION: "Subscription",
}


@dataclass(slots=True)
class Reading:
    """A subgraph's data, unless its SDL has errors that leave none."""

    schema: SubgraphSchema | None
    errors: list[CompositionError] = field(default_factory=list)
    hints: list[CompositionHint] = field(default_factory=list)


def read_subgraph(subgraph: Subgraph) -> Reading:
    """Parse, read the links, check the definitions and generic validity, then read types; the first failing step ends it."""
    try:
        document = parse_sdl(subgraph.sdl, located=True)
    except GraphQLSyntaxError as error:
        line = error.locations[0].line if error.locations else None
        return Reading(None, [CompositionError("INVALID_GRAPHQL", error.message, subgraph.name, line)])
    except RecursionError:
        return Reading(None, [CompositionError("INVALID_GRAPHQL", "nested too deeply", subgraph.name)])
    links = read_links(subgraph.name, document)
    if links.dialect is None:
        return Reading(None, links.errors, links.hints)
    errors = list(check_definitions(subgraph.name, document, links.dialect))
    errors = errors or list(check_validity(subgraph.name, document, links.dialect))
    if errors:
        return Reading(None, errors, links.hints)
    schema = _Reader(links.dialect).read(subgraph, document)
    return Reading(schema, [], links.hints)


@dataclass(slots=True)
class _Marks:
    """The directives on one node: Federation's by their specification name, and all others."""

    known: dict[str, list[dict[str, Any]]]
    nodes: dict[str, list[DirectiveNode]]
    foreign: tuple[DirectiveNode, ...]

    def first(self, name: str) -> dict[str, Any] | None:
        return self.known[name][0] if name in self.known else None

    def element(self) -> dict[str, Any]:
        """The values of the attributes every `Element` has."""
        deprecated = self.first("deprecated")
        scopes, policies = self.first("requiresScopes"), self.first("policy")
        cost = self.first("cost")
        return {
            "tags": frozenset(str(tag.get("name")) for tag in self.known.get("tag", ())),
            "inaccessible": "inaccessible" in self.known,
            "deprecated": None if deprecated is None else str(deprecated.get("reason", "No longer supported")),
            "authenticated": "authenticated" in self.known,
            "scopes": _groups(scopes["scopes"]) if scopes else (),
            "policies": _groups(policies["policies"]) if policies else (),
            "cost": cost["weight"] if cost and isinstance(cost["weight"], int) else None,
            "list_size": _list_size(self.first("listSize")),
            "used": frozenset(self.known),
            "foreign": self.foreign,
        }


def _groups(value: object) -> Groups:
    """`[["a", "b"], ["c"]]`, where GraphQL lets a single item stand for a list."""
    outer = value if isinstance(value, list) else [value]
    return tuple(frozenset(str(item) for item in (inner if isinstance(inner, list) else [inner])) for inner in outer)


def _list_size(arguments: dict[str, Any] | None) -> ListSize | None:
    if arguments is None:
        return None
    slicing, sized = arguments.get("slicingArguments"), arguments.get("sizedFields")
    return ListSize(
        assumed_size=arguments.get("assumedSize"),
        slicing_arguments=None if slicing is None else _strings(slicing),
        sized_fields=None if sized is None else _strings(sized),
        require_one_slicing_argument=arguments.get("requireOneSlicingArgument", True) is not False,
    )


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)


def _line(node: Node) -> int | None:
    return node.loc.start_token.line if node.loc else None


def _text(description: StringValueNode | None) -> str | None:
    return description.value if description and description.value else None


class _Reader:
    """Reads one document; holds the dialect and the names of the roots while it does."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        # Only what belongs to a linked specification can reach the supergraph.
        self.imported = {
            local[1:] for link in dialect.links for local in link.imports.values() if local.startswith("@")
        }
        self.root_names: dict[str, str] = {}
        self.types: dict[str, TypeDefinition] = {}

    def read(self, subgraph: Subgraph, document: DocumentNode) -> SubgraphSchema:
        misnamed = self._find_roots(document)
        composed: list[tuple[str, int | None]] = []
        directives: dict[str, DirectiveDefinitionNode] = {}
        for node in document.definitions:
            if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode):
                marks = self._marks(node.directives)
                composed += [
                    (str(given.get("name")), _line(applied))
                    for given, applied in zip(
                        marks.known.get("composeDirective", ()),
                        marks.nodes.get("composeDirective", ()),
                        strict=True,
                    )
                ]
            elif isinstance(node, DirectiveDefinitionNode):
                directives[node.name.value] = node
            elif isinstance(node, TypeDefinitionNode | TypeExtensionNode):
                self._read_type(node)
        self._drop_empty_roots()
        self._settle_external()
        schema = SubgraphSchema(
            name=subgraph.name,
            url=subgraph.url,
            document=document,
            dialect=self.dialect,
            types=self.types,
            directives=directives,
            composed=tuple(composed),
            misnamed_roots=misnamed,
        )
        if self.dialect.is_fed_1:
            _drop_idle_field_sets(schema)
        schema.uses = find_uses(schema)
        return schema

    def _find_roots(self, document: DocumentNode) -> dict[str, str]:
        """Learn the local names of the roots; the answer maps a root name to the type wrongly called so."""
        roots: dict[str, str] = {}
        for node in document.definitions:
            if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode):
                for each in node.operation_types or ():
                    roots[ROOTS[each.operation]] = each.type.name.value
        defined = {
            node.name.value for node in document.definitions if isinstance(node, TypeDefinitionNode | TypeExtensionNode)
        }
        misnamed = {standard: local for standard, local in roots.items() if local != standard and standard in defined}
        self.root_names = {
            local: standard for standard, local in roots.items() if local != standard and standard not in misnamed
        }
        return misnamed

    def _drop_empty_roots(self) -> None:
        for name in ROOTS.values():
            definition = self.types.get(name)
            if definition is not None and not definition.fields:
                del self.types[name]

    def _marks(self, directives: Iterable[DirectiveNode] | None) -> _Marks:
        known: dict[str, list[dict[str, Any]]] = {}
        nodes: dict[str, list[DirectiveNode]] = {}
        foreign: list[DirectiveNode] = []
        for node in directives or ():
            canonical = self.dialect.directives.get(node.name.value)
            if canonical is None:
                if node.name.value in self.imported:
                    foreign.append(node)
                continue
            arguments = {
                argument.name.value: value_from_ast_untyped(argument.value) for argument in node.arguments or ()
            }
            known.setdefault(canonical, []).append(arguments)
            nodes.setdefault(canonical, []).append(node)
        return _Marks(known, nodes, tuple(foreign))

    def _read_type(self, node: TypeDefinitionNode | TypeExtensionNode) -> None:
        name = node.name.value
        if name in MACHINERY_TYPES or self.dialect.owns(name) or self._is_imported_scalar(name):
            return
        name = self.root_names.get(name, name)
        marks = self._marks(node.directives)
        is_extension = isinstance(node, TypeExtensionNode)
        definition = self.types.get(name)
        if definition is None:
            definition = TypeDefinition(name=name, kind=_KINDS[type(node)], line=_line(node))
            self.types[name] = definition
        self._mark_type(definition, node, marks)
        if is_extension:
            definition.has_extension = True
        else:
            definition.has_definition = True
            definition.line = _line(node)
            definition.description = _text(getattr(node, "description", None))
        if definition.kind is not Kind.INTERFACE or not self.dialect.is_fed_1:
            # Federation 1 lets interfaces have keys and gives them no meaning.
            definition.keys += tuple(self._read_key(applied, is_extension) for applied in marks.nodes.get("key", ()))
        if isinstance(node, UnionTypeDefinitionNode | UnionTypeExtensionNode):
            definition.members += tuple(
                self.root_names.get(member.name.value, member.name.value) for member in node.types or ()
            )
        elif isinstance(node, EnumTypeDefinitionNode | EnumTypeExtensionNode):
            for value in node.values or ():
                definition.values[value.name.value] = self._read_value(value)
        elif isinstance(node, InputObjectTypeDefinitionNode | InputObjectTypeExtensionNode):
            for each in node.fields or ():
                definition.fields[each.name.value] = self._read_input_field(each)
        elif isinstance(
            node,
            ObjectTypeDefinitionNode
            | ObjectTypeExtensionNode
            | InterfaceTypeDefinitionNode
            | InterfaceTypeExtensionNode,
        ):
            definition.interfaces += tuple(
                interface.name.value
                for interface in node.interfaces or ()
                if interface.name.value not in definition.interfaces
            )
            for output in node.fields or ():
                if output.name.value not in MACHINERY_FIELDS or name != "Query":
                    definition.fields[output.name.value] = self._read_field(output, marks, is_extension)

    def _is_imported_scalar(self, name: str) -> bool:
        return any(name in names for names in self.dialect.scalars.values())

    def _mark_type(
        self,
        definition: TypeDefinition,
        node: TypeDefinitionNode | TypeExtensionNode,
        marks: _Marks,
    ) -> None:
        """Fold the directives of one definition or extension into the type."""
        given = marks.element()
        definition.tags |= given["tags"]
        definition.used |= given["used"]
        definition.foreign += given["foreign"]
        definition.inaccessible |= given["inaccessible"]
        definition.authenticated |= given["authenticated"]
        definition.scopes += given["scopes"]
        definition.policies += given["policies"]
        definition.cost = given["cost"] if definition.cost is None else definition.cost
        definition.extends_directive |= "extends" in marks.known
        definition.interface_object |= "interfaceObject" in marks.known
        definition.external |= "external" in marks.known
        definition.one_of |= "oneOf" in marks.known
        if (specified := marks.first("specifiedBy")) is not None:
            definition.specified_by = str(specified.get("url"))

    def _read_key(self, node: ConstDirectiveNode | DirectiveNode, on_extension: bool) -> Key:
        arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
        resolvable = arguments.get("resolvable")
        return Key(
            fields=read_field_set(arguments.get("fields"), _line(node)),
            resolvable=resolvable is None or value_from_ast_untyped(resolvable) is not False,
            on_extension=on_extension,
        )

    def _read_value(self, node: EnumValueDefinitionNode) -> Element:
        return Element(
            name=node.name.value,
            line=_line(node),
            description=_text(node.description),
            **self._marks(node.directives).element(),
        )

    def _read_input_field(self, node: InputValueDefinitionNode) -> Field:
        return Field(
            name=node.name.value,
            line=_line(node),
            description=_text(node.description),
            type=renamed(print_ast(node.type), self.root_names),
            default=node.default_value,
            **self._marks(node.directives).element(),
        )

    def _read_field(self, node: FieldDefinitionNode, owner: _Marks, on_extension: bool) -> Field:
        marks = self._marks(node.directives)
        override = marks.first("override")
        return Field(
            name=node.name.value,
            line=_line(node),
            description=_text(node.description),
            type=renamed(print_ast(node.type), self.root_names),
            arguments={each.name.value: self._read_argument(each) for each in node.arguments or ()},
            external="external" in marks.known or "external" in owner.known,
            marked_external="external" in marks.known,
            shareable=self.dialect.is_fed_1 or "shareable" in marks.known or "shareable" in owner.known,
            on_extension=on_extension,
            requires=self._field_set(marks, "requires"),
            provides=self._field_set(marks, "provides"),
            override=None
            if override is None
            else Override(str(override.get("from")), _optional_string(override.get("label"))),
            **marks.element(),
        )

    def _read_argument(self, node: InputValueDefinitionNode) -> Argument:
        return Argument(
            name=node.name.value,
            line=_line(node),
            description=_text(node.description),
            type=print_ast(node.type),
            default=node.default_value,
            **self._marks(node.directives).element(),
        )

    def _field_set(self, marks: _Marks, directive: str) -> FieldSet | None:
        nodes: Sequence[DirectiveNode] = marks.nodes.get(directive, ())
        if not nodes:
            return None
        value: ValueNode | None = next(
            (each.value for each in nodes[0].arguments or () if each.name.value == "fields"), None
        )
        return read_field_set(value, _line(nodes[0]))

    def _settle_external(self) -> None:
        """`@external` on key fields of an extended type has no effect: the subgraph answers them.

        Neither has it on interfaces in Federation 1; later versions refuse it there.
        """
        for definition in self.types.values():
            if definition.kind is Kind.INTERFACE and self.dialect.is_fed_1:
                for each in definition.fields.values():
                    each.external = False
            if not (definition.has_extension or definition.extends_directive):
                continue
            for key in definition.keys:
                if not (key.on_extension or definition.extends_directive) or key.fields.selection is None:
                    continue
                for node in key.fields.selection.selections:
                    name = getattr(getattr(node, "name", None), "value", None)
                    if name in definition.fields:
                        definition.fields[name].external = False


def _drop_idle_field_sets(schema: SubgraphSchema) -> None:
    """Federation 1 lets a subgraph require and provide what it answers anyway, which says nothing."""

    def is_idle(parent: str, fields: FieldSet | None) -> bool:
        if fields is None or fields.selection is None:
            return False
        steps = list(walk(schema, parent, fields.selection))
        return all(step.field and not any(each.external for each in (step.field, *step.ancestors)) for step in steps)

    for owner, each in schema.fields_of(Kind.OBJECT):
        if is_idle(owner.name, each.requires):
            each.requires = None
        if is_idle(named(each.type), each.provides):
            each.provides = None


def _optional_string(value: object) -> str | None:
    return None if value is None else str(value)


def find_uses(schema: SubgraphSchema, overridden: frozenset[Coordinate] = frozenset()) -> Uses:
    """The fields named in keys, requires and provides, and those an interface promises.

    What a field of `overridden` requires or provides does not count: another subgraph answers it.
    """
    uses = Uses()
    for definition in schema.types.values():
        for key in definition.keys:
            uses.by_key |= coordinates(schema, definition.name, key.fields)
        for each in definition.fields.values():
            if (definition.name, each.name) in overridden:
                continue
            if each.requires is not None:
                uses.by_requires |= coordinates(schema, definition.name, each.requires)
            if each.provides is not None:
                uses.by_provides |= coordinates(schema, each.type.strip("[]!"), each.provides)
        for interface in definition.interfaces:
            promised = schema.types.get(interface)
            if promised is not None:
                uses.by_interface |= {(definition.name, name) for name in promised.fields}
    return uses
