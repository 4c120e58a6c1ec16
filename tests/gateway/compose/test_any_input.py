"""Whatever subgraphs say, composition answers with a supergraph that can be served or with errors, and always with the same."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.compose import Subgraph, compose
from services.gateway.supergraph import load_supergraph
from tests.gateway.compose.harness import FED_2

A = (
    FED_2
    + """
type Query { media(first: Int = 1): [Media!] case(id: ID!): Case @tag(name: "x") filed(by: Filter): State }
interface Media @key(fields: "id") { id: ID! }
type Photo implements Media @key(fields: "id") { id: ID! width: Int @shareable }
type Case @key(fields: "id") @key(fields: "office { code } number") {
  id: ID! number: Int office: Office title: String @override(from: "b") weight: Int @authenticated
}
type Office { code: ID! @shareable name: String @inaccessible }
union Found = Photo | Case
enum State { OPEN CLOSED }
input Filter { state: State = OPEN tags: [String!] }
"""
)
B = (
    FED_2
    + """
type Query { cases: [Case!] @provides(fields: "weight") }
type Media @key(fields: "id") @interfaceObject { id: ID! reviews: [String!] }
extend type Case @key(fields: "id") {
  id: ID! title: String weight: Int @external charge: Int @authenticated @requires(fields: "weight")
}
"""
)
TOKEN = re.compile(r'"[^"]*"|\w+|[^\s\w]')
TOKENS = sorted(set(TOKEN.findall(A + B)))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_mutilated_subgraphs_never_raise_and_never_depend_on_order(data: st.DataObject) -> None:
    sdls = {"a": TOKEN.findall(A), "b": TOKEN.findall(B)}
    for _ in range(data.draw(st.integers(0, 3))):
        tokens = sdls[data.draw(st.sampled_from("ab"))]
        at = data.draw(st.integers(0, len(tokens) - 1))
        tokens[at : at + data.draw(st.integers(0, 2))] = data.draw(st.lists(st.sampled_from(TOKENS), max_size=2))
    subgraphs = [Subgraph(name, f"http://{name}", " ".join(tokens)) for name, tokens in sdls.items()]

    composition = compose(subgraphs)

    assert (composition.supergraph_sdl is None) == bool(composition.errors)
    assert composition == compose(subgraphs[::-1])
    if composition.supergraph_sdl is not None:
        load_supergraph(composition.supergraph_sdl)


def test_the_unmutilated_subgraphs_compose() -> None:
    composition = compose([Subgraph("a", "http://a", A), Subgraph("b", "http://b", B)])
    assert composition.errors == ()


def test_bottomless_nesting_is_an_error() -> None:
    sdl = f"type Query {{ a: {'[' * 9000}Int{']' * 9000} }}"
    composition = compose([Subgraph("a", "http://a", sdl)])
    assert [error.code for error in composition.errors] == ["INVALID_GRAPHQL"]
