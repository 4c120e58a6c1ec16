"""`@requires`: a selection of external fields, on object fields only."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.field_sets import walk
from services.gateway.compose.model import Kind, SubgraphSchema
from services.gateway.compose.results import CompositionError
from services.gateway.compose.subgraph_rules._field_set_checks import check_field_set, is_external


def check_requires(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """The REQUIRES_* family."""
    for owner, field in schema.fields_of(Kind.OBJECT, Kind.INTERFACE):
        if field.requires is None:
            continue
        place = f"{owner.name}.{field.name}"
        if owner.kind is Kind.INTERFACE:
            yield CompositionError(
                "REQUIRES_UNSUPPORTED_ON_INTERFACE",
                f'@requires on "{place}": fields of interfaces cannot have it',
                schema.name,
                field.line,
                place,
                "put it on the fields of the implementations",
            )
            continue
        errors = list(check_field_set(schema, "requires", place, owner.name, field.requires, arguments_allowed=True))
        yield from errors
        if errors or schema.dialect.is_fed_1 or field.requires.selection is None:
            continue
        for step in walk(schema, owner.name, field.requires.selection):
            if step.field is None or (getattr(step.node, "selection_set", None) is not None):
                continue
            if not is_external(schema, step.parent, step.field.name) and not any(
                each.external for each in step.ancestors
            ):
                yield CompositionError(
                    "REQUIRES_FIELDS_MISSING_EXTERNAL",
                    f'on {place}, for @requires(fields: "{field.requires.text}"): '
                    f'"{step.parent}.{step.field.name}" is answered by this subgraph itself',
                    schema.name,
                    field.line,
                    place,
                    f'mark "{step.parent}.{step.field.name}" @external, or leave it out of @requires',
                )
