"""Printing a supergraph as SDL in the join specification: sorted by name, only what is needed, same input same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from graphql import StringValueNode, print_ast

from services.gateway.compose.federation import SPECS, spelled
from services.gateway.compose.join_spec import (
    FEATURE_SCALARS,
    FEATURES,
    LINK_DIRECTIVE,
    LINK_TYPES,
    join_directives,
    join_types,
    join_version,
)
from services.gateway.compose.merge.supergraph import (
    JoinField,
    JoinType,
    MergedArgument,
    MergedField,
    MergedType,
    MergedValue,
    Supergraph,
)
from services.gateway.compose.model import Element, Kind, ListSize
from services.gateway.demands import Groups

_ROOTS = (("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription"))


def print_supergraph(supergraph: Supergraph) -> str:
    """The whole supergraph SDL."""
    return _Printer(supergraph).document()


class _Printer:
    def __init__(self, supergraph: Supergraph) -> None:
        self.supergraph = supergraph
        self.features: set[str] = set()

    def document(self) -> str:
        supergraph = self.supergraph
        # Printed first: only then is it known which features are used.
        types = {name: self._type(merged) for name, merged in supergraph.types.items() if merged.joins}
        types["join__Graph"] = self._graphs()
        types.update(LINK_TYPES)
        types.update(join_types(supergraph.version))
        types.update({scalar: f"scalar {scalar}" for name, scalar in FEATURE_SCALARS.items() if name in self.features})
        directives = [
            LINK_DIRECTIVE,
            *join_directives(supergraph.version),
            *(definition for name, (_, definition) in FEATURES.items() if name in self.features),
            *(print_ast(each.definition) for each in supergraph.composed.values()),
            *(print_ast(each) for name, each in supergraph.executable.items() if name not in supergraph.composed),
        ]
        if "cost" in self.features or "listSize" in self.features:
            directives += [FEATURES[name][1] for name in ("cost", "listSize") if name not in self.features]
        return "\n\n".join([self._schema(), *sorted(directives), *(types[name] for name in sorted(types))]) + "\n"

    def _schema(self) -> str:
        links = [
            f'@link(url: "{SPECS}link/v1.0")',
            f'@link(url: "{SPECS}join/{join_version(self.supergraph.version)}", for: EXECUTION)',
        ]
        links += sorted({FEATURES[name][0] for name in self.features} - {""})
        links += self._composed_links()
        roots = [
            f"  {operation}: {name}"
            for operation, name in _ROOTS
            if name in self.supergraph.types and self.supergraph.types[name].joins
        ]
        return "schema\n" + "\n".join(f"  {link}" for link in links) + "\n{\n" + "\n".join(roots) + "\n}"

    def _composed_links(self) -> list[str]:
        by_feature: dict[str, list[str]] = {}
        for each in sorted(self.supergraph.composed.values(), key=lambda each: each.name):
            version = f"/{spelled(each.version)}" if each.version else ""
            local = f"@{each.name}"
            entry = (
                _string(local)
                if local == each.imported_as
                else f"{{ name: {_string(each.imported_as)}, as: {_string(local)} }}"
            )
            by_feature.setdefault(each.identity + version, []).append(entry)
        return [
            f"@link(url: {_string(url)}, import: [{', '.join(imports)}])" for url, imports in sorted(by_feature.items())
        ]

    def _graphs(self) -> str:
        values = [
            f"  {graph.enum} @join__graph(name: {_string(graph.name)}, url: {_string(graph.url)})"
            for graph in sorted(self.supergraph.graphs.values(), key=lambda graph: graph.enum)
        ]
        return "enum join__Graph {\n" + "\n".join(values) + "\n}"

    def _type(self, merged: MergedType) -> str:
        head = _description(merged.description)
        directives = [
            *(self._join_type(join) for join in merged.joins),
            *(
                f"@join__implements(graph: {self._enum(graph)}, interface: {_string(interface)})"
                for graph, interface in merged.implements
                if graph in merged.graphs
            ),
            *(
                f"@join__unionMember(graph: {self._enum(graph)}, member: {_string(member)})"
                for graph, member in merged.union_members
            ),
            *self._marks(merged),
        ]
        if merged.one_of:
            self.features.add("oneOf")
            directives.append("@oneOf")
        if merged.specified_by is not None:
            directives.append(f"@specifiedBy(url: {_string(merged.specified_by)})")
        applied = "".join(f"\n  {directive}" for directive in directives)
        match merged.kind:
            case Kind.SCALAR:
                return f"{head}scalar {merged.name}{applied}"
            case Kind.UNION:
                return f"{head}union {merged.name}{applied}\n = {' | '.join(merged.members)}"
            case Kind.ENUM:
                return f"{head}enum {merged.name}{applied}\n{{\n{self._values(merged)}\n}}"
            case Kind.INPUT:
                return f"{head}input {merged.name}{applied}\n{{\n{self._input_fields(merged)}\n}}"
            case Kind.OBJECT | Kind.INTERFACE:
                keyword = "type" if merged.kind is Kind.OBJECT else "interface"
                implements = f" implements {' & '.join(merged.interfaces)}" if merged.interfaces else ""
                return f"{head}{keyword} {merged.name}{implements}{applied}\n{{\n{self._fields(merged)}\n}}"

    def _values(self, merged: MergedType) -> str:
        return "\n".join(
            _description(value.description, "  ")
            + "  "
            + " ".join([name, *self._value_joins(value), *self._marks(value)])
            for name, value in merged.values.items()
            if value.complete
        )

    def _value_joins(self, value: MergedValue) -> Iterator[str]:
        for graph in value.by_graph:
            yield f"@join__enumValue(graph: {self._enum(graph)})"

    def _input_fields(self, merged: MergedType) -> str:
        return "\n".join(
            _description(field.description, "  ")
            + "  "
            + " ".join(
                [
                    f"{field.name}: {field.type}"
                    + (f" = {print_ast(field.default)}" if field.default is not None else ""),
                    *(self._join_field(join) for join in field.joins),
                    *self._marks(field),
                ]
            )
            for field in merged.fields.values()
            if field.complete
        )

    def _fields(self, merged: MergedType) -> str:
        return "\n".join(self._field(field) for field in merged.fields.values())

    def _field(self, field: MergedField) -> str:
        head = " ".join(
            [
                f"{field.name}{self._arguments(field.arguments.values())}: {field.type}",
                *(self._join_field(join) for join in field.joins),
                *self._marks(field),
            ]
        )
        return f"{_description(field.description, '  ')}  {head}"

    def _arguments(self, arguments: Iterable[MergedArgument]) -> str:
        printed = [
            " ".join(
                [
                    f"{argument.name}: {argument.type}"
                    + (f" = {print_ast(argument.default)}" if argument.default is not None else ""),
                    *self._marks(argument),
                ]
            )
            for argument in arguments
            if argument.complete
        ]
        described = [argument.description for argument in arguments if argument.complete]
        if not printed:
            return ""
        if not any(described):
            return f"({', '.join(printed)})"
        lines = [
            f"{_description(description, '    ')}    {text}"
            for description, text in zip(described, printed, strict=True)
        ]
        return "(\n" + "\n".join(lines) + "\n  )"

    def _join_type(self, join: JoinType) -> str:
        arguments = [f"graph: {self._enum(join.graph)}"]
        if join.key is not None:
            arguments.append(f"key: {_string(join.key)}")
        if join.extension:
            arguments.append("extension: true")
        if not join.resolvable:
            arguments.append("resolvable: false")
        if join.is_interface_object:
            arguments.append("isInterfaceObject: true")
        return f"@join__type({', '.join(arguments)})"

    def _join_field(self, join: JoinField) -> str:
        arguments: list[str] = []
        if join.graph is not None:
            arguments.append(f"graph: {self._enum(join.graph)}")
        for name, text in (
            ("requires", join.requires),
            ("provides", join.provides),
            ("type", join.type),
        ):
            if text is not None:
                arguments.append(f"{name}: {_string(text)}")
        if join.external:
            arguments.append("external: true")
        if join.override is not None:
            arguments.append(f"override: {_string(join.override)}")
        if join.used_overridden:
            arguments.append("usedOverridden: true")
        if join.override_label is not None:
            arguments.append(f"overrideLabel: {_string(join.override_label)}")
        return f"@join__field({', '.join(arguments)})" if arguments else "@join__field"

    def _enum(self, graph: str) -> str:
        return self.supergraph.graphs[graph].enum

    def _marks(self, element: Element) -> list[str]:
        """The feature directives of an element; each is noted as used."""
        marks: list[tuple[str, str]] = [("tag", f"@tag(name: {_string(tag)})") for tag in sorted(element.tags)]
        if element.inaccessible:
            marks.append(("inaccessible", "@inaccessible"))
        if element.authenticated:
            marks.append(("authenticated", "@authenticated"))
        if element.scopes:
            marks.append(("requiresScopes", f"@requiresScopes(scopes: {_groups(element.scopes)})"))
        if element.policies:
            marks.append(("policy", f"@policy(policies: {_groups(element.policies)})"))
        if element.cost is not None:
            marks.append(("cost", f"@cost(weight: {element.cost})"))
        if element.list_size is not None:
            marks.append(("listSize", _list_size(element.list_size)))
        self.features.update(name for name, _ in marks)
        printed = [text for _, text in marks]
        if element.deprecated is not None:
            printed.append(f"@deprecated(reason: {_string(element.deprecated)})")
        printed += sorted(print_ast(node) for node in element.foreign if node.name.value in self.supergraph.composed)
        return printed


def _groups(groups: Groups) -> str:
    printed = ("[" + ", ".join(_string(item) for item in sorted(group)) + "]" for group in groups)
    return "[" + ", ".join(sorted(printed)) + "]"


def _list_size(size: ListSize) -> str:
    arguments: list[str] = []
    if size.assumed_size is not None:
        arguments.append(f"assumedSize: {size.assumed_size}")
    if size.slicing_arguments is not None:
        arguments.append(f"slicingArguments: {_names(size.slicing_arguments)}")
    if size.sized_fields is not None:
        arguments.append(f"sizedFields: {_names(size.sized_fields)}")
    if not size.require_one_slicing_argument:
        arguments.append("requireOneSlicingArgument: false")
    return f"@listSize({', '.join(arguments)})" if arguments else "@listSize"


def _names(names: Sequence[str]) -> str:
    return "[" + ", ".join(_string(name) for name in names) + "]"


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _description(text: str | None, indent: str = "") -> str:
    if text is None:
        return ""
    block = print_ast(StringValueNode(value=text, block=True))
    return "\n".join(f"{indent}{line}" if line else "" for line in block.split("\n")) + "\n"
