"""Interfaces and interface objects together with variables, mutations, unions, `@provides` and `@requires`."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { items(first: Int): [Item] find(kind: String = "x"): Found }
            type Mutation { make(name: String!): Item! touch: Account }
            interface Item { id: ID! label(lang: String): String size: Int }
            union Found = Book | Shelf | Admin
            type Shelf { x: Int }
            type Book implements Item @key(fields: "id") {
              id: ID! label(lang: String): String size: Int pages(n: Int!): Int
            }
            type Pen implements Item @key(fields: "id") { id: ID! label(lang: String): String size: Int }
            interface Account @key(fields: "id") { id: ID! name: String }
            type Admin implements Account @key(fields: "id") { id: ID! name: String }
            type Guest implements Account @key(fields: "id") { id: ID! name: String }
            """,
            query={
                "items": lambda first=None: [Ref("Book", id="b"), Ref("Pen", id="p")][:first],
                "find": lambda kind: Ref("Admin", id="x"),
            },
            entities={
                "Book": [{"id": "b", "size": 1}],
                "Pen": [{"id": "p", "size": 2}],
                "Admin": [{"id": "x", "name": "X"}],
            },
            resolvers={
                "Book.label": lambda book, lang="en": f"book in {lang}",
                "Pen.label": lambda pen, lang="en": f"pen in {lang}",
                "Book.pages": lambda book, n: n,
                "Mutation.make": lambda name: Ref("Book", id="b"),
                "Mutation.touch": lambda: Ref("Admin", id="x"),
            },
        ),
        Service(
            "b",
            """
            type Query { unrelated: Int }
            type Mutation { poke: Account more: [Account!]! }
            interface Item { id: ID! stock(at: String, day: Int): Int owner: Account }
            type Book implements Item @key(fields: "id") { id: ID! stock(at: String, day: Int): Int owner: Account }
            type Pen implements Item @key(fields: "id") { id: ID! stock(at: String, day: Int): Int owner: Account }
            type Account @key(fields: "id") @interfaceObject {
              id: ID!
              owns: [Item]
              name: String @external
              greeting: String @requires(fields: "name")
              friend: Account @provides(fields: "name")
            }
            """,
            entities={
                "Book": [{"id": "b", "owner": Ref("Account", id="x")}],
                "Pen": [{"id": "p", "owner": None}],
                "Account": [
                    {
                        "id": "x",
                        "owns": [Ref("Pen", id="p"), Ref("Book", id="b")],
                        "friend": {"id": "x", "name": "X", "friend": None},
                    }
                ],
            },
            resolvers={
                "Book.stock": lambda book, at=None, day=0: day,
                "Pen.stock": lambda pen, at=None, day=0: -day,
                "Account.greeting": lambda account: f"hi {account['name']}",
                "Mutation.poke": lambda: Ref("Account", id="x"),
                "Mutation.more": lambda: [Ref("Account", id="x")],
            },
        ),
    ]


MIXTURES = Case(
    services,
    {
        "variables on fields of implementations elsewhere": Operation(
            """query ($day: Int, $lang: String, $n: Int!) { items(first: 2) { stock(day: $day) label(lang: $lang)
                 ... on Book { pages(n: $n) third: stock(day: 3) } } }""",
            {
                "items": [
                    {"stock": 2, "label": "book in de", "pages": 7, "third": 3},
                    {"stock": -2, "label": "pen in de"},
                ]
            },
            variables={"day": 2, "lang": "de", "n": 7},
            requests={"a": 1, "b": 1},
        ),
        "a variable's default": Operation(
            "query ($day: Int = 5) { items(first: 1) { some: stock(day: $day) none: stock } }",
            {"items": [{"some": 5, "none": 0}]},
            requests={"a": 1, "b": 1},
        ),
        "from a union through an interface object and back": Operation(
            """{ find { ... on Found { ... on Account { greeting owns { label owner { __typename greeting friend { name } } } }
                 ... on Shelf { x } } } }""",
            {
                "find": {
                    "greeting": "hi X",
                    "owns": [
                        {"label": "pen in en", "owner": None},
                        {
                            "label": "book in en",
                            "owner": {"__typename": "Admin", "greeting": "hi X", "friend": {"name": "X"}},
                        },
                    ],
                }
            },
        ),
        "mutations that return interfaces and interface objects": Operation(
            """mutation { make(name: "k") { id stock(day: 1) owner { name __typename } }
                 poke { name greeting __typename ... on Admin { owns { id size } } }
                 more { id friend { name } } touch { greeting name } }""",
            {
                "make": {"id": "b", "stock": 1, "owner": {"name": "X", "__typename": "Admin"}},
                "poke": {
                    "name": "X",
                    "greeting": "hi X",
                    "__typename": "Admin",
                    "owns": [{"id": "p", "size": 2}, {"id": "b", "size": 1}],
                },
                "more": [{"id": "x", "friend": {"name": "X"}}],
                "touch": {"greeting": "hi X", "name": "X"},
            },
        ),
        "the member's selection beside the interface's": Operation(
            "{ items { ... on Item { ... on Book { owner { ... on Admin { greeting name } ... on Guest { id } } } } owner { id } } }",
            {"items": [{"owner": {"greeting": "hi X", "name": "X", "id": "x"}}, {"owner": None}]},
        ),
        "provided on an interface object": Operation(
            "{ items { owner { friend { name id friend { __typename name greeting } } } } }",
            {"items": [{"owner": {"friend": {"name": "X", "id": "x", "friend": None}}}, {"owner": None}]},
            requests={"a": 1, "b": 1},
        ),
    },
)
