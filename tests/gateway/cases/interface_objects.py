"""`@interfaceObject`: fields added to all implementations of an interface by a subgraph that knows none of them."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service

ACCOUNTS: list[dict[str, str | None]] = [
    {"id": "a1", "name": "Ada", "rights": "all"},
    {"id": "a2", "name": "Alan", "rights": None},
]


def services() -> list[Service]:
    return [
        Service(
            "users",
            """
            type Query { accounts: [Account] anyone: Anyone admin: Admin }
            union Anyone = Admin | Guest | Robot
            interface Account @key(fields: "id") { id: ID! name: String }
            type Admin implements Account @key(fields: "id") { id: ID! name: String rights: String }
            type Guest implements Account @key(fields: "id") { id: ID! name: String visits: Int }
            type Robot @key(fields: "id") { id: ID! }
            """,
            query={
                "accounts": [Ref("Admin", id="a1"), Ref("Guest", id="g1"), None],
                "anyone": Ref("Guest", id="g1"),
                "admin": Ref("Admin", id="a2"),
            },
            entities={"Admin": ACCOUNTS, "Guest": [{"id": "g1", "name": "Grace", "visits": 3}]},
        ),
        Service(
            "likes",
            """
            type Query { latest: [Account!] liked: Liked }
            type Liked { by: [Account] times: Int }
            type Account @key(fields: "id") @interfaceObject {
              id: ID! likes: Int! friends: [Account!]! name: String @external badge(size: Int): String @requires(fields: "name")
            }
            """,
            query={
                "latest": [Ref("Account", id="g1"), Ref("Account", id="a1")],
                "liked": {"by": [Ref("Account", id="a2"), None], "times": 1},
            },
            entities={
                "Account": [
                    {"id": "a1", "likes": 1, "friends": [Ref("Account", id="g1"), Ref("Account", id="a2")]},
                    {"id": "a2", "likes": 2, "friends": []},
                    {"id": "g1", "likes": 3, "friends": [Ref("Account", id="a1")]},
                ]
            },
            resolvers={"Account.badge": lambda account, size=1: f"*{account['name'][:size]}*"},
        ),
        Service(
            "bans",
            'type Account @key(fields: "id") @interfaceObject { id: ID! banned: Boolean }',
            entities={"Account": [{"id": "a1", "banned": False}, {"id": "g1", "banned": True}]},
        ),
        Service(
            "audit",
            """
            type Admin @key(fields: "id") { id: ID! log: [String!] }
            type Guest @key(fields: "id") { id: ID! log: [String!] }
            """,
            entities={"Admin": [{"id": "a1", "log": ["in", "out"]}], "Guest": [{"id": "g1", "log": []}]},
        ),
    ]


INTERFACE_OBJECTS = Case(
    services,
    {
        "added fields, entered through the interface": Operation(
            "{ accounts { id name likes banned } }",
            {
                "accounts": [
                    {"id": "a1", "name": "Ada", "likes": 1, "banned": False},
                    {"id": "g1", "name": "Grace", "likes": 3, "banned": True},
                    None,
                ]
            },
            requests={"users": 1, "likes": 1, "bans": 1},
        ),
        "its own fields, entered through the interface object": Operation(
            "{ latest { id likes } }",
            {"latest": [{"id": "g1", "likes": 3}, {"id": "a1", "likes": 1}]},
            requests={"likes": 1},
        ),
        "the interface's fields, entered through the interface object": Operation(
            "{ latest { name } liked { times by { name likes } } }",
            {
                "latest": [{"name": "Grace"}, {"name": "Ada"}],
                "liked": {"times": 1, "by": [{"name": "Alan", "likes": 2}, None]},
            },
            requests={"likes": 1, "users": 1},
        ),
        "the type's name has to be asked elsewhere": Operation(
            "{ latest { kind: __typename id } }",
            {"latest": [{"kind": "Guest", "id": "g1"}, {"kind": "Admin", "id": "a1"}]},
            requests={"likes": 1, "users": 1},
        ),
        "from one interface object to another": Operation(
            "{ latest { banned likes } }",
            {"latest": [{"banned": True, "likes": 3}, {"banned": False, "likes": 1}]},
            requests={"likes": 1, "bans": 1},
        ),
        "fragments through the interface object": Operation(
            "{ latest { ... on Admin { rights likes } ... on Guest { visits banned } } }",
            {"latest": [{"visits": 3, "banned": True}, {"rights": "all", "likes": 1}]},
        ),
        "one fragment that only asks what the interface object has": Operation(
            "{ latest { ... on Guest { likes } } }",
            {"latest": [{"likes": 3}, {}]},
            requests={"likes": 2, "users": 1},
        ),
        "a fragment on the interface itself needs no type": Operation(
            "{ latest { ... on Account { likes ... on Account { id } } } }",
            {"latest": [{"likes": 3, "id": "g1"}, {"likes": 1, "id": "a1"}]},
            requests={"likes": 1},
        ),
        "implementations extended in a third subgraph": Operation(
            "{ latest { ... on Admin { log } ... on Guest { id log } } accounts { ... on Admin { log likes } } }",
            {
                "latest": [{"id": "g1", "log": []}, {"log": ["in", "out"]}],
                "accounts": [{"log": ["in", "out"], "likes": 1}, {}, None],
            },
        ),
        "requirements on an interface object": Operation(
            "{ accounts { badge } latest { long: badge(size: 2) friends { badge } } admin { badge(size: 3) } }",
            {
                "accounts": [{"badge": "*A*"}, {"badge": "*G*"}, None],
                "latest": [
                    {"long": "*Gr*", "friends": [{"badge": "*A*"}]},
                    {"long": "*Ad*", "friends": [{"badge": "*G*"}, {"badge": "*A*"}]},
                ],
                "admin": {"badge": "*Ala*"},
            },
        ),
        "through a concrete type and a union": Operation(
            "{ admin { likes friends { id } } anyone { ... on Account { likes name } ... on Robot { id } } }",
            {"admin": {"likes": 2, "friends": []}, "anyone": {"likes": 3, "name": "Grace"}},
            requests={"users": 1, "likes": 1},
        ),
        "round and round": Operation(
            "{ accounts { friends { friends { __typename name ... on Admin { rights friends { id } } } } } }",
            {
                "accounts": [
                    {
                        "friends": [
                            {
                                "friends": [
                                    {
                                        "__typename": "Admin",
                                        "name": "Ada",
                                        "rights": "all",
                                        "friends": [{"id": "g1"}, {"id": "a2"}],
                                    }
                                ]
                            },
                            {"friends": []},
                        ]
                    },
                    {
                        "friends": [
                            {
                                "friends": [
                                    {"__typename": "Guest", "name": "Grace"},
                                    {"__typename": "Admin", "name": "Alan", "rights": None, "friends": []},
                                ]
                            }
                        ]
                    },
                    None,
                ]
            },
        ),
        "overlapping fragments, some of whose fields are added": Operation(
            """{ latest { ...F ... on Admin { badge(size: 2) } } }
               fragment F on Account { likes ... on Guest { likes banned name } ... on Admin { name } }""",
            {
                "latest": [
                    {"likes": 3, "banned": True, "name": "Grace"},
                    {"likes": 1, "name": "Ada", "badge": "*Ad*"},
                ]
            },
        ),
    },
)


def unresolvable_services() -> list[Service]:
    return [
        Service(
            "products",
            """
            type Query { product: Node things: [Node] }
            interface Node @key(fields: "id") { id: ID! }
            type Product implements Node @key(fields: "id") { id: ID! name: String price: Float }
            type Part implements Node @key(fields: "id") { id: ID! name: String }
            """,
            query={"product": Ref("Product", id="1"), "things": [Ref("Part", id="2"), Ref("Product", id="1")]},
            entities={"Product": [{"id": "1", "name": "Table", "price": 9.5}], "Part": [{"id": "2", "name": "Leg"}]},
        ),
        Service(
            "search",
            """
            type Query { found: Node all: [Node!]! hit: Hit }
            type Hit { node: Node score: Int }
            type Node @key(fields: "id", resolvable: false) @interfaceObject { id: ID! }
            """,
            query={
                "found": {"id": "1"},
                "all": [{"id": "2"}, {"id": "1"}, {"id": "gone"}],
                "hit": {"node": {"id": "2"}, "score": 7},
            },
        ),
    ]


UNRESOLVABLE_KEYS = Case(
    unresolvable_services,
    {
        "what the reference holds": Operation("{ found { id } }", {"found": {"id": "1"}}, requests={"search": 1}),
        "the reference's type and fields": Operation(
            "{ found { __typename ... on Product { name price } } }",
            {"found": {"__typename": "Product", "name": "Table", "price": 9.5}},
            requests={"search": 1, "products": 1},
        ),
        "in lists; what is gone has no type and no fields of one": Operation(
            "{ all { id ... on Part { name } ... on Product { price } } }",
            None,
            errors=("all.2",),
        ),
        "nested": Operation(
            "{ hit { score node { ... on Part { name } ... on Product { id } } } }",
            {"hit": {"score": 7, "node": {"name": "Leg"}}},
        ),
        "the interface's own side": Operation(
            "{ product { id ... on Product { name } } things { id __typename } }",
            {
                "product": {"id": "1", "name": "Table"},
                "things": [{"id": "2", "__typename": "Part"}, {"id": "1", "__typename": "Product"}],
            },
            requests={"products": 1},
        ),
    },
)


def split_services() -> list[Service]:
    """The interface object in one subgraph, the implementations in a second, their fields in a third and fourth."""
    return [
        Service(
            "feed",
            """
            type Query { feed: [Media!]! }
            type Media @key(fields: "id") @interfaceObject { id: ID! rank: Int }
            """,
            query={"feed": [{"id": "m2", "rank": 2}, {"id": "m1", "rank": 1}, {"id": "m3", "rank": None}]},
            entities={"Media": [{"id": "m1", "rank": 1}, {"id": "m2", "rank": 2}, {"id": "m3", "rank": None}]},
        ),
        Service(
            "media",
            """
            interface Media @key(fields: "id") { id: ID! }
            type Film implements Media @key(fields: "id") { id: ID! minutes: Int }
            type Song implements Media @key(fields: "id") @key(fields: "isrc") { id: ID! isrc: String! }
            """,
            entities={
                "Film": [{"id": "m1", "minutes": 90}, {"id": "m3", "minutes": 12}],
                "Song": [{"id": "m2", "isrc": "X1"}],
            },
        ),
        Service(
            "titles",
            """
            interface Media { id: ID! title: String! }
            type Film implements Media @key(fields: "id") { id: ID! title: String! stars: [Person!] }
            type Song implements Media @key(fields: "id") { id: ID! title: String! by: Person }
            type Person @key(fields: "name") { name: String! }
            """,
            entities={
                "Film": [
                    {"id": "m1", "title": "Alien", "stars": [{"name": "S"}]},
                    {"id": "m3", "title": "Short", "stars": None},
                ],
                "Song": [{"id": "m2", "title": "Hurt", "by": {"name": "J"}}],
            },
        ),
        Service(
            "charts",
            """
            type Person @key(fields: "name") { name: String! works: [Media!] }
            type Media @key(fields: "id") @interfaceObject { id: ID! played: Int }
            """,
            entities={
                "Person": [{"name": "S", "works": [{"id": "m1", "played": 5}]}, {"name": "J", "works": []}],
                "Media": [{"id": "m1", "played": 5}, {"id": "m2", "played": 6}, {"id": "m3", "played": 0}],
            },
        ),
        Service(
            "songs",
            'type Song @key(fields: "isrc") { isrc: String! weeks: Int }',
            entities={"Song": [{"isrc": "X1", "weeks": 40}]},
        ),
    ]


INDIRECT_EXTENSION = Case(
    split_services,
    {
        "an interface's field whose subgraph has no key on the interface": Operation(
            "{ feed { rank title } }",
            {"feed": [{"rank": 2, "title": "Hurt"}, {"rank": 1, "title": "Alien"}, {"rank": None, "title": "Short"}]},
            requests={"feed": 1, "media": 1, "titles": 1},
        ),
        "a member's field behind a second key": Operation(
            "{ feed { id ... on Song { weeks played } } }",
            {"feed": [{"id": "m2", "weeks": 40, "played": 6}, {"id": "m1"}, {"id": "m3"}]},
        ),
        "an interface object inside another's members": Operation(
            "{ feed { ... on Film { minutes stars { name works { __typename rank ... on Film { minutes } } } } } }",
            {
                "feed": [
                    {},
                    {
                        "minutes": 90,
                        "stars": [{"name": "S", "works": [{"__typename": "Film", "rank": 1, "minutes": 90}]}],
                    },
                    {"minutes": 12, "stars": None},
                ]
            },
        ),
        "both interface objects and the members": Operation(
            "{ feed { played title ... on Song { by { works { played } } } __typename } }",
            {
                "feed": [
                    {"played": 6, "title": "Hurt", "by": {"works": []}, "__typename": "Song"},
                    {"played": 5, "title": "Alien", "__typename": "Film"},
                    {"played": 0, "title": "Short", "__typename": "Film"},
                ]
            },
        ),
    },
)
