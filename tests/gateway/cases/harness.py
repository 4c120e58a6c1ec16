"""Cases of federation: strict subgraphs, operations on them, and the whole answers clients must get.

A module of this folder describes one special case. It defines one or more `Case`s; `test_cases.py` finds them, asks every operation
and compares the query plans with `plans/<module>.txt`. `PLANS=write` rewrites those files: read what changed before committing it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from graphql import (
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_ast_schema,
    get_named_type,
    graphql_sync,
    is_leaf_type,
    parse,
    print_ast,
    value_from_ast_untyped,
)
from graphql.language import (
    DocumentNode,
    FieldNode,
    InlineFragmentNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    Node,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeDefinitionNode,
)

from services.gateway.compose import Subgraph, compose
from services.gateway.executor.transport import Answer
from services.gateway.metrics import Metrics
from services.gateway.pipeline import Pipeline, PipelineOptions
from services.gateway.planner.query_plan import print_plan
from services.gateway.stages.limits import Limits
from services.gateway.stages.receive import GraphQLRequest
from services.gateway.supergraph import Supergraph, load_supergraph

FED_2 = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@composeDirective" "@extends" "@external" "@inaccessible" "@interfaceObject" "@key" "@override" "@provides" "@requires"
  "@shareable" "@tag"
])
"""
KEPT_DIRECTIVES = frozenset({"deprecated", "specifiedBy", "oneOf"})

Resolver = Callable[..., Any]
Entities = Sequence[Mapping[str, Any]] | Callable[[dict[str, Any]], Any]


class Ref:
    """Stands for an entity of the same subgraph: `Ref("User", id="1")`; what is not held is a mere reference."""

    def __init__(self, type_name: str, **key: Any) -> None:
        self.type_name = type_name
        self.key = key


@dataclass(frozen=True)
class Held:
    """An object as a subgraph has it in hand: its own fields, and what a representation brought with it."""

    own: Mapping[str, Any]
    sent: Mapping[str, Any]


