"""Checks that `@key`, `@requires` and `@provides` share: their `fields` must be a selection that fits the type."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import FieldNode

from services.gateway.compose.field_sets import Step, walk
from services.gateway.compose.model import FieldSet, SubgraphSchema
from services.gateway.compose.results import CompositionError


def check_field_set(
    schema: SubgraphSchema,
    directive: str,
    place: str,
    parent: str,
    fields: FieldSet,
    *,
    arguments_allowed: bool = False,
    list_allowed: bool = False,
) -> Iterator[CompositionError]:
    """Errors `<DIRECTIVE>_INVALID_FIELDS_TYPE`, `_INVALID_FIELDS`, `_DIRECTIVE_IN_FIELDS_ARG` and `_FIELDS_HAS_ARGS`."""
    prefix = directive.upper()
    about = f"on {place}, for @{directive}(fields: {fields.text!r})"

    def error(code: str, problem: str, mend: str | None = None) -> CompositionError:
        return CompositionError(f"{prefix}_{code}", f"{about}: {problem}", schema.name, fields.line, place, mend)

    if not fields.is_string and not (list_allowed and fields.selection is not None):
        yield error("INVALID_FIELDS_TYPE", '"fields" must be a string')
        return
    if fields.selection is None:
        yield error("INVALID_FIELDS", fields.problem or "it does not parse")
        return
    for step in walk(schema, parent, fields.selection):
        if step.node.directives:
            used = step.node.directives[0].name.value
            if used in schema.directives or used in schema.dialect.directives:
                yield error("DIRECTIVE_IN_FIELDS_ARG", f"@{used} may not be applied in it")
            else:
                yield error("INVALID_FIELDS", f'unknown directive "@{used}"')
        if step.problem is not None:
            yield error("INVALID_FIELDS", step.problem, _mend(step))
        elif step.field is not None and step.field.arguments:
            if not arguments_allowed:
                yield error("FIELDS_HAS_ARGS", f'"{step.parent}.{step.field.name}" has arguments')
            elif isinstance(step.node, FieldNode):
                given = {argument.name.value for argument in step.node.arguments or ()}
                for argument in step.field.arguments.values():
                    required = argument.type.endswith("!") and argument.default is None
                    if required and argument.name not in given:
                        yield error(
                            "INVALID_FIELDS",
                            f'"{step.parent}.{step.field.name}" needs argument "{argument.name}"',
                        )


def _mend(step: Step) -> str | None:
    if isinstance(step.node, FieldNode) and step.field is None:
        name = step.node.name.value
        return f'add "{name}" to "{step.parent}" in this subgraph; with @external if another one answers it'
    return None


def is_external(schema: SubgraphSchema, parent: str, name: str) -> bool:
    """Whether a field is external on its type; a field of an interface is where one of the implementations has it so."""
    return any(
        schema.types[each].fields[name].external
        for each in (parent, *schema.possible_types(parent))
        if each in schema.types and name in schema.types[each].fields
    )
