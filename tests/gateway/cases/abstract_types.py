"""Interfaces and unions whose object types, and the types' fields, live in different subgraphs."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    return [
        Service(
            "catalog",
            """
            type Query { products: [Product] similar(id: ID!): [Product] search: [Result] shelf: Shelf nodes: [Node!]! }
            type Shelf { top: Product results: [Result!] }
            interface Node { id: ID! }
            interface Product implements Node { id: ID! dimensions: Dimensions }
            interface Printed implements Node { id: ID! pages: Int }
            type Dimensions @shareable { size: String weight: Float }
            type Book implements Product & Node & Printed @key(fields: "id") {
              id: ID! dimensions: Dimensions @external pages: Int
            }
            type Magazine implements Product & Node & Printed @key(fields: "id") {
              id: ID! dimensions: Dimensions pages: Int
            }
            type Lamp implements Product & Node @key(fields: "id") { id: ID! dimensions: Dimensions watts: Int }
            type Shop implements Node @key(fields: "id") { id: ID! street: String }
            union Result = Book | Lamp | Shop
            """,
            query={
                "products": [Ref("Book", id="b1"), Ref("Magazine", id="m1"), Ref("Lamp", id="l1"), None],
                "similar": lambda id: [Ref("Book", id="b2"), Ref("Lamp", id="l1")],  # noqa: A006  # the argument's name
                "search": [Ref("Lamp", id="l1"), Ref("Shop", id="s1"), None, Ref("Book", id="b1")],
                "shelf": {"top": Ref("Book", id="b1"), "results": [Ref("Book", id="b2"), Ref("Shop", id="s1")]},
                "nodes": [Ref("Shop", id="s1"), Ref("Magazine", id="m1")],
            },
            entities={
                "Book": [{"id": "b1", "pages": 10}, {"id": "b2", "pages": 20}],
                "Magazine": [{"id": "m1", "pages": 5, "dimensions": {"size": "A4", "weight": 0.2}}],
                "Lamp": [{"id": "l1", "watts": 7, "dimensions": {"size": "big", "weight": 2.5}}],
                "Shop": [{"id": "s1", "street": "High Street"}],
            },
        ),
        Service(
            "store",
            """
            type Dimensions @shareable { size: String weight: Float }
            type Book @key(fields: "id") { id: ID! dimensions: Dimensions }
            """,
            entities={
                "Book": [{"id": "b1", "dimensions": {"size": "A5", "weight": 0.5}}, {"id": "b2", "dimensions": None}]
            },
        ),
        Service(
            "reviews",
            """
            interface Product { id: ID! reviewsCount: Int! reviews: [Review!]! }
            type Book implements Product @key(fields: "id") { id: ID! reviewsCount: Int! reviews: [Review!]! }
            type Magazine implements Product @key(fields: "id") { id: ID! reviewsCount: Int! reviews: [Review!]! }
            type Lamp implements Product @key(fields: "id") { id: ID! reviewsCount: Int! reviews: [Review!]! }
            type Review { body: String product: Product }
            """,
            entities={
                "Book": [
                    {"id": "b1", "reviewsCount": 2, "reviews": [{"body": "good", "product": Ref("Magazine", id="m1")}]},
                    {"id": "b2", "reviewsCount": 0, "reviews": []},
                ],
                "Magazine": [
                    {"id": "m1", "reviewsCount": 1, "reviews": [{"body": "thin", "product": Ref("Lamp", id="l1")}]}
                ],
                "Lamp": [{"id": "l1", "reviewsCount": 3, "reviews": [{"body": None, "product": None}]}],
            },
        ),
    ]


ABSTRACT_TYPES = Case(
    services,
    {
        "what every member has here is asked on the interface": Operation(
            "{ products { id } }",
            {"products": [{"id": "b1"}, {"id": "m1"}, {"id": "l1"}, None]},
            requests={"catalog": 1},
        ),
        "only the type's name": Operation(
            "{ products { __typename } search { kind: __typename } }",
            {
                "products": [{"__typename": "Book"}, {"__typename": "Magazine"}, {"__typename": "Lamp"}, None],
                "search": [{"kind": "Lamp"}, {"kind": "Shop"}, None, {"kind": "Book"}],
            },
            requests={"catalog": 1},
        ),
        "one member's field lives elsewhere": Operation(
            "{ products { dimensions { size weight } } }",
            {
                "products": [
                    {"dimensions": {"size": "A5", "weight": 0.5}},
                    {"dimensions": {"size": "A4", "weight": 0.2}},
                    {"dimensions": {"size": "big", "weight": 2.5}},
                    None,
                ]
            },
            requests={"catalog": 1, "store": 1},
        ),
        "no member's field lives here": Operation(
            "{ products { reviewsCount reviews { body product { id reviewsCount } } } }",
            {
                "products": [
                    {"reviewsCount": 2, "reviews": [{"body": "good", "product": {"id": "m1", "reviewsCount": 1}}]},
                    {"reviewsCount": 1, "reviews": [{"body": "thin", "product": {"id": "l1", "reviewsCount": 3}}]},
                    {"reviewsCount": 3, "reviews": [{"body": None, "product": None}]},
                    None,
                ]
            },
            requests={"catalog": 1, "reviews": 1},
        ),
        "interfaces lead back through interfaces": Operation(
            "{ products { reviews { product { dimensions { size } ... on Printed { pages } ... on Lamp { watts } } } } }",
            {
                "products": [
                    {"reviews": [{"product": {"dimensions": {"size": "A4"}, "pages": 5}}]},
                    {"reviews": [{"product": {"dimensions": {"size": "big"}, "watts": 7}}]},
                    {"reviews": [{"product": None}]},
                    None,
                ]
            },
        ),
        "a fragment on an interface the field's type does not implement": Operation(
            "{ products { id ... on Printed { pages } } }",
            {"products": [{"id": "b1", "pages": 10}, {"id": "m1", "pages": 5}, {"id": "l1"}, None]},
            requests={"catalog": 1},
        ),
        "a fragment on an interface only some members of a union implement": Operation(
            "{ search { ... on Product { id reviewsCount } ... on Node { again: id } ... on Printed { pages } } }",
            {
                "search": [
                    {"id": "l1", "reviewsCount": 3, "again": "l1"},
                    {"again": "s1"},
                    None,
                    {"id": "b1", "reviewsCount": 2, "again": "b1", "pages": 10},
                ]
            },
            requests={"catalog": 1, "reviews": 1},
        ),
        "interfaces inside unions inside interfaces": Operation(
            """{ shelf { results { ... on Node { ... on Product { ... on Printed { ... on Node { id }
                 ... on Book { dimensions { size } reviewsCount } } } } ... on Shop { street } } } }""",
            {
                "shelf": {
                    "results": [{"id": "b2", "dimensions": None, "reviewsCount": 0}, {"street": "High Street"}],
                }
            },
            requests={"catalog": 1, "store": 1, "reviews": 1},
        ),
        "overlapping fragments merge": Operation(
            """{ products { ...A ...B ... on Book { dimensions { size } } ... on Product { dimensions { weight } } } }
               fragment A on Product { id ... on Book { reviews { body } } }
               fragment B on Book { id pages reviews { product { id } } }""",
            {
                "products": [
                    {
                        "id": "b1",
                        "reviews": [{"body": "good", "product": {"id": "m1"}}],
                        "pages": 10,
                        "dimensions": {"size": "A5", "weight": 0.5},
                    },
                    {"id": "m1", "dimensions": {"weight": 0.2}},
                    {"id": "l1", "dimensions": {"weight": 2.5}},
                    None,
                ]
            },
        ),
        "an empty answer for members no fragment meets": Operation(
            "{ products { ... on Lamp { watts } } similar(id: 1) { ... on Magazine { id } } }",
            {"products": [{}, {}, {"watts": 7}, None], "similar": [{}, {}]},
            requests={"catalog": 1},
        ),
        "one response key for several fields": Operation(
            "{ search { ... on Lamp { n: watts } ... on Shop { street } ... on Book { n: pages count: reviewsCount } } }",
            {"search": [{"n": 7}, {"street": "High Street"}, None, {"n": 10, "count": 2}]},
        ),
        "an object narrowed to its interface and back": Operation(
            "{ shelf { top { ... on Node { ... on Book { ... on Product { ... on Printed { id reviewsCount: __typename } } } } } } }",
            {"shelf": {"top": {"id": "b1", "reviewsCount": "Book"}}},
            requests={"catalog": 1},
        ),
        "conditions on fragments and on members": Operation(
            """query ($yes: Boolean!, $no: Boolean!) { products { ... on Book @include(if: $no) { reviewsCount }
                 ... on Product @skip(if: $no) { id @include(if: $yes) ... on Lamp @skip(if: $yes) { watts } } } }""",
            {"products": [{"id": "b1"}, {"id": "m1"}, {"id": "l1"}, None]},
            variables={"yes": True, "no": False},
            requests={"catalog": 1},
        ),
    },
)