@dataclass
class Service:
    """A subgraph that holds nothing but what it is given here, and notes whatever it should not have been asked.

    A field's value is looked up in this order: `resolvers["Type.field"]`, called with the object (its own fields and those a
    representation brought) and the arguments; then the object's own fields. A field found in neither fails. An exception as a
    value is that field's error.
    """

    name: str
    sdl: str
    query: Mapping[str, Any] = field(default_factory=dict)
    """Root fields: values, or functions of the arguments; for the other root types see `resolvers`."""
    entities: Mapping[str, Entities] = field(default_factory=dict)
    """By type: the objects held, found by any key; or a function from a representation to an object or None."""
    resolvers: Mapping[str, Resolver] = field(default_factory=dict)
    fed_1: bool = False
    """A Federation 1 subgraph, which links nothing."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def full_sdl(self) -> str:
        return self.sdl if self.fed_1 or "@link" in self.sdl else FED_2 + self.sdl

    @cached_property
    def _document(self) -> DocumentNode:
        return parse(self.sdl)

    @cached_property
    def _keys(self) -> dict[str, list[tuple[SelectionSetNode, bool]]]:
        """Key selections by type, each with whether it is resolvable."""
        keys: dict[str, list[tuple[SelectionSetNode, bool]]] = {}
        for definition in self._document.definitions:
            if not isinstance(definition, TypeDefinitionNode | ObjectTypeExtensionNode | InterfaceTypeExtensionNode):
                continue
            for directive in definition.directives or ():
                if directive.name.value != "key":
                    continue
                arguments = {item.name.value: value_from_ast_untyped(item.value) for item in directive.arguments or ()}
                key = _field_set(str(arguments["fields"])), arguments.get("resolvable") is not False
                keys.setdefault(definition.name.value, []).append(key)
        return keys

    @cached_property
    def schema(self) -> GraphQLSchema:
        """What the subgraph executes: its SDL without Federation, with `_entities` when it has any."""
        entities = [
            name
            for name, keys in self._keys.items()
            if any(resolvable for _, resolvable in keys) and self._kinds[name] == "object"
        ]
        text = "\n".join(_executable(self._document))
        root = "Query" if "Query" in self._kinds else None
        if entities:
            text += "\nscalar _Any\nunion _Entity = " + " | ".join(dict.fromkeys(entities))
            text += f"\n{'extend ' if root else ''}type {root or 'Query'} {{"
            text += " _entities(representations: [_Any!]!): [_Entity]! }"
        elif root is None:
            text += "\ntype Query { _unused: Int }"
        return build_ast_schema(parse(text), assume_valid_sdl=True)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        kinds: dict[str, str] = {}
        for item in self._document.definitions:
            if isinstance(item, ObjectTypeDefinitionNode | ObjectTypeExtensionNode):
                kinds[item.name.value] = "object"
            elif isinstance(item, InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode):
                kinds[item.name.value] = "interface"
        return kinds

    def answer(self, body: bytes) -> dict[str, Any]:
        """Answer one request, as bytes from the wire."""
        request = orjson.loads(body)
        self.requests.append(request)
        result = graphql_sync(
            self.schema,
            request["query"],
            variable_values=request.get("variables"),
            operation_name=request.get("operationName"),
            field_resolver=self._resolve,
            type_resolver=lambda value, *_: str(value.own["__typename"]),
        )
        for error in result.errors or ():
            if error.path is None:
                self.violations.append(f"{error.message}\n{request['query']}")
        return dict(result.formatted)

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        if info.field_name == "_entities":
            return [self._entity(item) for item in arguments["representations"]]
        found = self._raw(source, info, arguments)
        return found if is_leaf_type(get_named_type(info.return_type)) else self._value(found)

    def _raw(self, source: Any, info: GraphQLResolveInfo[Any], arguments: dict[str, Any]) -> Any:
        name = info.field_name
        place = f"{info.parent_type.name}.{name}"
        if place in self.resolvers:
            known = () if source is None else ({**source.own, **source.sent},)
            return self.resolvers[place](*known, **arguments)
        if info.parent_type is self.schema.query_type and name in self.query:
            found = self.query[name]
            return found(**arguments) if callable(found) else found
        if source is None or name not in source.own:
            raise self._violation(f"{place} was asked, which is not here")
        return source.own[name]

    def _violation(self, text: str) -> GraphQLError:
        self.violations.append(text)
        return GraphQLError(f"{self.name}: {text}")

    def _value(self, value: Any) -> Any:
        if isinstance(value, Ref):
            found = self._find(value.type_name, value.key, _picker(value.key))
            return Held(found or {"__typename": value.type_name, **value.key}, {})
        if isinstance(value, Mapping):
            return Held(value, {})
        if isinstance(value, list):
            return [self._value(item) for item in value]
        return value

    # Entities ------------------------------------------------------------------------------------

    def _entity(self, representation: dict[str, Any]) -> Any:
        """The object a representation stands for, None when there is none, or the error."""
        name = representation["__typename"]
        matching = [
            key for key, resolvable in self._keys.get(name, ()) if resolvable and _has(representation, key.selections)
        ]
        if not matching:
            return self._violation(f"no key of {name} is in {representation}")
        held = self.entities.get(name)
        try:
            if callable(held):
                found = held(representation)
            else:
                found = next(
                    (item for key in matching if (item := self._find(name, representation, key)) is not None), None
                )
        except GraphQLError as error:
            return error
        if not isinstance(found, Mapping):
            return found
        return Held({"__typename": name, **found}, representation)

    def _find(self, name: str, asked: Mapping[str, Any], key: SelectionSetNode) -> Mapping[str, Any] | None:
        wanted = self._pick(asked, key)
        for type_name in self._names(name):
            held = self.entities.get(type_name, ())
            if callable(held):
                continue
            for item in held:
                if self._pick(item, key) == wanted:
                    return {"__typename": type_name, **item}
        return None

    def _names(self, name: str) -> list[str]:
        if self._kinds.get(name) != "interface":
            return [name]
        interface = self.schema.type_map[name]
        assert isinstance(interface, GraphQLInterfaceType)
        return [name, *(item.name for item in self.schema.get_possible_types(interface))]

    def _pick(self, value: Any, selection_set: SelectionSetNode) -> Any:
        if isinstance(value, Ref):
            value = self._find(value.type_name, value.key, _picker(value.key)) or value.key
        if isinstance(value, list):
            return [self._pick(item, selection_set) for item in value]
        if not isinstance(value, Mapping):
            return value
        picked: dict[str, Any] = {}
        for node in selection_set.selections:
            assert isinstance(node, FieldNode)
            found = value.get(node.name.value)
            picked[node.name.value] = self._pick(found, node.selection_set) if node.selection_set else found
        return picked


def _field_set(text: str) -> SelectionSetNode:
    definition = parse("{" + text + "}").definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return definition.selection_set


def _picker(key: Mapping[str, Any]) -> SelectionSetNode:
    return _field_set(" ".join(key))


def _has(value: Any, selections: Iterable[Node]) -> bool:
    """Whether an object has all the fields of a key; null is no key."""
    if isinstance(value, list):
        return all(_has(item, selections) for item in value)
    for node in selections:
        if isinstance(node, InlineFragmentNode):
            continue
        assert isinstance(node, FieldNode)
        if not isinstance(value, Mapping) or node.name.value not in value:
            return False
        found = value[node.name.value]
        if node.selection_set and found is not None and not _has(found, node.selection_set.selections):
            return False
    return True


def _executable(document: DocumentNode) -> Iterable[str]:
    """The definitions as graphql-core takes them: no Federation directives, no extension without its base."""
    defined: set[str] = set()
    definitions = sorted(document.definitions, key=lambda item: item.kind.endswith("_extension"))
    for node in definitions:
        if node.kind in ("schema_extension", "directive_definition"):
            continue
        text = print_ast(_stripped(node))
        name = getattr(node, "name", None)
        if node.kind.endswith("_extension") and name is not None:
            if "{" not in text and "=" not in text:
                continue  # it only added directives
            if name.value not in defined:
                text = text.removeprefix("extend ")
        if name is not None:
            defined.add(name.value)
        yield text


def _stripped(node: Any) -> Any:
    """A copy of a definition without directives graphql-core does not know."""
    parts: dict[str, Any] = {}
    for key in node.keys:
        value = getattr(node, key, None)
        if key == "directives":
            value = tuple(item for item in value or () if item.name.value in KEPT_DIRECTIVES)
        elif isinstance(value, tuple | list) and value and isinstance(value[0], Node):
            value = tuple(_stripped(item) for item in value)
        parts[key] = value
    return type(node)(**parts)


# Cases ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Operation:
    """An operation and the whole answer a client must get."""

    text: str
    data: Any
    errors: tuple[str, ...] = ()
    """Paths of the errors, such as `products.0.name`; empty for one without a path."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    requests: Mapping[str, int] | None = None
    """How many requests each subgraph gets; those not named get none. None when it is not the point."""


