"""`@listSize`: on lists, with sizes and argument names that exist."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.model import Field, Kind, SubgraphSchema
from services.gateway.compose.results import CompositionError
from services.gateway.compose.type_refs import is_list, named, nullable


def check_list_size(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """The LIST_SIZE_* family."""
    for owner, field in schema.fields_of(Kind.OBJECT, Kind.INTERFACE):
        if field.list_size is None:
            continue
        place = f"{owner.name}.{field.name}"
        for code, message in _problems(schema, field):
            yield CompositionError(code, f'@listSize on "{place}": {message}', schema.name, field.line, place)


def _problems(schema: SubgraphSchema, field: Field) -> Iterator[tuple[str, str]]:
    size = field.list_size
    if size is None:
        return
    if size.sized_fields is None and not is_list(field.type):
        yield "LIST_SIZE_APPLIED_TO_NON_LIST", f'"{field.type}" is not a list'
    if size.assumed_size is not None and size.assumed_size < 0:
        yield "LIST_SIZE_INVALID_ASSUMED_SIZE", "assumedSize cannot be negative"
    for name in size.slicing_arguments or ():
        argument = field.arguments.get(name)
        if argument is None or nullable(argument.type) != "Int":
            yield (
                "LIST_SIZE_INVALID_SLICING_ARGUMENT",
                f'slicing argument "{name}" is not an Int argument',
            )
    target = schema.types.get(named(field.type))
    for path in size.sized_fields or ():
        if target is None or target.kind not in (Kind.OBJECT, Kind.INTERFACE):
            yield (
                "LIST_SIZE_INVALID_SIZED_FIELD",
                f'"{field.type}" has no fields, so none can be sized',
            )
            break
        sized = target.fields.get(path)
        if sized is None or not is_list(sized.type):
            yield (
                "LIST_SIZE_APPLIED_TO_NON_LIST" if sized else "LIST_SIZE_INVALID_SIZED_FIELD",
                (f'sized field "{target.name}.{path}" is not a list'),
            )
