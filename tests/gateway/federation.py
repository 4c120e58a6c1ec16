"""A small world of objects, served whole by graphql-core or split over subgraphs: the two must answer alike."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    graphql_sync,
    parse,
)
from graphql.language import (
    ConstDirectiveNode,
    FieldNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
)

from services.chassis.identity import Caller
from services.gateway.compose import Subgraph, compose
from services.gateway.executor.transport import Answer
from services.gateway.metrics import Metrics
from services.gateway.pipeline import Pipeline, PipelineOptions
from services.gateway.stages.limits import Limits
from services.gateway.stages.receive import GraphQLRequest
from services.gateway.supergraph import Supergraph, load_supergraph

LINK = """extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external",
  "@requires", "@provides", "@override", "@inaccessible", "@interfaceObject", "@authenticated", "@requiresScopes", "@policy",
  "@cost", "@listSize"])
"""
PRELUDE = """
scalar _Any
scalar FieldSet
directive @key(fields: FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
directive @shareable on OBJECT | FIELD_DEFINITION
directive @external on OBJECT | FIELD_DEFINITION
directive @requires(fields: FieldSet!) on FIELD_DEFINITION
directive @provides(fields: FieldSet!) on FIELD_DEFINITION
directive @override(from: String!) on FIELD_DEFINITION
directive @interfaceObject on OBJECT
directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ENUM | ENUM_VALUE | SCALAR | ARGUMENT_DEFINITION
directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
directive @policy(policies: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!],
  requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
"""


@dataclass(frozen=True)
class Ref:
    """Points to an object of the world."""

    type: str
    id: str


@dataclass
class World:
    """Objects by type and id; `roots` are the values of root fields."""

    roots: dict[str, Any]
    objects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    requires: dict[tuple[str, str], str] = field(default_factory=dict)
    """Computed fields and the field set they are computed from."""

    def add(self, type_name: str, id: str, **fields: Any) -> None:  # noqa: A002  # the key field's name
        self.objects[type_name, id] = {"__typename": type_name, "id": id, **fields}

    def load(self, value: Any) -> Any:
        if isinstance(value, Ref):
            found = self.objects.get((value.type, value.id))
            return None if found is None else Node(found, {})
        if isinstance(value, list):
            return [self.load(item) for item in value]
        if isinstance(value, dict):
            return Node(value, {})
        return value

    def value(self, node: Node, type_name: str, name: str, arguments: Mapping[str, Any]) -> Any:
        needed = self.requires.get((type_name, name))
        if needed is not None:
            picked = pick(self, node, _selection_set(needed))
            return f"{name}({orjson.dumps(picked, option=orjson.OPT_SORT_KEYS).decode()})"
        value = self.load(node.known.get(name, node.object.get(name)))
        if arguments and isinstance(value, str):
            return value + "".join(f":{key}={arguments[key]}" for key in sorted(arguments))
        return value


@dataclass(frozen=True)
class Node:
    """An object, with what a representation said about it."""

    object: dict[str, Any]
    known: dict[str, Any]


def _argument(directive: ConstDirectiveNode) -> str:
    """The first argument, which is a field set."""
    value = (directive.arguments or ())[0].value
    assert isinstance(value, StringValueNode)
    return value.value


def _selection_set(text: str) -> SelectionSetNode:
    definition = parse("{" + text + "}").definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return definition.selection_set


def pick(world: World, value: Any, selection_set: SelectionSetNode) -> Any:
    """The fields of a field set, as plain data."""
    if isinstance(value, list):
        return [pick(world, item, selection_set) for item in value]
    if not isinstance(value, Node):
        return value
    result: dict[str, Any] = {}
    for node in selection_set.selections:
        assert isinstance(node, FieldNode)
        name = node.name.value
        found = (
            value.known[name]
            if name in value.known
            else world.value(value, str(value.object.get("__typename")), name, {})
        )
        if node.selection_set:
            if isinstance(found, dict):
                found = Node(found, found)
            elif isinstance(found, list):
                found = [Node(item, item) if isinstance(item, dict) else item for item in found]
            found = pick(world, found, node.selection_set)
        result[name] = found
    return result


@dataclass
class LocalSubgraph:
    """A subgraph that refuses what it must not be asked: external fields nobody provided."""

    name: str
    sdl: str
    world: World
    calls: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        document = parse(self.sdl)
        types = [
            item
            for item in document.definitions
            if isinstance(item, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode)
        ]
        self.interface_objects = {
            item.name.value for item in types if any(d.name.value == "interfaceObject" for d in item.directives or ())
        }
        entities = [
            item.name.value
            for item in types
            if isinstance(item, ObjectTypeDefinitionNode) and any(d.name.value == "key" for d in item.directives or ())
        ]
        self.keys = {
            item.name.value: [_argument(d) for d in item.directives or () if d.name.value == "key"] for item in types
        }
        provided = " ".join(re.findall(r'@provides\(fields:\s*"([^"]*)"', self.sdl))
        self.external = {
            (item.name.value, each.name.value)
            for item in types
            for each in item.fields or ()
            if any(d.name.value == "external" for d in each.directives or ())
            and each.name.value not in provided.replace("{", " ").replace("}", " ").split()
            and not any(each.name.value in key.split() for key in self.keys[item.name.value])
        }
        self.computed = {
            (item.name.value, each.name.value): _argument(d)
            for item in types
            for each in item.fields or ()
            for d in each.directives or ()
            if d.name.value == "requires"
        }
        sdl = PRELUDE + self.sdl
        has_query = any(item.name.value == "Query" for item in types)
        if entities:
            sdl += "\nunion _Entity = " + " | ".join(entities)
            extension = "extend type Query" if has_query else "type Query"
            sdl += f"\n{extension} {{ _entities(representations: [_Any!]!): [_Entity]! }}"
        elif not has_query:
            sdl += "\ntype Query { _unused: Int }"
        self.schema = build_schema(sdl)

    def answer(self, body: bytes) -> dict[str, Any]:
        request = orjson.loads(body)
        self.calls.append(request)
        result = graphql_sync(
            self.schema,
            request["query"],
            variable_values=request.get("variables"),
            operation_name=request.get("operationName"),
            field_resolver=self._resolve,
            type_resolver=self._type,
        )
        self.answers.append(dict(result.formatted))
        return self.answers[-1]

    def _type(self, value: Any, info: GraphQLResolveInfo[Any], abstract: Any) -> str:
        return str(value.object["__typename"])

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        name = info.field_name
        if name == "_entities":
            return [self._entity(item) for item in arguments["representations"]]
        if source is None:
            return self.world.load(self.world.roots.get(name))
        parent = info.parent_type.name
        if (parent, name) in self.external and name not in source.known:
            raise GraphQLError(f"{parent}.{name} is external in {self.name}")
        needed = self.computed.get((parent, name))
        if needed is not None:
            picked = pick(self.world, Node(source.known, source.known), _selection_set(needed))
            return f"{name}({orjson.dumps(picked, option=orjson.OPT_SORT_KEYS).decode()})"
        if (parent, name) in self.external:
            return source.known[name]  # provided fields are not in `external`
        return self.world.value(Node(source.object, {}), parent, name, arguments)

    def _entity(self, representation: dict[str, Any]) -> Node | None:
        name = representation["__typename"]
        if name not in self.schema.type_map:
            raise GraphQLError(f"{self.name} has no type {name}")
        asked_type = self.schema.type_map[name]
        names = {name}
        if isinstance(asked_type, GraphQLInterfaceType):
            names |= {item.name for item in self.schema.get_possible_types(asked_type)}
        candidates = [
            item
            for (type_name, _), item in self.world.objects.items()
            if type_name in names or name in self.interface_objects
        ]
        for key in self.keys[name]:
            wanted = _selection_set(key)
            try:
                asked = pick(self.world, Node(representation, representation), wanted)
            except (KeyError, AttributeError):
                continue
            for item in candidates:
                if pick(self.world, Node(item, {}), wanted) == asked:
                    typename = name if name in self.interface_objects else item["__typename"]
                    return Node({**item, "__typename": typename}, representation)
        return None


@dataclass
class LocalTransport:
    """Calls subgraphs in this process, by their URL."""

    subgraphs: dict[str, LocalSubgraph]
    chunks: tuple[bytes, ...] = ()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        return Answer(200, orjson.dumps(self.subgraphs[url].answer(body)), [])

    async def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk

    async def close(self) -> None:
        return None


@dataclass
class Federation:
    """Subgraphs behind a pipeline, and the same world as one schema."""

    world: World
    supergraph: Supergraph
    pipeline: Pipeline
    transport: LocalTransport

    async def ask(
        self, query: str, variables: dict[str, Any] | None = None, *, caller: Caller | None = None
    ) -> dict[str, Any]:
        """The federated answer, through the bytes a client would read."""
        ready = await self.pipeline.prepare(GraphQLRequest(query, None, variables or {}), caller)
        response = await self.pipeline.execute(ready, {})
        decoded: dict[str, Any] = orjson.loads(orjson.dumps(response))
        return decoded

    def monolith(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """What one server holding the whole world answers."""
        schema: GraphQLSchema = self.supergraph.schema

        def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
            if source is None:
                return self.world.load(self.world.roots.get(info.field_name))
            return self.world.value(source, info.parent_type.name, info.field_name, arguments)

        result = execute_sync(
            schema,
            parse(query),
            variable_values=variables,
            field_resolver=resolve,
            type_resolver=lambda value, info, _: str(value.object["__typename"]),
        )
        return dict(result.formatted)

    def serve(self, **options: Any) -> None:
        """Serve the same supergraph with other options and fresh caches."""
        self.pipeline = Pipeline(PipelineOptions(limits=Limits(), **options), self.transport, Metrics())
        self.pipeline.load(self.supergraph)

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [(each.name, call["query"]) for each in self.transport.subgraphs.values() for call in each.calls]


def federate(world: World, **sdls: str) -> Federation:
    """Compose the subgraphs and put a pipeline in front of them."""
    return _federate(world, sdls, node_fields=False)


def federate_with_node_fields(world: World, **sdls: str) -> Federation:
    """The same, with the gateway's own `node`, `nodes` and `nodeId`."""
    return _federate(world, sdls, node_fields=True)


def _federate(world: World, sdls: Mapping[str, str], *, node_fields: bool) -> Federation:
    composition = compose([Subgraph(name=name, url=f"local:{name}", sdl=LINK + sdl) for name, sdl in sdls.items()])
    assert not composition.errors, composition.errors
    assert composition.supergraph_sdl is not None
    supergraph = load_supergraph(composition.supergraph_sdl, node_fields=node_fields)
    subgraphs = {f"local:{name}": LocalSubgraph(name, sdl, world) for name, sdl in sdls.items()}
    for subgraph in subgraphs.values():
        world.requires.update(subgraph.computed)
    transport = LocalTransport(subgraphs)
    pipeline = Pipeline(PipelineOptions(limits=Limits()), transport, Metrics())
    pipeline.load(supergraph)
    return Federation(world, supergraph, pipeline, transport)
