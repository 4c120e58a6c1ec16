"""`@authenticated`, `@requiresScopes`, `@policy`: what a caller may not see is neither asked for nor answered."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from graphql import parse
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.identity import Caller
from services.gateway.errors import RequestRefused, SupergraphInvalid
from services.gateway.node_ids import encode_id
from services.gateway.stages.authorize import Authorization
from services.gateway.stages.normalize import select_operation
from services.gateway.stages.receive import GraphQLRequest
from services.gateway.supergraph import load_supergraph
from tests.gateway.federation import Federation, Ref, World, federate, federate_with_node_fields

ANYBODY = Caller(person="p")
READER = Caller(person="p", scopes=frozenset({"notes", "read"}))
OFFICER = Caller(person="p", policies=frozenset({"officer"}))
CODE = "UNAUTHORIZED_FIELD_OR_TYPE"

REPORTS = """
type Query { report: Report reports: [Report!] search: [Hit] node: Node any: [Thing] me: Person! @authenticated }
type Mutation { close: Report @requiresScopes(scopes: [["write"]]) open: Report }
type Subscription { changed: Report @authenticated moved: Report }
type Report @key(fields: "id") {
  id: ID!
  title: String
  phone: Phone
  mood: Mood
  place: Place
  history: String! @policy(policies: [["officer"], ["auditor", "local"]])
}
type Place @authenticated { street: String }
type Person { name: String }
type Secret @requiresScopes(scopes: [["secrets"]]) { text: String }
union Hit = Report | Secret
interface Node { id: ID! label: String }
type Open implements Node { id: ID! label: String }
type Closed implements Node { id: ID! label: String }
interface Thing { id: ID! name: String }
type Plain implements Thing { id: ID! name: String }
type Guarded implements Thing { id: ID! name: String @authenticated }
scalar Phone @requiresScopes(scopes: [["phones"]])
enum Mood @authenticated { GOOD BAD }
"""
NOTES = """
type Report @key(fields: "id") {
  id: ID!
  note: String @requiresScopes(scopes: [["notes", "read"], ["admin"]])
}
"""


@pytest.fixture
def reports() -> Federation:
    one, two = Ref("Report", "1"), Ref("Report", "2")
    world = World(
        {
            "report": one,
            "reports": [one, two],
            "search": [one, Ref("Secret", "s"), two],
            "node": Ref("Open", "o"),
            "any": [Ref("Plain", "p"), Ref("Guarded", "g")],
            "close": one,
            "open": one,
            "me": {"name": "Li"},
        }
    )
    common = {"phone": "119", "mood": "GOOD", "place": {"street": "Elm"}, "history": "h"}
    world.add("Report", "1", title="Lamp", note="n1", **common)
    world.add("Report", "2", title="Noise", note="n2", **common)
    world.add("Secret", "s", text="hush")
    world.add("Open", "o", label="O")
    world.add("Plain", "p", name="P")
    world.add("Guarded", "g", name="G")
    return federate(world, reports=REPORTS, notes=NOTES)


def places(answer: dict[str, Any]) -> list[list[str | int]]:
    """Where the caller was told that something may not be seen."""
    assert all(error["extensions"] == {"code": CODE} for error in answer["errors"])
    return [error["path"] for error in answer["errors"]]


async def test_a_forbidden_field_is_null_with_an_error_and_its_subgraph_is_not_asked(reports: Federation) -> None:
    answer = await reports.ask("{ reports { title private: note } }")

    assert answer["data"] == {"reports": [{"title": "Lamp", "private": None}, {"title": "Noise", "private": None}]}
    assert places(answer) == [["reports", 0, "private"], ["reports", 1, "private"]]
    assert [service for service, _ in reports.calls] == ["reports"]


async def test_whoever_meets_a_group_of_scopes_sees_the_field(reports: Federation) -> None:
    query = "{ report { note } }"
    lacking = Caller(person="p", scopes=frozenset({"notes"}))

    assert await reports.ask(query, caller=READER) == {"data": {"report": {"note": "n1"}}}
    assert (await reports.ask(query, caller=lacking))["data"] == {"report": {"note": None}}
    assert (await reports.ask(query, caller=READER)) == {"data": {"report": {"note": "n1"}}}


async def test_a_policy_is_met_by_its_claim_and_null_propagates_where_the_field_is_not_nullable(
    reports: Federation,
) -> None:
    query = "{ report { title history } }"

    assert (await reports.ask(query, caller=OFFICER))["data"] == {"report": {"title": "Lamp", "history": "h"}}
    refused = await reports.ask(query, caller=ANYBODY)
    assert refused["data"] == {"report": None}
    assert places(refused) == [["report", "history"]]


@pytest.mark.parametrize("field", ["place { street }", "place { __typename }", "mood", "phone"])
async def test_a_field_demands_what_its_output_type_demands(reports: Federation, field: str) -> None:
    answer = await reports.ask(f"{{ report {{ title found: {field} }} }}")

    assert answer["data"] == {"report": {"title": "Lamp", "found": None}}
    assert places(answer) == [["report", "found"]]
    assert not any(field.split()[0] in query for _, query in reports.calls)


async def test_a_forbidden_root_field_that_cannot_be_null_takes_the_data_with_it(reports: Federation) -> None:
    answer = await reports.ask("{ me { name } }")

    assert answer["data"] is None
    assert places(answer) == [["me"]]
    assert reports.calls == []


async def test_a_forbidden_mutation_has_no_effect(reports: Federation) -> None:
    answer = await reports.ask("mutation { close { title } open { title } }")

    assert answer["data"] == {"close": None, "open": {"title": "Lamp"}}
    assert all("close" not in query for _, query in reports.calls)


@pytest.mark.parametrize(
    "query",
    [
        "{ search { __typename ... on Report { title } } }",
        "{ search { __typename ... on Report { title } ... on Secret { text } } }",
        "{ search { __typename ... on Report { title } ... on Secret { __typename } } }",
    ],
)
async def test_an_object_of_a_union_that_may_not_be_seen_is_null(reports: Federation, query: str) -> None:
    answer = await reports.ask(query)

    assert answer["data"] == {
        "search": [{"__typename": "Report", "title": "Lamp"}, None, {"__typename": "Report", "title": "Noise"}]
    }
    assert places(answer) == [["search", 1]]
    assert all("text" not in asked for _, asked in reports.calls)


async def test_an_interface_is_no_way_around_the_demands_of_its_objects(reports: Federation) -> None:
    answer = await reports.ask("{ any { id name ... on Plain { name } } }")

    assert answer["data"] == {"any": [{"id": "p", "name": "P"}, {"id": "g", "name": None}]}
    assert places(answer) == [["any", 1, "name"]]


async def test_a_key_asked_for_twice_is_seen_where_one_way_is_allowed(reports: Federation) -> None:
    answer = await reports.ask("{ any { ... on Plain { name } ...N } } fragment N on Thing { name }", caller=None)

    assert answer["data"] == {"any": [{"name": "P"}, {"name": None}]}


async def test_conditions_decide_before_demands_do(reports: Federation) -> None:
    query = "query ($all: Boolean!) { report { title note @include(if: $all) } }"
    reports.serve(authorization="reject")

    assert await reports.ask(query, {"all": False}) == {"data": {"report": {"title": "Lamp"}}}
    with pytest.raises(RequestRefused) as refused:
        await reports.ask(query, {"all": True})
    assert (refused.value.code, refused.value.status) == ("UNAUTHORIZED_OPERATION", 401)
    with pytest.raises(RequestRefused) as refused:
        await reports.ask(query, {"all": True}, caller=ANYBODY)
    assert (refused.value.code, refused.value.status) == ("UNAUTHORIZED_OPERATION", 403)
    assert (await reports.ask(query, {"all": True}, caller=READER))["data"] == {
        "report": {"title": "Lamp", "note": "n1"}
    }


async def test_a_refusal_does_not_tell_what_would_have_been_needed(reports: Federation) -> None:
    told = str((await reports.ask("{ report { note history phone } }", caller=ANYBODY))["errors"])

    assert not any(word in told for word in ("notes", "admin", "officer", "auditor", "phones"))


async def test_a_subscription_that_may_not_be_seen_is_not_opened(reports: Federation) -> None:
    with pytest.raises(RequestRefused) as refused:
        await reports.pipeline.prepare(GraphQLRequest("subscription { changed { title } }"))
    assert refused.value.status == 401

    await reports.pipeline.prepare(GraphQLRequest("subscription { changed { title } }"), ANYBODY)


async def test_introspection_is_answered_to_anybody(reports: Federation) -> None:
    answer = await reports.ask('{ __type(name: "Secret") { name } __schema { queryType { name } } }')

    assert answer == {"data": {"__type": {"name": "Secret"}, "__schema": {"queryType": {"name": "Query"}}}}


async def test_callers_with_the_same_rights_share_a_plan(reports: Federation) -> None:
    """INVARIANT: the cache grows with the demands that are not met, never with the number of callers."""
    for number in range(20):
        await reports.ask("{ report { note } }", caller=Caller(person=str(number), scopes=frozenset({f"s{number}"})))
        await reports.ask("{ report { title } }", caller=Caller(person=str(number)))
    generation = reports.pipeline.generation
    assert generation is not None
    assert len(generation.prepared) == 2


async def test_the_gateways_node_gives_nothing_that_demands_keep_back() -> None:
    world = World({"open": Ref("Open", "1")})
    world.add("Open", "1", title="Lamp", note="n")
    world.add("Closed", "2", title="Vault")
    world.add("Numbered", "3", title="Three")
    federation = federate_with_node_fields(
        world,
        a="""
        type Query { open: Open }
        type Open @key(fields: "id") { id: ID! title: String note: String @authenticated }
        type Closed @key(fields: "id") @authenticated { id: ID! title: String }
        type Numbered @key(fields: "id") { id: ID! @authenticated title: String }
        """,
    )
    ids = {"ids": [encode_id("Open", ["1"]), encode_id("Closed", ["2"]), encode_id("Closed", ["9"])]}
    query = (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Open { title note } ... on Closed { title } } }"
    )

    answer = await federation.ask(query, ids)
    assert answer["data"] == {"nodes": [{"__typename": "Open", "title": "Lamp", "note": None}, None, None]}
    assert places(answer) == [["nodes", 0, "note"]]  # of a closed object not even that it is there
    assert not any("Closed" in asked for _, asked in federation.calls)
    assert (await federation.ask(query, ids, caller=ANYBODY))["data"] == {
        "nodes": [
            {"__typename": "Open", "title": "Lamp", "note": "n"},
            {"__typename": "Closed", "title": "Vault"},
            None,
        ]
    }
    assert (await federation.ask("{ open { nodeId } }"))["data"] == {"open": {"nodeId": ids["ids"][0]}}
    three = {"id": encode_id("Numbered", ["3"])}
    spelled = await federation.ask("query ($id: ID!) { node(id: $id) { ... on Numbered { title nodeId } } }", three)
    assert places(spelled) == [["node", "nodeId"]]  # a global id spells the key out


async def test_identical_requests_are_not_shared_between_rights(
    reports: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: even callers of whom subgraphs hear the same do not get one another's answers."""
    post = reports.transport.post

    async def slowly(*arguments: Any) -> Any:
        await asyncio.sleep(0.01)
        return await post(*arguments)

    monkeypatch.setattr(reports.transport, "post", slowly)
    reports.serve(share_client_requests=True, share_subgraph_requests=True)
    query = "{ report { title note } }"

    callers = [READER, None, READER, ANYBODY, None]
    answers = await asyncio.gather(*(reports.ask(query, caller=caller) for caller in callers))

    assert [answer["data"]["report"]["note"] for answer in answers] == ["n1", None, "n1", None, None]
    # Those with the same rights did share.
    assert len([service for service, _ in reports.calls if service == "notes"]) == 1


