"""`@requires` of fields of interface and union types, with fragments, and on an interface's implementations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def _telling(name: str) -> Callable[[dict[str, Any]], str]:
    """A resolver telling what the representation brought under a name, so that a missing part shows."""

    def told(value: Any) -> str:
        if isinstance(value, dict):
            return "(" + " ".join(f"{key}={told(value[key])}" for key in sorted(value)) + ")"
        if isinstance(value, list):
            return "[" + ", ".join(map(told, value)) + "]"
        return str(value)

    return lambda entity: told({name: entity[name]})


def services() -> list[Service]:
    return [
        Service(
            "users",
            """
            type Query { users: [User] people: [Person] }
            interface Person { id: ID! contact: Contact }
            interface Contact { kind: String }
            union Home = House | Boat
            type Mail implements Contact { kind: String address: String @inaccessible }
            type Phone implements Contact { kind: String number(code: Boolean): String }
            type House { street: String city: City }
            type Boat { name: String berths: [Berth] }
            type City @key(fields: "name") { name: String! }
            interface Berth { width: Int }
            type Single implements Berth { width: Int }
            type Double implements Berth { width: Int curtain: Boolean }
            type User implements Person @key(fields: "id") { id: ID! contact: Contact contacts: [Contact!] home: Home }
            type Clerk implements Person @key(fields: "id") { id: ID! contact: Contact desk: Int }
            """,
            query={
                "users": [Ref("User", id="u1"), Ref("User", id="u2"), None],
                "people": [Ref("User", id="u1"), Ref("Clerk", id="k1")],
            },
            entities={
                "User": [
                    {
                        "id": "u1",
                        "contact": {"__typename": "Mail", "kind": "mail", "address": "u@x"},
                        "contacts": [
                            {"__typename": "Mail", "kind": "mail", "address": "u@x"},
                            {"__typename": "Phone", "kind": "phone", "number": "1"},
                        ],
                        "home": {"__typename": "House", "street": "High", "city": Ref("City", name="Bonn")},
                    },
                    {
                        "id": "u2",
                        "contact": {"__typename": "Phone", "kind": None, "number": "2"},
                        "contacts": None,
                        "home": {
                            "__typename": "Boat",
                            "name": "Ark",
                            "berths": [
                                {"__typename": "Single", "width": 70},
                                None,
                                {"__typename": "Double", "width": 140, "curtain": True},
                            ],
                        },
                    },
                ],
                "Clerk": [{"id": "k1", "contact": None, "desk": 4}],
            },
            resolvers={"Phone.number": lambda phone, code=False: ("+49" if code else "") + phone["number"]},
        ),
        Service(
            "cities",
            'type City @key(fields: "name") { name: String! country: String }',
            entities={"City": [{"name": "Bonn", "country": "DE"}]},
        ),
        Service(
            "lines",
            """
            interface Person { id: ID! line: String }
            interface Contact { kind: String }
            union Home = House | Boat
            type Mail implements Contact { kind: String @external address: String @external }
            type Phone implements Contact { kind: String @external number(code: Boolean): String @external }
            type House { street: String @external city: City @external }
            type Boat { name: String @external berths: [Berth] @external }
            type City @key(fields: "name") { name: String! country: String @external }
            interface Berth { width: Int }
            type Single implements Berth { width: Int @external }
            type Double implements Berth { width: Int @external curtain: Boolean @external }
            type User implements Person @key(fields: "id") {
              id: ID!
              contact: Contact @external
              contacts: [Contact!] @external
              home: Home @external
              line: String @requires(fields: "contact { kind }")
              told: String @requires(fields: "contact { ... on Mail { address } ... on Phone { number(code: true) } }")
              all: String @requires(fields: "contacts { kind ... on Phone { number } }")
              where: String @requires(fields: "home { ... on House { street city { country } } ... on Boat { name } }")
              berths: String @requires(fields: "home { ... on Boat { berths { width ... on Double { curtain } } } }")
            }
            type Clerk implements Person @key(fields: "id") {
              id: ID! desk: Int @external line: String @requires(fields: "desk")
            }
            """,
            entities={"User": lambda user: {}, "Clerk": lambda clerk: {}},
            resolvers={
                "User.line": _telling("contact"),
                "User.told": _telling("contact"),
                "User.all": _telling("contacts"),
                "User.where": _telling("home"),
                "User.berths": _telling("home"),
                "Clerk.line": _telling("desk"),
            },
        ),
    ]


REQUIRES_ON_ABSTRACT = Case(
    services,
    {
        "a field of interface type": Operation(
            "{ users { line } }",
            {
                "users": [
                    {"line": "(contact=(__typename=Mail kind=mail))"},
                    {"line": "(contact=(__typename=Phone kind=None))"},
                    None,
                ]
            },
            requests={"users": 1, "lines": 1},
        ),
        "fragments, hidden fields and arguments": Operation(
            "{ users { told contact { ... on Phone { number } } } }",
            {
                "users": [
                    {"told": "(contact=(__typename=Mail address=u@x))", "contact": {}},
                    {"told": "(contact=(__typename=Phone number=+492))", "contact": {"number": "2"}},
                    None,
                ]
            },
            requests={"users": 1, "lines": 1},
        ),
        "a list of an interface": Operation(
            "{ users { all contacts { kind: __typename } } }",
            {
                "users": [
                    {
                        "all": "(contacts=[(__typename=Mail kind=mail), (__typename=Phone kind=phone number=1)])",
                        "contacts": [{"kind": "Mail"}, {"kind": "Phone"}],
                    },
                    {"all": "(contacts=None)", "contacts": None},
                    None,
                ]
            },
            requests={"users": 1, "lines": 1},
        ),
        "a union, and an entity of another subgraph inside it": Operation(
            "{ users { where } }",
            {
                "users": [
                    {"where": "(home=(__typename=House city=(country=DE) street=High))"},
                    {"where": "(home=(__typename=Boat name=Ark))"},
                    None,
                ]
            },
            requests={"users": 1, "cities": 1, "lines": 1},
        ),
        "fragments in fragments": Operation(
            "{ users { berths } }",
            {
                "users": [
                    {"berths": "(home=(__typename=House))"},
                    {
                        "berths": "(home=(__typename=Boat berths=[(__typename=Single width=70), None, "
                        "(__typename=Double curtain=True width=140)]))"
                    },
                    None,
                ]
            },
            requests={"users": 1, "lines": 1},
        ),
        "each implementation requires something else": Operation(
            "{ people { line } }",
            {"people": [{"line": "(contact=(__typename=Mail kind=mail))"}, {"line": "(desk=4)"}]},
            requests={"users": 1, "lines": 1},
        ),
        "beside the client's own fragments under other names": Operation(
            """{ people { ... on User { where line home { ... on House { name: street } ... on Boat { street: name } } }
                 ... on Clerk { contact: line id: desk } } }""",
            {
                "people": [
                    {
                        "where": "(home=(__typename=House city=(country=DE) street=High))",
                        "line": "(contact=(__typename=Mail kind=mail))",
                        "home": {"name": "High"},
                    },
                    {"contact": "(desk=4)", "id": 4},
                ]
            },
        ),
        "everything at once": Operation(
            "{ users { line told all where berths } }",
            {
                "users": [
                    {
                        "line": "(contact=(__typename=Mail address=u@x kind=mail))",
                        "told": "(contact=(__typename=Mail address=u@x kind=mail))",
                        "all": "(contacts=[(__typename=Mail kind=mail), (__typename=Phone kind=phone number=1)])",
                        "where": "(home=(__typename=House city=(country=DE) street=High))",
                        "berths": "(home=(__typename=House city=(country=DE) street=High))",
                    },
                    {
                        "line": "(contact=(__typename=Phone kind=None number=+492))",
                        "told": "(contact=(__typename=Phone kind=None number=+492))",
                        "all": "(contacts=None)",
                        "where": "(home=(__typename=Boat berths=[(__typename=Single width=70), None, "
                        "(__typename=Double curtain=True width=140)] name=Ark))",
                        "berths": "(home=(__typename=Boat berths=[(__typename=Single width=70), None, "
                        "(__typename=Double curtain=True width=140)] name=Ark))",
                    },
                    None,
                ]
            },
        ),
    },
)
