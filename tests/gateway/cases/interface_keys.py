"""`@key` on interfaces: several keys, several subgraphs, interface objects that share and override fields."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { media: [Media] best: Film }
            interface Media @key(fields: "id") { id: ID! title: String }
            type Film implements Media @key(fields: "id") { id: ID! title: String isMain: Boolean @shareable }
            type Song implements Media @key(fields: "id") { id: ID! title: String }
            """,
            query={"media": [Ref("Song", id="2"), Ref("Film", id="1"), None], "best": Ref("Film", id="1")},
            entities={"Film": [{"id": "1", "title": "F", "isMain": True}], "Song": [{"id": "2", "title": "S"}]},
        ),
        Service(
            "b",
            """
            type Query { charted: [Media!] }
            interface Media @key(fields: "id") @key(fields: "code region { name }") { id: ID! code: String region: Region rank: Int }
            type Film implements Media @key(fields: "id") @key(fields: "code region { name }") {
              id: ID! code: String region: Region rank: Int
            }
            type Song implements Media @key(fields: "id") @key(fields: "code region { name }") {
              id: ID! code: String region: Region rank: Int bpm: Int
            }
            type Region { name: String }
            """,
            query={"charted": [Ref("Film", id="1"), Ref("Song", id="2")]},
            entities={
                "Film": [{"id": "1", "code": "f", "region": {"name": "EU"}, "rank": 1}],
                "Song": [{"id": "2", "code": "s", "region": {"name": "US"}, "rank": 2, "bpm": 99}],
            },
        ),
        Service(
            "c",
            """
            type Query { played: [Media] }
            type Media @key(fields: "code region { name }") @interfaceObject {
              code: String region: Region plays: Int isMain: Boolean @shareable
            }
            type Region @shareable { name: String }
            """,
            query={
                "played": [
                    Ref("Media", code="s"),
                    Ref("Media", code="f"),
                    {"code": None, "region": {"name": "EU"}, "plays": 0, "isMain": None},
                ]
            },
            entities={
                "Media": [
                    {"code": "f", "region": {"name": "EU"}, "plays": 10, "isMain": True},
                    {"code": "s", "region": {"name": "US"}, "plays": 20, "isMain": False},
                ]
            },
        ),
        Service(
            "d",
            """
            type Media @key(fields: "id") @interfaceObject { id: ID! isMain: Boolean @shareable price: Int }
            """,
            entities={"Media": [{"id": "1", "isMain": True, "price": 5}, {"id": "2", "isMain": False, "price": 6}]},
        ),
    ]


INTERFACE_KEYS = Case(
    services,
    {
        "from interface to interface": Operation(
            "{ media { title rank } }",
            {"media": [{"title": "S", "rank": 2}, {"title": "F", "rank": 1}, None]},
            requests={"a": 1, "b": 1},
        ),
        "and back, with fragments": Operation(
            "{ charted { title ... on Song { bpm title } ... on Film { isMain } } }",
            {"charted": [{"title": "F", "isMain": True}, {"title": "S", "bpm": 99}]},
            requests={"a": 1, "b": 1},
        ),
        "by a nested key that is learnt on the way": Operation(
            "{ media { plays title } best { plays rank } }",
            {
                "media": [{"plays": 20, "title": "S"}, {"plays": 10, "title": "F"}, None],
                "best": {"plays": 10, "rank": 1},
            },
            requests={"a": 1, "b": 1, "c": 1},
        ),
        "from an interface object by the nested key": Operation(
            "{ played { plays code rank title ... on Song { bpm } } }",
            {
                "played": [
                    {"plays": 20, "code": "s", "rank": 2, "title": "S", "bpm": 99},
                    {"plays": 10, "code": "f", "rank": 1, "title": "F"},
                    None,
                ]
            },
            errors=("played.2",),
        ),
        "from one interface object through the interface to another": Operation(
            "{ played { price } }", {"played": [{"price": 6}, {"price": 5}, {"price": None}]}
        ),
        "a field that interface objects and an implementation share": Operation(
            "{ media { isMain } best { isMain } played { isMain } charted { ... on Film { isMain } ... on Song { isMain } } }",
            {
                "media": [{"isMain": False}, {"isMain": True}, None],
                "best": {"isMain": True},
                "played": [{"isMain": False}, {"isMain": True}, {"isMain": None}],
                "charted": [{"isMain": True}, {"isMain": False}],
            },
        ),
        "type names all round": Operation(
            "{ media { __typename } charted { __typename plays } best { __typename price } }",
            {
                "media": [{"__typename": "Song"}, {"__typename": "Film"}, None],
                "charted": [{"__typename": "Film", "plays": 10}, {"__typename": "Song", "plays": 20}],
                "best": {"__typename": "Film", "price": 5},
            },
        ),
    },
)


def nodes() -> list[Service]:
    """An interface object that is itself behind a wider interface."""
    return [
        Service(
            "a",
            """
            type Query { node: Node people: [Person] }
            interface Node { id: ID! }
            interface Person implements Node @key(fields: "id") { id: ID! name: String }
            type Clerk implements Person & Node @key(fields: "id") { id: ID! name: String desk: Int }
            type Guest implements Person & Node @key(fields: "id") { id: ID! name: String }
            type Room implements Node @key(fields: "id") { id: ID! floor: Int }
            """,
            query={"node": Ref("Clerk", id="c"), "people": [Ref("Guest", id="g"), Ref("Clerk", id="c")]},
            entities={
                "Clerk": [{"id": "c", "name": "C", "desk": 4}],
                "Guest": [{"id": "g", "name": "G"}],
                "Room": [{"id": "r", "floor": 2}],
            },
        ),
        Service(
            "b",
            """
            type Query { found: [Node] someone: Person }
            interface Node { id: ID! }
            type Person implements Node @key(fields: "id") @interfaceObject { id: ID! mail: String }
            type Room implements Node @key(fields: "id") { id: ID! seats: Int }
            """,
            query={
                "found": [Ref("Person", id="c"), Ref("Room", id="r"), None, Ref("Person", id="g")],
                "someone": Ref("Person", id="g"),
            },
            entities={
                "Person": [{"id": "c", "mail": "c@x"}, {"id": "g", "mail": None}],
                "Room": [{"id": "r", "seats": 8}],
            },
        ),
    ]


WIDER_INTERFACE = Case(
    nodes,
    {
        "the wider interface's own field": Operation(
            "{ found { id } node { id } }",
            {"found": [{"id": "c"}, {"id": "r"}, None, {"id": "g"}], "node": {"id": "c"}},
            requests={"a": 1, "b": 1},
        ),
        "narrowed to the interface object": Operation(
            "{ node { ... on Person { name mail } } someone { name mail } }",
            {"node": {"name": "C", "mail": "c@x"}, "someone": {"name": "G", "mail": None}},
        ),
        "narrowed from the wider interface, in the subgraph of the interface object": Operation(
            "{ found { id ... on Person { mail } ... on Room { seats floor } } }",
            {
                "found": [
                    {"id": "c", "mail": "c@x"},
                    {"id": "r", "seats": 8, "floor": 2},
                    None,
                    {"id": "g", "mail": None},
                ]
            },
        ),
        "to the object types behind it": Operation(
            "{ found { __typename ... on Clerk { desk mail } ... on Guest { name } } }",
            {
                "found": [
                    {"__typename": "Clerk", "desk": 4, "mail": "c@x"},
                    {"__typename": "Room"},
                    None,
                    {"__typename": "Guest", "name": "G"},
                ]
            },
        ),
    },
)