async def test_a_new_supergraph_can_ask_more_of_the_same_callers(reports: Federation) -> None:
    """INVARIANT: plans made ahead for a new version are those that its own demands allow."""
    query = "query ($note: Boolean!) { report { title note @include(if: $note) } }"
    same_demand = '@requiresScopes(scopes: [["admin"], ["notes", "read"]])'
    stricter = reports.supergraph.sdl.replace("title: String", f"title: String {same_demand}", 1)
    for mode in ("filter", "reject"):
        reports.serve(authorization=mode)
        await reports.ask(query, {"note": False})
        await reports.pipeline.replace(load_supergraph(stricter), warm_up=10)

        if mode == "filter":
            assert (await reports.ask(query, {"note": False}))["data"] == {"report": {"title": None}}
        else:
            with pytest.raises(RequestRefused):
                await reports.ask(query, {"note": False})
        assert (await reports.ask(query, {"note": False}, caller=READER))["data"] == {"report": {"title": "Lamp"}}


# Any demands ---------------------------------------------------------------------------------------

DEMANDED = {
    "a": """
    type Query { doc: Doc %(Query.doc)s docs: [Doc] things: [Thing] hits: [Hit] }
    interface Thing { name: String }
    union Hit = Doc | Pen
    type Doc implements Thing @key(fields: "id") %(Doc)s { id: ID! name: String %(Doc.name)s text: String %(Doc.text)s pen: Pen }
    type Pen implements Thing @key(fields: "id") %(Pen)s { id: ID! name: String %(Pen.name)s ink: String %(Pen.ink)s }
    """,
    "b": """
    type Doc @key(fields: "id") { id: ID! note: String %(Doc.note)s next: Doc %(Doc.next)s }
    type Pen @key(fields: "id") { id: ID! owner: String %(Pen.owner)s }
    """,
}
PLACES = sorted(set(re.findall(r"%\(([\w.]+)\)s", "".join(DEMANDED.values()))))
VALUES = ("Doc.name", "Doc.text", "Doc.note", "Pen.name", "Pen.ink", "Pen.owner")
ASKING = (
    "{ doc { id name text pen { name ink owner } note next { name note } } }",
    "{ things { name ... on Doc { text note } ... on Pen { ink owner } } }",
    "{ hits { __typename ... on Thing { name } ... on Pen { owner } ...D } } fragment D on Doc { a: text b: note next { ...E } }"
    " fragment E on Thing { name ... on Doc { text } }",
    "{ docs { pen { ... on Thing { x: name } } next { next { note pen { owner } } } } }",
)
AUTHENTICATED, SCOPES, POLICY = (
    "@authenticated",
    '@requiresScopes(scopes: [["s"]])',
    '@policy(policies: [["p"], ["q"]])',
)