@dataclass
class Case:
    """Subgraphs, made anew for every operation, and operations by name."""

    services: Callable[[], Sequence[Service]]
    operations: Mapping[str, Operation]
    supergraph_sdl: str | None = None
    """A supergraph another composer would print, with URLs such as `local:name`; None to compose the services."""

    @cached_property
    def supergraph(self) -> Supergraph:
        if self.supergraph_sdl is not None:
            return load_supergraph(self.supergraph_sdl)
        composition = compose([Subgraph(each.name, f"local:{each.name}", each.full_sdl) for each in self.services()])
        assert not composition.errors, "\n".join(map(str, composition.errors))
        assert composition.supergraph_sdl is not None
        return load_supergraph(composition.supergraph_sdl)

    async def run(self, operation: Operation) -> Outcome:
        """Ask one operation through the whole pipeline."""
        transport = _LocalTransport({f"local:{each.name}": each for each in self.services()})
        pipeline = Pipeline(PipelineOptions(limits=Limits()), transport, Metrics())
        pipeline.load(self.supergraph)
        try:
            ready = await pipeline.prepare(GraphQLRequest(operation.text, None, dict(operation.variables)))
            response = orjson.loads(orjson.dumps(await pipeline.execute(ready, {})))
        finally:
            pipeline.close()
        services = transport.services.values()
        return Outcome(
            response,
            print_plan(ready.prepared.plan.plan),
            {each.name: [item["query"] for item in each.requests] for each in services if each.requests},
            [f"{each.name}: {text}" for each in services for text in each.violations],
        )


@dataclass(frozen=True)
class Outcome:
    """What became of an operation."""

    response: dict[str, Any]
    plan: str
    requests: dict[str, list[str]]
    """Operation texts by subgraph."""
    violations: list[str]
    """What subgraphs were asked that they must not be asked."""


@dataclass
class _LocalTransport:
    """Calls services in this process, by their URL."""

    services: dict[str, Service]

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        return Answer(200, orjson.dumps(self.services[url].answer(body)), [])

    async def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        for chunk in (b"",):  # cases have no subscriptions
            yield chunk

    async def close(self) -> None:
        return None


def error_paths(response: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths of an answer's errors, sorted."""
    return tuple(sorted(".".join(map(str, error.get("path", ()))) for error in response.get("errors", ())))
