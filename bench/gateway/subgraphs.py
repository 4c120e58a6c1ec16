"""The four subgraphs as one process: `python -m bench.gateway.subgraphs name=port … [--latency-ms 4]`.

They answer any operation that their schemas allow, and the same one again from memory, so that what is measured is the
gateway before them. `GET` on any of the ports answers how many requests each has had.
"""

import argparse
import asyncio
import itertools
import json
import signal
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import httptools
import uvloop
from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ObjectTypeDefinitionNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    parse,
    value_from_ast_untyped,
)

from bench.gateway import federation
from bench.gateway.federation import Json
from dev.processes import HOST

REMEMBERED = 2_000


class Subgraph:
    """Executes operations over the data, knowing only the types and fields of its own schema."""

    def __init__(self, name: str) -> None:
        self.requests = 0
        self._fields = {
            definition.name.value: {field.name.value for field in definition.fields or ()}
            for definition in parse(federation.sdl(name)).definitions
            if isinstance(definition, ObjectTypeDefinitionNode)
        }
        self._root = {**federation.root(), "_entities": self._entities}
        self._fields.setdefault("Query", set()).add("_entities")
        self._by_key = {
            "User": {user["id"]: user for user in self._root["users"]},
            "Product": {product["upc"]: product for product in self._root["products"]},
        }
        self._documents: dict[str, DocumentNode] = {}
        self._answers: dict[bytes, bytes] = {}

    def answer(self, body: bytes) -> bytes:
        """The whole HTTP answer to the body of a request."""
        self.requests += 1
        known = self._answers.get(body)
        if known is None:
            known = self._answers[body] = http_answer(self._execute(json.loads(body)))
            _forget(self._answers)
        return known

    def _execute(self, request: Json) -> Json:
        query = request["query"]
        document = self._documents.get(query)
        if document is None:
            document = self._documents[query] = parse(query, no_location=True)
            _forget(self._documents)
        try:
            return {"data": _Execution(document, self._fields, request.get("variables") or {}).run(self._root)}
        except (KeyError, TypeError) as err:
            return {"errors": [{"message": f"not in the schema: {err}"}]}

    def _entities(self, representations: list[Json]) -> list[Json | None]:
        return [self._entity(representation) for representation in representations]

    def _entity(self, representation: Json) -> Json | None:
        kind = representation["__typename"]
        if kind == "User":
            return self._by_key["User"].get(representation["id"])
        product = self._by_key["Product"].get(representation["upc"])
        if product is None or "price" not in representation:
            return product and {**product, "shippingEstimate": None}
        # From what the gateway sent, so that one that does not send it is found out.
        estimate = federation.shipping(representation["price"], representation["weight"])
        return {**product, "shippingEstimate": estimate}


