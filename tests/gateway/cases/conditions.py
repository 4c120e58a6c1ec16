"""`@skip` and `@include`: what is left out is asked of nobody, wherever the condition stands."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Service


def services() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { product: Product products: [Product!] }
            type Product @key(fields: "id") { id: ID! price: Float! name: String }
            """,
            query={
                "product": {"id": "p1", "price": 699.99, "name": "n1"},
                "products": [{"id": "p1", "price": 699.99, "name": "n1"}],
            },
            entities={"Product": [{"id": "p1", "price": 699.99, "name": "n1"}]},
        ),
        Service(
            "b",
            """
            type Product @key(fields: "id") {
              id: ID! price: Float! @external isExpensive: Boolean! @requires(fields: "price") stock: Int }
            """,
            entities={"Product": [{"id": "p1", "stock": 4}]},
            resolvers={"Product.isExpensive": lambda item: item["price"] > 500},
        ),
        Service(
            "c",
            """
            type Product @key(fields: "id") {
              id: ID! isExpensive: Boolean! @external
              include: Boolean! @requires(fields: "isExpensive")
              skip: Boolean! @requires(fields: "isExpensive")
              neverCalledInclude: Boolean! @requires(fields: "isExpensive")
              related: [Product!]
            }
            """,
            entities={"Product": [{"id": "p1", "related": [{"id": "p1"}]}]},
            resolvers={
                "Product.include": lambda item: item["isExpensive"],
                "Product.skip": lambda item: item["isExpensive"],
            },
        ),
    ]


CONDITIONS = Case(
    services,
    {
        "included and not skipped": Operation(
            """query ($bool: Boolean!) { product { price neverCalledInclude @include(if: false) include @include(if:
              $bool) skip @skip(if: false) } }""",
            {"product": {"price": 699.99, "include": True, "skip": True}},
            variables={"bool": True},
            requests={"a": 1, "b": 1, "c": 1},
        ),
        "nothing left but the key": Operation(
            "query ($bool: Boolean = false) { product { id skip @skip(if: true) include @include(if: $bool) } }",
            {"product": {"id": "p1"}},
            requests={"a": 1},
        ),
        "nothing left at all": Operation(
            "query ($bool: Boolean!) { product { stock @include(if: $bool) } }",
            {"product": {}},
            variables={"bool": False},
            requests={"a": 1},
        ),
        "nothing left of the operation": Operation(
            "query ($bool: Boolean!) { product @skip(if: $bool) { id } }", {}, variables={"bool": True}, requests={}
        ),
        "both on one field": Operation(
            """query ($a: Boolean!, $b: Boolean!) { product { x: name @skip(if: $a) @include(if: $b) y: name
              @skip(if: $b) @include(if: $a) z: name @skip(if: $b) @include(if: $b) } }""",
            {"product": {"x": "n1"}},
            variables={"a": False, "b": True},
        ),
        "on fragments": Operation(
            """query ($yes: Boolean!, $no: Boolean! = false) {
              product {
                ... @include(if: $no) { stock related { id } }
                ... on Product @skip(if: $yes) { isExpensive }
                ...F @include(if: $yes)
                ...G @skip(if: $yes)
              }
            }
            fragment F on Product { related { name ... @include(if: $no) { stock } } }
            fragment G on Product { include }""",
            {"product": {"related": [{"name": "n1"}]}},
            variables={"yes": True},
            requests={"a": 2, "c": 1},
        ),
        "left out here, asked there": Operation(
            """query ($no: Boolean!) { product { stock @include(if: $no) ... { stock @skip(if: $no) related
              @include(if: $no) { id } } } products @include(if: $no) { stock } }""",
            {"product": {"stock": 4}},
            variables={"no": False},
            requests={"a": 1, "b": 1},
        ),
        "the required field is left out of the answer, not of the plan": Operation(
            "query ($no: Boolean!) { product { price @include(if: $no) isExpensive } }",
            {"product": {"isExpensive": True}},
            variables={"no": False},
            requests={"a": 1, "b": 1},
        ),
        "on the type name": Operation(
            """query ($no: Boolean!) { __typename @include(if: $no) product { __typename @skip(if: $no) t: __typename
              @include(if: $no) } }""",
            {"product": {"__typename": "Product"}},
            variables={"no": False},
        ),
        "the variable also is an argument's": Operation(
            "query ($yes: Boolean = true) { product @include(if: $yes) { name } }", {"product": {"name": "n1"}}
        ),
    },
)
