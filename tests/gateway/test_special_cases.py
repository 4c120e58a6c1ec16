"""One small federation for each rule of Federation that makes planning hard; answers are those of one server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.federation import Federation, Ref, World, federate


async def agrees(federation: Federation, *queries: str) -> None:
    for query in queries:
        answer = await federation.ask(query)
        assert answer == federation.monolith(query), f"{query}\n{federation.calls}"
        assert "errors" not in answer, query


def calls_to(federation: Federation, name: str) -> int:
    return len(federation.transport.subgraphs[f"local:{name}"].calls)


async def test_keys_are_followed_through_subgraphs_that_translate_them() -> None:
    world = World({"product": Ref("Product", "1"), "products": [Ref("Product", "1"), Ref("Product", "2"), None]})
    world.add("Product", "1", sku="s1", upc="u1", name="n1", price="3")
    world.add("Product", "2", sku="s2", upc="u2", name="n2", price=None)
    federation = federate(
        world,
        a='type Query { product: Product products: [Product] } type Product @key(fields: "id") { id: ID! }',
        b='type Product @key(fields: "id") @key(fields: "sku") { id: ID! sku: String }',
        c='type Product @key(fields: "sku") @key(fields: "upc") { sku: String upc: String }',
        d="""type Product @key(fields: "upc") {
          upc: String name: String price: String @external label: String @requires(fields: "price") }""",
        e='type Product @key(fields: "id") { id: ID! price: String }',
    )
    await agrees(
        federation,
        "{ product { name } }",
        "{ products { id label } }",
        "{ products { label price renamed: name } }",
        "{ products { sku: name upc: sku label } }",
        "{ products { id: name name: id price: label } }",
    )


async def test_null_keys_lead_nowhere() -> None:
    world = World({"products": [Ref("Product", "1"), Ref("Product", "2")]})
    world.add("Product", "1", upc=None, name="hidden")
    world.add("Product", "2", upc="u2", name="n2")
    federation = federate(
        world,
        a='type Query { products: [Product] } type Product @key(fields: "upc") { id: ID! upc: String }',
        b='type Product @key(fields: "upc") { upc: String name: String }',
    )

    answer = await federation.ask("{ products { id name } }")

    assert answer == {"data": {"products": [{"id": "1", "name": None}, {"id": "2", "name": "n2"}]}}


async def test_nested_keys_and_requirements_inside_other_entities() -> None:
    world = World({"users": [Ref("User", "1"), Ref("User", "2")]})
    world.add("Unit", "o1", title="t1")
    world.add("Unit", "o2", title=None)
    world.add("User", "1", unit=Ref("Unit", "o1"), name="a", age="1")
    world.add("User", "2", unit=Ref("Unit", "o2"), name="b", age=None)
    key = '@key(fields: "id unit { id }")'
    federation = federate(
        world,
        a=f'type Query {{ users: [User] }} type User {key} {{ id: ID! unit: Unit }} type Unit @key(fields: "id") {{ id: ID! }}',
        b=f"""type User {key} {{ id: ID! unit: Unit @shareable name: String age: String @external
            line: String @requires(fields: "age unit {{ title }}") }}
          type Unit @key(fields: "id", resolvable: false) {{ id: ID! title: String @external }}""",
        c=f"""type User {key} {{ id: ID! unit: Unit @shareable age: String }}
          type Unit @key(fields: "id") {{ id: ID! title: String }}""",
    )
    await agrees(
        federation,
        "{ users { name unit { title } } }",
        "{ users { line } }",
        "{ users { line name unit { renamed: title } } }",
    )


async def test_requirements_that_require() -> None:
    world = World({"product": Ref("Product", "1")})
    world.add("Product", "1", price="10")
    federation = federate(
        world,
        a='type Query { product: Product } type Product @key(fields: "id") { id: ID! price: String }',
        b="""type Product @key(fields: "id") { id: ID! price: String @external duty: String @requires(fields: "price")
          plain: String }""",
        c='type Product @key(fields: "id") { id: ID! duty: String @external total: String @requires(fields: "duty") }',
        d="""type Product @key(fields: "id") { id: ID! total: String @external price: String @external
          line: String @requires(fields: "total price") }""",
    )
    await agrees(
        federation,
        "{ product { duty } }",
        "{ product { total } }",
        "{ product { line } }",
        "{ product { plain line total duty price id } }",
    )


async def test_fields_that_require_the_same_share_a_request() -> None:
    world = World({"product": Ref("Product", "1")})
    world.add("Product", "1", price="10", weight="2")
    federation = federate(
        world,
        a="""type Query { product: Product }
          type Product @key(fields: "id") { id: ID! price: String weight: String }""",
        b="""type Product @key(fields: "id") { id: ID! price: String @external weight: String @external
          one: String @requires(fields: "price") two: String @requires(fields: "price weight") three: String }""",
    )
    await agrees(federation, "{ product { one two three } }")

    assert calls_to(federation, "b") == 1


async def test_members_of_an_interface_may_be_resolved_in_different_subgraphs() -> None:
    world = World(
        {"media": [Ref("Book", "1"), Ref("Film", "2"), Ref("Book", "3")], "any": [Ref("Book", "1"), Ref("Film", "2")]}
    )
    world.add("Book", "1", title="t1", pages="3", stock="5", kin=[Ref("Film", "2")])
    world.add("Book", "3", title="t3", pages=None, stock="6", kin=[])
    world.add("Film", "2", title="t2", length="9", stock="7", kin=[Ref("Book", "1"), Ref("Book", "3")])
    federation = federate(
        world,
        a="""type Query { media: [Media] any: [Any] } interface Media { id: ID! kin: [Media!] } union Any = Book | Film
          type Book implements Media @key(fields: "id") { id: ID! kin: [Media!] pages: String }
          type Film implements Media @key(fields: "id") { id: ID! kin: [Media!] }""",
        b="""interface Media { id: ID! title: String }
          type Book implements Media @key(fields: "id") { id: ID! title: String }
          type Film implements Media @key(fields: "id") { id: ID! title: String length: String }""",
        c='type Book @key(fields: "id") { id: ID! stock: String } type Film @key(fields: "id") { id: ID! stock: String }',
    )
    await agrees(
        federation,
        "{ media { id } }",
        "{ media { id title } }",
        "{ media { __typename kin { title ... on Book { pages stock } ... on Film { length } } } }",
        "{ any { ... on Book { stock } ... on Media { id title kind: __typename } } }",
        "{ any { ... on Film { renamed: id } } }",
        "{ any { __typename } }",
        "{ media { ... on Book { x: pages } ... on Film { x: length } } }",
    )


async def test_interface_objects_answer_for_all_members() -> None:
    world = World(
        {"accounts": [Ref("Admin", "1"), Ref("Guest", "2")], "latest": [Ref("Admin", "1"), Ref("Guest", "2")]}
    )
    world.add("Admin", "1", name="n1", rights="all", likes="4", friends=[Ref("Guest", "2")])
    world.add("Guest", "2", name="n2", visits="9", likes="5", friends=[Ref("Admin", "1")])
    federation = federate(
        world,
        a="""type Query { accounts: [Account] } interface Account @key(fields: "id") { id: ID! name: String }
          type Admin implements Account @key(fields: "id") { id: ID! name: String rights: String }
          type Guest implements Account @key(fields: "id") { id: ID! name: String visits: String }""",
        b="""type Query { latest: [Account] }
          type Account @key(fields: "id") @interfaceObject { id: ID! likes: String friends: [Account!]! name: String @external
            line: String @requires(fields: "name") }""",
    )
    # One server computes the line from the object, whichever its type.
    federation.world.requires.update({("Admin", "line"): "name", ("Guest", "line"): "name"})
    await agrees(
        federation,
        "{ accounts { id name likes } }",
        "{ latest { id likes } }",
        "{ latest { name } }",
        "{ latest { __typename likes } }",
        "{ accounts { ... on Admin { rights likes } } }",
        "{ latest { ... on Admin { rights likes } likes ... on Guest { visits id } } }",
        "{ latest { friends { id friends { name ... on Admin { rights } } } } }",
        "{ accounts { line friends { line } } }",
        "{ latest { line } }",
    )


async def test_value_types_are_put_together_from_their_holders() -> None:
    world = World({"me": Ref("User", "1")})
    world.add("User", "1", profile={"__typename": "Profile", "a": "1", "b": "2", "c": None})
    federation = federate(
        world,
        a="""type Query { me: User @shareable } type User @key(fields: "id") { id: ID! profile: Profile @shareable }
          type Profile { a: String }""",
        b="""type Query { me: User @shareable } type User @key(fields: "id") { id: ID! profile: Profile @shareable }
          type Profile { b: String c: String }""",
    )
    await agrees(federation, "{ me { profile { a b c } } }", "{ me { id profile { b } } }")


async def test_provided_fields_need_no_second_request() -> None:
    world = World({"me": Ref("User", "1"), "review": {"__typename": "Review", "text": "x", "by": Ref("User", "1")}})
    world.add(
        "User", "1", name="n", age="3", boss=Ref("User", "1"), home={"__typename": "Home", "city": "c", "street": "s"}
    )
    federation = federate(
        world,
        a="""type Query { me: User } type User @key(fields: "id") { id: ID! name: String age: String boss: User home: Home }
          type Home { city: String street: String }""",
        b="""type Query { review: Review } type Home { city: String @external }
          type User @key(fields: "id") { id: ID! name: String @external home: Home @external boss: User @external }
          type Review { text: String by: User @provides(fields: "name home { city } boss { name }") }""",
    )
    await agrees(federation, "{ review { text by { name home { city } boss { name } } } }")
    assert calls_to(federation, "a") == 0

    await agrees(
        federation,
        "{ review { by { name age } } }",
        "{ review { by { home { city street } } } }",
        "{ review { by { boss { name boss { name } } } } }",
    )


async def test_overridden_fields_come_from_their_new_owner() -> None:
    world = World({"bill": Ref("Bill", "1")})
    world.add("Bill", "1", amount="7", note="x")
    federation = federate(
        world,
        old='type Query { bill: Bill } type Bill @key(fields: "id") { id: ID! amount: String note: String }',
        new='type Bill @key(fields: "id") { id: ID! amount: String @override(from: "old") }',
    )
    await agrees(federation, "{ bill { amount note } }")

    assert calls_to(federation, "new") == 1
    assert "amount" not in federation.transport.subgraphs["local:old"].calls[0]["query"]


async def test_union_members_may_differ_between_subgraphs() -> None:
    world = World({"media": Ref("Book", "1"), "songs": [Ref("Song", "2"), Ref("Book", "1")]})
    world.add("Book", "1", title="t")
    world.add("Song", "2", title="u")
    federation = federate(
        world,
        a="""type Query { media: Media @shareable } union Media = Book
          type Book @key(fields: "id") { id: ID! title: String @shareable }""",
        b="""type Query { media: Media @shareable songs: [Media] } union Media = Book | Song
          type Book @key(fields: "id") { id: ID! title: String @shareable }
          type Song @key(fields: "id") { id: ID! title: String }""",
    )
    await agrees(
        federation,
        "{ media { ... on Book { title } ... on Song { title } } }",
        "{ media { ... on Song { title } } }",
        "{ songs { __typename ... on Book { title } ... on Song { title } } }",
    )


async def test_arguments_of_one_field_may_differ() -> None:
    world = World({"report": Ref("Report", "1")})
    world.add("Report", "1", title="t", near=Ref("Report", "1"))
    federation = federate(
        world,
        a='type Query { report: Report } type Report @key(fields: "id") { id: ID! near: Report }',
        b="""type Report @key(fields: "id") { id: ID! title(lang: String): String }""",
        c="""type Report @key(fields: "id") { id: ID! title(lang: String): String @external
          line: String @requires(fields: "title") }""",
    )
    await agrees(
        federation,
        '{ report { zh: title(lang: "zh") en: title(lang: "en") title } }',
        '{ report { title(lang: "zh") line } }',
        '{ report { title: id line near { title(lang: "x") } } }',
    )


async def test_a_field_of_the_query_type_is_asked_from_whoever_owns_it() -> None:
    world = World({"first": {"__typename": "Wrapper", "query": {"__typename": "Query"}, "n": "1"}})
    federation = federate(
        world,
        a="type Query { first: Wrapper } type Wrapper { n: String query: Query }",
        b="type Query { second: String }",
    )
    answer = await federation.ask("{ first { n query { second first { n } } } }")

    assert answer["data"]["first"]["n"] == "1"
    assert len(federation.transport.subgraphs["local:b"].calls) == 1


async def test_members_with_differing_nullability_are_asked_under_aliases() -> None:
    world = World({"pets": [Ref("Cat", "1"), Ref("Dog", "2")]})
    world.add("Cat", "1", name="c", tag="x")
    world.add("Dog", "2", name="d", tag="y")
    federation = federate(
        world,
        a="""type Query { pets: [Pet] } interface Pet { id: ID! }
          type Cat implements Pet @key(fields: "id") { id: ID! name: String! @shareable }
          type Dog implements Pet @key(fields: "id") { id: ID! name: String @shareable }""",
        b="""interface Pet { id: ID! name: String }
          type Cat implements Pet @key(fields: "id") { id: ID! name: String @shareable tag: String }
          type Dog implements Pet @key(fields: "id") { id: ID! name: String @shareable }""",
    )
    await agrees(federation, "{ pets { name } }")


@pytest.mark.parametrize("hidden", ["@inaccessible", ""])
async def test_inaccessible_parts_can_be_keys_but_not_asked(hidden: str) -> None:
    world = World({"case": Ref("Case", "1")})
    world.add("Case", "1", code="c", title="t")
    federation = federate(
        world,
        a=f'type Query {{ case: Case }} type Case @key(fields: "code") {{ code: String {hidden} }}',
        b='type Case @key(fields: "code") { code: String title: String }',
    )
    await agrees(federation, "{ case { title } }")

    visible: Any = federation.supergraph.schema.type_map["Case"]
    assert ("code" in visible.fields) is not bool(hidden)
