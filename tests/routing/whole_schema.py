"""Everything routing's schema can be asked, read from the schema itself: root fields, entities, and what hangs on them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_client_schema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)

from services.routing.graphql.schema import schema

SCHEMA: GraphQLSchema = build_client_schema(schema.introspect())  # type: ignore[arg-type]  # strawberry types it as a plain dict
DEPTH = 2
# Reference data that everybody may see: named where it is met, asked about as root fields and entities.
_PUBLIC = {"Area": "id", "OrgUnit": "id", "Post": "id", "Responder": "id"}
_GIVEN = {
    "since": '"2026-01-01T00:00:00Z"',
    "until": '"2026-12-31T00:00:00Z"',
    "start": '"2026-01-01T00:00:00Z"',
    "end": '"2026-12-31T00:00:00Z"',
    "area": '"d1"',
    "lon": "113.005",
    "lat": "23.005",
    "employer": '"employer"',
    "year": "2026",
    "near": "{lon: 113.005, lat: 23.005}",
    "facts": '{category: "env", area: "d1-s1-c1-g1", sensitivity: SEALED}',
}


def selection(name: str, depth: int = DEPTH, given: Mapping[str, str] | None = None) -> str:
    """All fields of a type down to a depth, as a selection set; nothing for a scalar."""
    kind = SCHEMA.type_map[name]
    if is_leaf_type(kind):
        return ""
    if name in _PUBLIC and depth < DEPTH:
        return f" {{ {_PUBLIC[name]} }}"
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        parts = [f"... on {one.name} {_fields(one, depth, given, one.name)}" for one in SCHEMA.get_possible_types(kind)]
        return f" {{ __typename {' '.join(parts)} }}"
    assert isinstance(kind, GraphQLObjectType), name
    return _fields(kind, depth, given)


def root_fields(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """One document for each root query field, by its name; `given` adds to the arguments, as literals by name."""
    query = SCHEMA.query_type
    assert query
    return {
        name: f"{{ {_asked(name, field, given)}{selection(get_named_type(field.type).name, DEPTH, given)} }}"
        for name, field in query.fields.items()
        if not name.startswith("_")
    }


def subscriptions() -> dict[str, str]:
    """One document for each subscription, by its name."""
    watched = SCHEMA.subscription_type
    assert watched
    return {
        name: f"subscription {{ {_asked(name, field, None)}{selection(get_named_type(field.type).name)} }}"
        for name, field in watched.fields.items()
    }


def by_id(ids: Sequence[str]) -> dict[str, str]:
    """One document for each root field that takes an id, asking for all of the ids at once; ids given are not asked back."""
    query = SCHEMA.query_type
    assert query
    documents = {}
    for name, field in query.fields.items():
        if "id" in field.args and not name.startswith("_"):
            chosen = " { __typename }"
            documents[name] = "{ " + " ".join(f'a{n}: {name}(id: "{one}"){chosen}' for n, one in enumerate(ids)) + " }"
    return documents


def entities(ids: Sequence[str]) -> dict[str, str]:
    """One document for each entity with an id, asking for all of the ids at once; ids given are not asked back."""
    union = SCHEMA.type_map["_Entity"]
    assert isinstance(union, GraphQLUnionType)
    documents = {}
    for kind in union.types:
        if "id" not in kind.fields:
            continue
        wanted = " ".join(f'{{__typename: "{kind.name}", id: "{one}"}}' for one in ids)
        chosen = _fields(kind, DEPTH, None, without=("id",))
        documents[kind.name] = f"{{ _entities(representations: [{wanted}]) {{ ... on {kind.name} {chosen} }} }}"
    return documents


def _fields(
    kind: GraphQLObjectType,
    depth: int,
    given: Mapping[str, str] | None,
    alias: str | None = None,
    without: Sequence[str] = (),
) -> str:
    parts = ["__typename"]
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if name in without or (depth == 0 and not is_leaf_type(inner)):
            continue
        # A connection is a step of no depth of its own.
        below = depth if inner.name.endswith("Connection") or name in ("nodes", "edges", "node") else depth - 1
        chosen = selection(inner.name, below, given)
        parts.append(f"{f'{alias}_{name}: ' if alias else ''}{_asked(name, field, given)}{chosen}")
    return f" {{ {' '.join(parts)} }}"


def _asked(name: str, field: GraphQLField, given: Mapping[str, str] | None) -> str:
    known = {**_GIVEN, **(given or {})}
    values = {
        argument: known[argument] if argument in known else _first_of(kind)
        for argument, kind in field.args.items()
        if is_required_argument(kind) or argument in (given or {})
    }
    return f"{name}({', '.join(f'{key}: {value}' for key, value in values.items())})" if values else name


def _first_of(argument: GraphQLArgument) -> str:
    kind = get_named_type(argument.type)
    return next(iter(kind.values)) if isinstance(kind, GraphQLEnumType) else '"nothing"'


def mutations() -> dict[str, GraphQLInputObjectType]:
    """The input of every mutation, by the mutation's name."""
    mutation = SCHEMA.mutation_type
    assert mutation
    inputs = {name: get_named_type(field.args["input"].type) for name, field in mutation.fields.items()}
    return {name: kind for name, kind in inputs.items() if isinstance(kind, GraphQLInputObjectType)}


def command(name: str) -> str:
    """The document of a mutation: only what was refused."""
    return f"mutation($input: {mutations()[name].name}!) {{ {name}(input: $input) {{ errors {{ code reason message path }} }} }}"


def example(kind: GraphQLInputType, make: Callable[[str, str], Any], name: str = "", *, full: bool = False) -> Any:
    """A value of an input type; `make` gives one for a scalar by its type's and its field's name. Optional fields if `full`."""
    inner = get_nullable_type(kind)
    if is_list_type(inner):
        return [example(inner.of_type, make, name, full=full)]
    if isinstance(inner, GraphQLEnumType):
        return next(iter(inner.values))
    if isinstance(inner, GraphQLInputObjectType):
        return {
            key: example(field.type, make, key, full=full)
            for key, field in inner.fields.items()
            if full or is_required_input_field(field)
        }
    return make(get_named_type(inner).name, name)
