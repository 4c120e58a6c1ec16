"""Selections inside directives: the `fields` of `@key`, `@requires` and `@provides`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    parse,
    print_ast,
)

from services.gateway.compose.model import COMPOSITE, Field, FieldSet, SubgraphSchema


def read_field_set(value: ValueNode | None, line: int | None) -> FieldSet:
    """Parse the argument; a text that is no selection keeps its problem for the rules to report."""
    is_string = isinstance(value, StringValueNode)
    if isinstance(value, StringValueNode):
        text = value.value.strip()
    elif isinstance(value, ListValueNode) and all(isinstance(each, StringValueNode) for each in value.values):
        # Federation 1 let a key list its fields.
        text = " ".join(each.value for each in value.values if isinstance(each, StringValueNode))
    else:
        return FieldSet(print_ast(value) if value else "", None, "it is not a string", False, line)
    if not text.strip("{} \n\t,"):
        return FieldSet(text, None, "it selects nothing", is_string, line)
    braced = text if text.startswith("{") else f"{{ {text} }}"
    try:
        document = parse(braced, no_location=True)
    except GraphQLSyntaxError as error:
        return FieldSet(text, None, error.message, is_string, line)
    except RecursionError:
        return FieldSet(text, None, "it is nested too deeply", is_string, line)
    operation = document.definitions[0]
    if len(document.definitions) != 1 or not isinstance(operation, OperationDefinitionNode):
        return FieldSet(text, None, "it is not a selection of fields", is_string, line)
    selection = operation.selection_set
    return FieldSet(print_selection(selection), selection, None, is_string, line)


def print_selection(selection: SelectionSetNode) -> str:
    """The selection on one line, without the outer braces."""
    return " ".join(_print_node(node) for node in selection.selections)


def _print_node(node: object) -> str:
    if isinstance(node, FieldNode):
        alias = f"{node.alias.value}: " if node.alias else ""
        arguments = "(" + ", ".join(print_ast(argument) for argument in node.arguments) + ")" if node.arguments else ""
        directives = "".join(f" {print_ast(directive)}" for directive in node.directives or ())
        text = f"{alias}{node.name.value}{arguments}{directives}"
        return f"{text} {{ {print_selection(node.selection_set)} }}" if node.selection_set else text
    if isinstance(node, InlineFragmentNode):
        on = f" on {node.type_condition.name.value}" if node.type_condition else ""
        return f"...{on} {{ {print_selection(node.selection_set)} }}"
    if isinstance(node, FragmentSpreadNode):
        return f"...{node.name.value}"
    raise TypeError(f"not a selection: {node!r}")


@dataclass(frozen=True, slots=True)
class Step:
    """One field of a selection, met on `parent` at `depth`; `field` is missing when `parent` has no such field.

    `problem` says what is wrong with the selection itself: an unknown type in a condition, a leaf with a selection, a composite
    without one.
    """

    parent: str
    node: FieldNode | InlineFragmentNode | FragmentSpreadNode
    field: Field | None
    ancestors: tuple[Field, ...] = ()
    problem: str | None = None


def walk(
    schema: SubgraphSchema,
    parent: str,
    selection: SelectionSetNode,
    ancestors: tuple[Field, ...] = (),
) -> Iterator[Step]:
    """Every field of the selection, parents before children."""
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield from _walk_field(schema, parent, node, ancestors)
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition.name.value if node.type_condition else parent
            definition = schema.types.get(condition)
            if definition is None or definition.kind not in COMPOSITE:
                problem = f'"{condition}" is not a composite type of this subgraph'
                yield Step(parent, node, None, ancestors, problem)
            elif not set(schema.possible_types(condition)) & set(schema.possible_types(parent)):
                yield Step(parent, node, None, ancestors, f'"{parent}" can never be a "{condition}"')
            else:
                yield from walk(schema, condition, node.selection_set, ancestors)
        elif isinstance(node, FragmentSpreadNode):
            yield Step(parent, node, None, ancestors, "named fragments are not possible here")


def _walk_field(schema: SubgraphSchema, parent: str, node: FieldNode, ancestors: tuple[Field, ...]) -> Iterator[Step]:
    name = node.name.value
    if name == "__typename":
        return
    definition = schema.types.get(parent)
    found = definition.fields.get(name) if definition else None
    if found is None:
        yield Step(parent, node, None, ancestors, f'"{parent}" has no field "{name}"')
        return
    target = schema.types.get(found.type.strip("[]!"))
    composite = target is not None and target.kind in COMPOSITE
    problem = None
    if composite and node.selection_set is None:
        problem = f'"{parent}.{name}" is of type "{found.type}" and needs a selection of its fields'
    elif not composite and node.selection_set is not None:
        problem = f'"{parent}.{name}" is of type "{found.type}" and has no fields to select'
    if problem is None and node.alias is not None:
        problem = f'alias "{node.alias.value}" is not possible here'
    yield Step(parent, node, found, ancestors, problem)
    if problem is None and node.selection_set is not None and target is not None:
        yield from walk(schema, target.name, node.selection_set, (*ancestors, found))


def coordinates(schema: SubgraphSchema, parent: str, fields: FieldSet) -> set[tuple[str, str]]:
    """The coordinates a field set mentions, where they exist; a field of an interface counts on its implementations too."""
    if fields.selection is None:
        return set()
    found: set[tuple[str, str]] = set()
    for step in walk(schema, parent, fields.selection):
        if step.field is None:
            continue
        found.add((step.parent, step.field.name))
        found.update((possible, step.field.name) for possible in schema.possible_types(step.parent))
    return found