@settings(max_examples=40, deadline=None)
@given(
    chosen=st.dictionaries(st.sampled_from(PLACES), st.sampled_from([AUTHENTICATED, SCOPES, POLICY]), max_size=6),
    known=st.booleans(),
)
def test_what_may_not_be_seen_is_in_no_answer_of_any_subgraph(chosen: dict[str, str], known: bool) -> None:
    """Every value is the name of its field, so whatever a subgraph was asked for shows."""
    world = World({"doc": Ref("Doc", "1"), "docs": [Ref("Doc", "1"), Ref("Doc", "2")]})
    world.roots["things"] = world.roots["hits"] = [Ref("Doc", "1"), Ref("Pen", "1"), Ref("Doc", "2")]
    for number in ("1", "2"):
        texts = {name: f"Doc.{name}" for name in ("name", "text", "note")}
        world.add("Doc", number, **texts, pen=Ref("Pen", "1"), next=Ref("Doc", "2"))
    world.add("Pen", "1", name="Pen.name", ink="Pen.ink", owner="Pen.owner")
    marks = dict.fromkeys(PLACES, "") | chosen
    federation = federate(world, **{name: sdl % marks for name, sdl in DEMANDED.items()})
    caller = Caller(person="p", policies=frozenset({"q"})) if known else None
    closed = {place for place, demand in chosen.items() if not known or demand == SCOPES}

    async def ask() -> list[dict[str, Any]]:
        return [await federation.ask(query, caller=caller) for query in ASKING]

    shown = asyncio.run(ask())
    told = str(shown) + "".join(str(subgraph.answers) for subgraph in federation.transport.subgraphs.values())

    for name in VALUES:
        if name in closed or name.partition(".")[0] in closed:
            assert f"'{name}'" not in told
    if not closed:
        assert all("errors" not in answer for answer in shown)
        assert all(f"'{name}'" in told for name in VALUES)


