"""`@provides` on interfaces and unions, with fragments inside."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    dog = {"__typename": "Dog", "id": "d", "name": "Rex", "age": 3, "kin": [Ref("Cat", id="c")]}
    cat = {"__typename": "Cat", "id": "c", "name": "Tom", "kin": None}
    return [
        Service(
            "a",
            """
            type Query {
              media: Media @shareable @provides(fields: "animals { id name }")
              book: Book @provides(fields: "animals { ... on Dog { id name } }")
              pets: [Pet] @provides(fields: "... on Dog { id name kin { id name } } ... on Cat { id kin { id ... on Dog { age } } }")
              named: [Pet] @provides(fields: "... on Animal { id name }")
              animal: Animal @provides(fields: "id name ... on Dog { age kin { id name } }")
            }
            interface Media { id: ID! animals: [Animal] }
            interface Animal { id: ID! name: String kin: [Animal] }
            union Pet = Dog | Cat
            type Book implements Media @key(fields: "id") { id: ID! animals: [Animal] @shareable }
            type Dog implements Animal @key(fields: "id") {
              id: ID! @external name: String @external age: Int @external kin: [Animal] @external
            }
            type Cat implements Animal @key(fields: "id") {
              id: ID! @external name: String @external kin: [Animal] @external
            }
            """,
            query={
                "media": {"__typename": "Book", "id": "m", "animals": [dog, cat]},
                "book": {
                    "id": "m",
                    "animals": [{"__typename": "Dog", "id": "d", "name": "Rex"}, {"__typename": "Cat", "id": "c"}],
                },
                "pets": [
                    {
                        "__typename": "Dog",
                        "id": "d",
                        "name": "Rex",
                        "kin": [{"__typename": "Cat", "id": "c", "name": "Tom"}],
                    },
                    {"__typename": "Cat", "id": "c", "kin": [{"__typename": "Dog", "id": "d", "age": 3}]},
                    None,
                ],
                "named": [{"__typename": "Cat", "id": "c", "name": "Tom"}],
                "animal": {
                    "__typename": "Dog",
                    "id": "d",
                    "name": "Rex",
                    "age": 3,
                    "kin": [{"__typename": "Cat", "id": "c", "name": "Tom"}],
                },
            },
        ),
        Service(
            "b",
            """
            type Query { media: Media @shareable }
            interface Media { id: ID! animals: [Animal] }
            interface Animal { id: ID! }
            type Book implements Media @key(fields: "id") { id: ID! animals: [Animal] @shareable title: String }
            type Dog implements Animal @key(fields: "id") { id: ID! }
            type Cat implements Animal @key(fields: "id") { id: ID! }
            """,
            query={"media": Ref("Book", id="m")},
            entities={"Book": [{"id": "m", "title": "Farm", "animals": [Ref("Dog", id="d"), Ref("Cat", id="c")]}]},
        ),
        Service(
            "c",
            """
            interface Animal { id: ID! name: String kin: [Animal] }
            type Dog implements Animal @key(fields: "id") {
              id: ID! name: String @shareable age: Int @shareable kin: [Animal] @shareable
            }
            type Cat implements Animal @key(fields: "id") { id: ID! name: String @shareable kin: [Animal] @shareable lives: Int }
            """,
            entities={
                "Dog": [{"id": "d", "name": "Rex", "age": 3, "kin": [Ref("Cat", id="c")]}],
                "Cat": [{"id": "c", "name": "Tom", "kin": [Ref("Dog", id="d")], "lives": 9}],
            },
        ),
    ]


PROVIDES_ON_ABSTRACT = Case(
    services,
    {
        "below an interface": Operation(
            "{ media { id animals { id name } } }",
            {"media": {"id": "m", "animals": [{"id": "d", "name": "Rex"}, {"id": "c", "name": "Tom"}]}},
            requests={"a": 1},
        ),
        "below an object, with what is not provided": Operation(
            "{ media { ... on Book { animals { ... on Cat { name } ... on Dog { name age } } title } } }",
            {"media": {"animals": [{"name": "Rex", "age": 3}, {"name": "Tom"}], "title": "Farm"}},
        ),
        "for one member; the other is not even known by its key": Operation(
            "{ book { animals { id name } } }",
            {"book": {"animals": [{"id": "d", "name": "Rex"}, {"id": "c", "name": "Tom"}]}},
            requests={"a": 1, "b": 1, "c": 1},
        ),
        "for one member only": Operation(
            "{ book { animals { ... on Dog { name } } } }",
            {"book": {"animals": [{"name": "Rex"}, {}]}},
            requests={"a": 1},
        ),
        "on a union, each member otherwise": Operation(
            "{ pets { ... on Dog { name kin { name } } ... on Cat { kin { ... on Dog { age } } } } }",
            {"pets": [{"name": "Rex", "kin": [{"name": "Tom"}]}, {"kin": [{"age": 3}]}, None]},
            requests={"a": 1},
        ),
        "on a union, beyond what is provided": Operation(
            "{ pets { ... on Animal { name kin { name } } ... on Cat { lives } } }",
            {
                "pets": [
                    {"name": "Rex", "kin": [{"name": "Tom"}]},
                    {"name": "Tom", "kin": [{"name": "Rex"}], "lives": 9},
                    None,
                ]
            },
        ),
        "in a fragment on an interface": Operation(
            "{ named { ... on Animal { name } __typename } }",
            {"named": [{"name": "Tom", "__typename": "Cat"}]},
            requests={"a": 1},
        ),
        "on an interface, for all and for one": Operation(
            "{ animal { name ... on Dog { age kin { name } } ... on Cat { name } } }",
            {"animal": {"name": "Rex", "age": 3, "kin": [{"name": "Tom"}]}},
            requests={"a": 1},
        ),
        "what the other way in does not provide": Operation(
            "{ media { animals { name kin { id } } } }",
            {
                "media": {
                    "animals": [
                        {"name": "Rex", "kin": [{"id": "c"}]},
                        {"name": "Tom", "kin": [{"id": "d"}]},
                    ]
                }
            },
        ),
    },
)