class _Execution:
    """One operation under way."""

    def __init__(self, document: DocumentNode, fields: Mapping[str, set[str]], variables: Json) -> None:
        definitions = document.definitions
        self._operation = next(node for node in definitions if isinstance(node, OperationDefinitionNode))
        self._fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
        self._allowed = fields
        defaults = {
            definition.variable.name.value: value_from_ast_untyped(definition.default_value)
            for definition in self._operation.variable_definitions or ()
            if definition.default_value
        }
        self._variables = defaults | variables
        self._collected: dict[tuple[Any, ...], list[tuple[str, str, Json, tuple[SelectionSetNode, ...]]]] = {}

    def run(self, root: Json) -> Json:
        data: Json = self._complete(root, (self._operation.selection_set,))
        return data

    def _complete(self, value: Any, sets: tuple[SelectionSetNode, ...]) -> Any:
        if isinstance(value, list):
            return [self._complete(item, sets) for item in value]
        if value is None or not sets:
            return value
        kind: str = value["__typename"]
        data = {}
        for key, name, arguments, below in self._fields_of(kind, sets):
            found = value[name]
            data[key] = self._complete(found(**arguments) if callable(found) else found, below)
        return data

    def _fields_of(
        self, kind: str, sets: tuple[SelectionSetNode, ...]
    ) -> list[tuple[str, str, Json, tuple[SelectionSetNode, ...]]]:
        memo = (kind, *map(id, sets))
        found = self._collected.get(memo)
        if found is None:
            groups: dict[str, list[FieldNode]] = {}
            for node in itertools.chain.from_iterable(self._collect(kind, each.selections) for each in sets):
                groups.setdefault((node.alias or node.name).value, []).append(node)
            found = self._collected[memo] = [self._field(kind, key, nodes) for key, nodes in groups.items()]
        return found

    def _field(
        self, kind: str, key: str, nodes: list[FieldNode]
    ) -> tuple[str, str, Json, tuple[SelectionSetNode, ...]]:
        name = nodes[0].name.value
        if name != "__typename" and name not in self._allowed[kind]:
            raise KeyError(f"{kind}.{name}")
        arguments = {
            argument.name.value: value_from_ast_untyped(argument.value, self._variables)
            for argument in nodes[0].arguments or ()
        }
        return key, name, arguments, tuple(node.selection_set for node in nodes if node.selection_set)

    def _collect(self, kind: str, selections: tuple[SelectionNode, ...]) -> Iterator[FieldNode]:
        for node in selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            fragment: FragmentDefinitionNode | InlineFragmentNode
            if isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
            else:
                assert isinstance(node, InlineFragmentNode)
                fragment = node
            if fragment.type_condition is None or fragment.type_condition.name.value == kind:
                yield from self._collect(kind, fragment.selection_set.selections)

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            (argument,) = directive.arguments or ()
            condition = argument.value
            if isinstance(condition, VariableNode):
                holds = bool(self._variables[condition.name.value])
            else:
                assert isinstance(condition, BooleanValueNode)
                holds = condition.value
            if holds == (directive.name.value == "skip"):
                return False
        return True


def _forget(remembered: dict[Any, Any]) -> None:
    """Keep the newest; operations that come once must not fill the memory."""
    if len(remembered) > REMEMBERED:
        del remembered[next(iter(remembered))]


def http_answer(value: Json) -> bytes:
    body = json.dumps(value, separators=(",", ":")).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One keep-alive connection of a gateway."""

    _transport: asyncio.Transport

    def __init__(self, subgraph: Subgraph, counts: Callable[[], Json], latency: float) -> None:
        self._subgraph = subgraph
        self._counts = counts
        self._latency = latency
        self._parser = httptools.HttpRequestParser(self)
        self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not subclasses, so this cannot be asked.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        body, self._body = self._body, b""
        if self._parser.get_method() == b"GET":
            self._transport.write(http_answer(self._counts()))
        elif self._latency:
            asyncio.get_running_loop().call_later(self._latency, self._send, self._subgraph.answer(body))
        else:
            self._transport.write(self._subgraph.answer(body))

    def _send(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


async def serve(ports: Mapping[str, int], latency: float) -> None:
    """Answer until SIGTERM."""
    loop = asyncio.get_running_loop()
    subgraphs = {name: Subgraph(name) for name in ports}

    def counts() -> Json:
        return {name: subgraph.requests for name, subgraph in subgraphs.items()}

    def accept(name: str) -> Callable[[], Connection]:
        return lambda: Connection(subgraphs[name], counts, latency)

    for name, port in ports.items():
        await loop.create_server(accept(name), HOST, port, backlog=1024)
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.gateway.subgraphs", description=__doc__)
    parser.add_argument("ports", nargs="+", metavar="NAME=PORT")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="waited before each answer")
    options = parser.parse_args()
    ports = {name: int(port) for name, _, port in (pair.partition("=") for pair in options.ports)}
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(ports, options.latency_ms / 1000))


if __name__ == "__main__":
    main()