# Supergraphs composed elsewhere --------------------------------------------------------------------

FOREIGN = """
schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
  @link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "signedIn", for: SECURITY)
  @link(url: "https://specs.apollo.dev/policy/v0.1", import: [{name: "@policy", as: "@rule"}], for: SECURITY)
{ query: Query }
enum join__Graph { A @join__graph(name: "a", url: "local:a") }
type Query { node: Node obj: Obj user: User }
interface Node { x: String @signedIn y: String }
type Obj implements Node { x: String y: String }
type User { secret: String @rule(policies: "p") open: String @join__field(graph: A, requires: "secret") }
"""


@pytest.mark.parametrize(
    ("query", "forbidden"),
    [
        ("{ node { x } }", True),
        ("{ node { ... on Obj { x } } }", True),
        ("{ obj { x } }", True),
        ("{ obj { y } node { y } }", False),
        ("{ user { secret } }", True),
        ("{ user { open } }", True),
    ],
)
def test_foreign_supergraphs_are_not_trusted_to_have_spread_their_demands(query: str, forbidden: bool) -> None:
    """Renamed directives count; an interface's demands reach its objects, a requirement's the field that has it."""
    supergraph = load_supergraph(FOREIGN)
    selected = Authorization(supergraph).with_demands(select_operation(parse(query), None))

    assert bool(selected.demands) is forbidden


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("authenticated/v0.1", "authenticated/v1.0"),
        ("policy/v0.1", "obligation/v0.1"),
        ('@rule(policies: "p")', "@rule"),
        ('@rule(policies: "p")', "@rule(policies: [[7]])"),
    ],
)
def test_a_demand_that_cannot_be_read_is_not_served(old: str, new: str) -> None:
    with pytest.raises(SupergraphInvalid):
        load_supergraph(FOREIGN.replace(old, new))
