"""Mutations run one after another, whichever subgraphs they are in, each followed by what it leads to."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

from tests.gateway.cases.harness import Case, Operation, Service


def services() -> list[Service]:
    """Subgraphs that write into one log, so that order shows."""
    log: list[str] = []
    products: dict[str, dict[str, Any]] = {"p1": {"id": "p1", "name": "p1", "price": 1.0}}

    def add(name: str) -> list[str]:
        log.append(name)
        return list(log)

    def add_product(input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002  # the argument's name in the schema
        add(f"product {input['name']}")
        products[input["name"]] = {"id": input["name"], **input}
        return products[input["name"]]

    def multiply(by: int) -> int:
        log.append(f"x{by}")
        return len(log) * by

    def refuse(**_: Any) -> Any:
        log.append("failed")
        raise GraphQLError("no", extensions={"code": "REFUSED"})

    return [
        Service(
            "a",
            """
            type Query { product(id: ID!): Product log: [String!]! }
            type Mutation { addA(name: String!): [String!]! addProduct(input: NewProduct!): Product! refuse(name:
              String): String! touch(id: ID!): Product }
            input NewProduct { name: String! price: Float! }
            type Product @key(fields: "id") { id: ID! name: String! price: Float! }
            """,
            query={"product": lambda id: products.get(id), "log": lambda: list(log)},  # noqa: A006
            entities={"Product": lambda item: products.get(item["id"])},
            resolvers={
                "Mutation.addA": lambda name: add(f"a {name}"),
                "Mutation.addProduct": add_product,
                "Mutation.refuse": refuse,
                "Mutation.touch": lambda id: {"id": id, **products.get(id, {})},  # noqa: A006
            },
        ),
        Service(
            "b",
            """
            type Query { size: Int }
            type Mutation { addB(name: String!): [String!]! multiply(by: Int!): Int! remove(id: ID!): Product }
            type Product @key(fields: "id") { id: ID! price: Float! @external isExpensive: Boolean! @requires(fields:
              "price") isAvailable: Boolean! }
            """,
            query={"size": lambda: len(log)},
            entities={"Product": lambda item: {"id": item["id"], "isAvailable": "product remove" not in log}},
            resolvers={
                "Mutation.addB": lambda name: add(f"b {name}"),
                "Mutation.multiply": multiply,
                "Mutation.remove": lambda id: add("product remove") and {"id": id, "isAvailable": False},  # noqa: A006
                "Product.isExpensive": lambda item: item["price"] > 100,
            },
        ),
        Service(
            "c",
            """
            type Mutation { addC(name: String!): [String!]! }
            type Product @key(fields: "id") { id: ID! seen: [String!]! }
            """,
            entities={"Product": lambda item: {"id": item["id"], "seen": list(log)}},
            resolvers={"Mutation.addC": lambda name: add(f"c {name}")},
        ),
    ]


MUTATIONS = Case(
    services,
    {
        "in the order written": Operation(
            'mutation { one: addA(name: "1") two: addB(name: "2") three: addC(name: "3") four: addA(name: "4") }',
            {
                "one": ["a 1"],
                "two": ["a 1", "b 2"],
                "three": ["a 1", "b 2", "c 3"],
                "four": ["a 1", "b 2", "c 3", "a 4"],
            },
            requests={"a": 2, "b": 1, "c": 1},
        ),
        "neighbours share a request": Operation(
            """mutation { one: addA(name: "1") two: addA(name: "2") m: multiply(by: 3) n: multiply(by: 5) five:
              addA(name: "5") }""",
            {"one": ["a 1"], "two": ["a 1", "a 2"], "m": 9, "n": 20, "five": ["a 1", "a 2", "x3", "x5", "a 5"]},
            requests={"a": 2, "b": 1},
        ),
        "entities are followed before the next field": Operation(
            """mutation ($new: NewProduct!) {
              addProduct(input: $new) { name isExpensive isAvailable seen }
              after: addA(name: "after")
              again: addProduct(input: { name: "q", price: 1 }) { seen }
            }""",
            {
                "addProduct": {"name": "new", "isExpensive": True, "isAvailable": True, "seen": ["product new"]},
                "after": ["product new", "a after"],
                "again": {"seen": ["product new", "a after", "product q"]},
            },
            variables={"new": {"name": "new", "price": 599.99}},
        ),
        "an entity of one subgraph, completed by the one that comes next": Operation(
            'mutation { remove(id: "p1") { id name isExpensive isAvailable } addA(name: "x") }',
            {
                "remove": {"id": "p1", "name": "p1", "isExpensive": False, "isAvailable": False},
                "addA": ["product remove", "a x"],
            },
        ),
        "a failure ends nothing but itself": Operation(
            'mutation { addB(name: "1") refuse addC(name: "2") }', None, errors=("refuse",)
        ),
        "the same field in fragments": Operation(
            """mutation { ...F touch(id: "p1") { price } ... on Mutation { touch(id: "p1") { isExpensive } } }
            fragment F on Mutation { __typename addC(name: "1") touch(id: "p1") { name } }""",
            {
                "__typename": "Mutation",
                "addC": ["c 1"],
                "touch": {"name": "p1", "price": 1.0, "isExpensive": False},
            },
        ),
        "skipped ones do not run": Operation(
            """mutation ($no: Boolean!) { addA(name: "1") @include(if: $no) addB(name: "2") @skip(if: $no) addC(name:
              "3") }""",
            {"addB": ["b 2"], "addC": ["b 2", "c 3"]},
            variables={"no": False},
            requests={"b": 1, "c": 1},
        ),
    },
)
