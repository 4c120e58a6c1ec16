"""Mediation at its GraphQL edge: journeys, refusals, secrecy."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.clock import utc_now
from services.chassis.identity import Caller
from services.mediation import handlers, views
from services.mediation.graphql.schema import schema
from services.mediation.model import DisputeType, MediationCase, Sensitivity, SessionKind, State
from services.mediation.store import CASES, VENUES
from tests.mediation.builders import (
    NOW,
    a_case,
    a_case_in,
    a_session,
    alice,
    attendant,
    bob,
    caller,
    centre,
    far_mediator,
    other_mediator,
    stranger,
    the_mediator,
)
from tests.mediation.conftest import Mediation
from tests.refusals import said

PARTIES = [
    {
        "key": "many",
        "kind": "GROUP",
        "role": "APPLICANT",
        "name": "十二名工友",
        "headcount": 12,
        "representatives": [{"name": "陈女士", "person": "person_alice"}],
    },
    {"key": "firm", "kind": "FIRM", "role": "RESPONDENT", "name": "某公司"},
]
NEW = {"areaId": "area_c", "disputeType": "PROPERTY", "parties": PARTIES, "claimedFen": 2_569_000_000}
SOON = (utc_now() + timedelta(days=30)).isoformat()
COURT = {"text": "可向人民法院起诉", "remedies": ["COURT"]}


async def _in_session(mediation: Mediation, dispute_type: str) -> dict[str, Any]:
    new = NEW | {"disputeType": dispute_type}
    case = await mediation.done(the_mediator, "registerMediationCase", origin="VISIT", **new)
    await mediation.done(the_mediator, "acceptMediationCase", caseId=case["id"], risk="YELLOW")
    for party in case["parties"]:
        await mediation.done(the_mediator, "recordMediationConsent", caseId=case["id"], partyId=party["id"], given=True)
    await mediation.done(the_mediator, "assignMediator", caseId=case["id"])
    return await mediation.done(
        the_mediator,
        "holdMediationSession",
        caseId=case["id"],
        kind="JOINT",
        at=NOW.isoformat(),
        place="调解室",
        attendance=[party["id"] for party in case["parties"]],
        notes="双方陈述",
    )


@pytest.mark.capability("M-02", "M-19", "M-21")
@pytest.mark.parametrize("dispute_type", ["PROPERTY", "LABOUR_WAGE"])
async def test_many_against_a_firm_from_the_door_to_the_last_payment(mediation: Mediation, dispute_type: str) -> None:
    case = await _in_session(mediation, dispute_type)
    applicant, respondent = (party["id"] for party in case["parties"])

    drafted = await mediation.done(
        the_mediator,
        "recordMediationAgreement",
        caseId=case["id"],
        form="WRITTEN",
        terms="分两期退还",
        obligations=[
            {"party": respondent, "what": "第一期", "amountFen": 1_500_000_000, "dueAt": SOON},
            {"party": respondent, "what": "第二期", "amountFen": 1_069_000_000, "dueAt": SOON},
        ],
    )
    assert drafted["agreement"]["effectiveAt"] is None
    await mediation.done(alice, "signMediationAgreement", caseId=case["id"], partyId=applicant)
    await mediation.done(the_mediator, "signMediationAgreement", caseId=case["id"], partyId=respondent)
    signed = await mediation.done(the_mediator, "signMediationAgreement", caseId=case["id"])
    assert signed["state"] == "PERFORMING"
    for obligation in signed["agreement"]["obligations"]:
        await mediation.done(
            the_mediator,
            "fulfilMediationObligation",
            caseId=case["id"],
            obligationId=obligation["id"],
            proof="转账凭证",
        )
    archived = await mediation.done(the_mediator, "archiveMediationCase", caseId=case["id"])

    assert (archived["state"], archived["outcome"]) == ("ARCHIVED", "AGREED")
    data = await mediation.ask(
        the_mediator,
        """query($id: ID!) { mediationCase(id: $id) { amounts { claimedFen agreedFen paidFen currency }
          parties { headcount } sessions { notes } } }""",
        id=case["id"],
    )
    assert data["mediationCase"] == {
        "amounts": {
            "claimedFen": 2_569_000_000,
            "agreedFen": 2_569_000_000,
            "paidFen": 2_569_000_000,
            "currency": "CNY",
        },
        "parties": [{"headcount": 12}, {"headcount": 1}],
        "sessions": [{"notes": "双方陈述"}],
    }


@pytest.mark.capability("R-38")
async def test_a_session_is_held_at_a_venue_of_the_register_or_at_a_place_said_in_words(mediation: Mediation) -> None:
    venue = {"_id": "venue_1", "name": "平安驿站", "address": "和业路1号"}
    await mediation.service.mongo[VENUES.name].insert_one(dict(venue))
    case = await _in_session(mediation, "PROPERTY")
    parties = [party["id"] for party in case["parties"]]
    held = {"caseId": case["id"], "kind": "JOINT", "at": NOW.isoformat(), "attendance": parties, "notes": "再谈"}

    for wrong, path in (({"venueId": "venue_none"}, "venueId"), ({}, "place"), ({"place": " "}, "place")):
        (error,) = (await mediation.do(the_mediator, "holdMediationSession", **held, **wrong))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", [path])
    await mediation.done(the_mediator, "holdMediationSession", **held, venueId="venue_1")
    await mediation.done(the_mediator, "holdMediationSession", **held, venueId="venue_1", place="二楼")

    seen = await mediation.ask(
        the_mediator,
        "query($id: ID!) { mediationCase(id: $id) { sessions { place venue { id } } } }",
        id=case["id"],
    )
    assert seen["mediationCase"]["sessions"] == [
        {"place": "调解室", "venue": None},
        {"place": "平安驿站, 和业路1号", "venue": {"id": "venue_1"}},
        {"place": "二楼", "venue": {"id": "venue_1"}},
    ]


@pytest.mark.capability("M-08")
async def test_attendant_settles_a_light_case_on_the_spot(mediation: Mediation) -> None:
    settle = {**NEW, "terms": "当场道歉,三日内修好", "obligations": [{"party": "firm", "what": "修好", "dueAt": SOON}]}

    case = await mediation.done(attendant, "settleOnTheSpot", **settle)

    assert (case["state"], case["outcome"]) == ("PERFORMING", "AGREED")
    mine = await mediation.ask(attendant, "{ mediationCases(filter: {mine: true}) { nodes { id } } }")
    assert mine["mediationCases"]["nodes"] == [{"id": case["id"]}]


@pytest.mark.capability("M-23")
async def test_obligation_in_kind_is_accepted_with_its_proof(mediation: Mediation) -> None:
    replant = {"party": "firm", "what": "补种二十株", "dueAt": SOON}
    case = await mediation.done(attendant, "settleOnTheSpot", terms="补种复绿", obligations=[replant], **NEW)
    (obligation,) = case["agreement"]["obligations"]
    met = {"caseId": case["id"], "obligationId": obligation["id"]}

    assert await mediation.refused(centre, "fulfilMediationObligation", proof=" ", **met) == "INVALID_INPUT"
    after = await mediation.done(centre, "fulfilMediationObligation", proof="验收照片编号12", **met)

    assert (after["state"], obligation["amountFen"]) == ("FULFILLED", 0)


async def test_resident_cannot_register_and_nobody_registers_elsewhere(mediation: Mediation) -> None:
    assert await mediation.refused(alice, "registerMediationCase", origin="VISIT", **NEW) == "NOT_ALLOWED ROLE"
    assert await mediation.refused(far_mediator, "registerMediationCase", origin="VISIT", **NEW) == "INVALID_INPUT"
    assert await mediation.refused(attendant, "registerMediationCase", origin="VISIT", **NEW) == "NOT_ALLOWED ROLE"


async def test_repeated_command_takes_effect_once(mediation: Mediation) -> None:
    first = await mediation.done(the_mediator, "registerMediationCase", origin="VISIT", idempotencyKey="k", **NEW)
    again = await mediation.done(the_mediator, "registerMediationCase", origin="VISIT", idempotencyKey="k", **NEW)

    assert again["id"] == first["id"]
    other = {**NEW, "disputeType": "FAMILY"}
    refused = await mediation.refused(
        the_mediator, "registerMediationCase", origin="VISIT", idempotencyKey="k", **other
    )
    assert refused == "IDEMPOTENCY_KEY_REUSED"


async def test_repeated_step_without_a_change_of_state_takes_effect_once(mediation: Mediation) -> None:
    case = await mediation.given(a_case())
    carl = {"kind": "PERSON", "role": "THIRD", "name": "证人"}

    for _ in range(2):
        await mediation.done(the_mediator, "addMediationParty", caseId=case.id, party=carl, idempotencyKey="k")

    assert len((await mediation.case(case.id)).parties) == 3


async def test_refusal_speaks_both_languages(mediation: Mediation) -> None:
    case = await mediation.given(a_case_in(State.FULFILLED))
    document = """mutation($input: FailMediationCaseInput!) { failMediationCase(input: $input) {
      mediationCase { id } errors { code reason message } } }"""
    for language, word in (("zh", "案件当前状态"), ("en", "does not permit")):
        result = await schema.execute(
            document,
            variable_values={"input": {"idempotencyKey": language, "caseId": case.id, "advice": COURT}},
            context_value=mediation.context(the_mediator, language),
        )
        assert result.data
        (error,) = result.data["failMediationCase"]["errors"]
        assert said(error) == "WRONG_STEP"
        assert word in error["message"]


async def test_failing_without_remedies_is_refused(mediation: Mediation) -> None:
    case = await mediation.given(a_case_in(State.IN_SESSION))

    code = await mediation.refused(
        the_mediator, "failMediationCase", caseId=case.id, advice={"text": "无", "remedies": []}
    )
    assert code == "REMEDIES_REQUIRED"
    failed = await mediation.done(the_mediator, "failMediationCase", caseId=case.id, advice=COURT)

    assert failed["state"] == "FAILED"


async def test_only_the_mediator_of_the_case_conducts_it(mediation: Mediation) -> None:
    case = await mediation.given(a_case_in(State.IN_SESSION))

    for who, code in (
        (other_mediator, "NOT_ALLOWED NOT_YOURS"),
        (alice, "NOT_ALLOWED INVOLVED"),
        (stranger, "NOT_FOUND"),
    ):
        assert await mediation.refused(who, "failMediationCase", caseId=case.id, advice=COURT) == code


async def test_party_speaks_for_itself_only(mediation: Mediation) -> None:
    case = await mediation.given(a_case_in(State.ACCEPTED))
    consent = {"caseId": case.id, "partyId": "party_bob", "given": True}

    assert await mediation.refused(alice, "recordMediationConsent", **consent) == "NOT_ALLOWED INVOLVED"
    after = await mediation.done(bob, "recordMediationConsent", **consent)

    assert after["state"] == "CONSENT_PENDING"
    stopped = await mediation.done(alice, "stopMediation", caseId=case.id, partyId="party_alice")
    assert (stopped["state"], stopped["outcome"]) == ("CLOSED", "NO_CONSENT")


async def test_mediator_who_is_a_party_is_refused(mediation: Mediation) -> None:
    case = await mediation.given(a_case_in(State.CONSENT_PENDING))

    code = await mediation.refused(the_mediator, "assignMediator", caseId=case.id, person="person_alice")

    assert code == "MEDIATOR_IS_PARTY"


@pytest.mark.capability("M-15")
async def test_case_is_referred_with_its_receipt_and_result(mediation: Mediation) -> None:
    case = await mediation.given(a_case())
    where = {"text": "请到区劳动仲裁院", "remedies": ["ARBITRATION"]}
    await mediation.done(
        centre, "referMediationCase", caseId=case.id, body="ARBITRATION", advice=where, receipt="劳裁字12号"
    )

    await mediation.done(centre, "archiveMediationCase", caseId=case.id, result="已裁决")

    data = await mediation.ask(
        alice,
        "query($id: ID!) { mediationCase(id: $id) { advice { text remedies } referral { body receipt result } } }",
        id=case.id,
    )
    assert data["mediationCase"] == {
        "advice": where,
        "referral": {"body": "ARBITRATION", "receipt": "劳裁字12号", "result": "已裁决"},
    }


NOTES = "query($id: ID!) { mediationCase(id: $id) { state parties { name person } sessions { kind notes } } }"


async def _with_caucuses(mediation: Mediation) -> MediationCase:
    case = a_case_in(State.ASSIGNED)
    for name, attendance in (("共同", ["party_alice", "party_bob"]), ("甲", ["party_alice"]), ("乙", ["party_bob"])):
        session = a_session(SessionKind.JOINT if len(attendance) == 2 else SessionKind.CAUCUS, attendance)
        session.notes = name
        case.hold_session(session)
    return await mediation.given(case)


@pytest.mark.parametrize(
    ("who", "notes"),
    [
        (alice, ["共同", "甲"]),
        (bob, ["共同", "乙"]),
        (the_mediator, ["共同", "甲", "乙"]),
        (other_mediator, ["共同"]),
        (centre, ["共同"]),
    ],
)
async def test_caucus_notes_stay_between_the_mediator_and_that_side(
    mediation: Mediation, who: Caller, notes: list[str]
) -> None:
    case = await _with_caucuses(mediation)

    data = await mediation.ask(who, NOTES, id=case.id)

    assert [session["notes"] for session in data["mediationCase"]["sessions"]] == notes


async def test_caucus_notes_are_not_in_entities_lists_or_after_a_mutation(mediation: Mediation) -> None:
    case = await _with_caucuses(mediation)

    entities = await mediation.ask(
        bob,
        "query($of: [_Any!]!) { _entities(representations: $of) { ... on MediationCase { sessions { notes } } } }",
        of=[{"__typename": "MediationCase", "id": case.id}],
    )
    listed = await mediation.ask(bob, "{ mediationCases { nodes { sessions { notes } } } }")
    stopped = await mediation.ask(
        bob,
        """mutation($input: StopMediationInput!) { stopMediation(input: $input) {
          mediationCase { sessions { notes } } } }""",
        input={"idempotencyKey": "k", "caseId": case.id, "partyId": "party_bob"},
    )

    for case_seen in (
        entities["_entities"][0],
        listed["mediationCases"]["nodes"][0],
        stopped["stopMediation"]["mediationCase"],
    ):
        assert [session["notes"] for session in case_seen["sessions"]] == ["共同", "乙"]


async def test_party_does_not_learn_the_other_persons_id(mediation: Mediation) -> None:
    case = await mediation.given(a_case())

    data = await mediation.ask(alice, NOTES, id=case.id)

    assert [party["person"] for party in data["mediationCase"]["parties"]] == ["person_alice", None]


async def test_caller_of_the_report_sees_the_state_only(mediation: Mediation) -> None:
    case = await mediation.given(a_case())

    data = await mediation.ask(caller, NOTES, id=case.id)

    assert data["mediationCase"] == {"state": "REGISTERED", "parties": None, "sessions": None}


@pytest.mark.capability("G-06")
@pytest.mark.parametrize("who", [stranger, far_mediator, attendant])
async def test_unseen_case_is_not_there_anywhere(mediation: Mediation, who: Caller) -> None:
    case = await mediation.given(a_case())
    data = await mediation.ask(
        who,
        """query($id: ID!, $of: [_Any!]!) {
          mediationCase(id: $id) { id }
          mediationCases { nodes { id } }
          _entities(representations: $of) {
            ... on MediationCase { id } ... on Report { mediationCase { id } } } }""",
        id=case.id,
        of=[{"__typename": "MediationCase", "id": case.id}, {"__typename": "Report", "id": case.report_id}],
    )
    assert data == {
        "mediationCase": None,
        "mediationCases": {"nodes": []},
        "_entities": [None, {"mediationCase": None}],
    }
    assert await mediation.refused(who, "acceptMediationCase", caseId=case.id) == "NOT_FOUND"
    watching = await schema.subscribe(
        "subscription($id: ID!) { mediationCaseChanged(id: $id) { id } }",
        variable_values={"id": case.id},
        context_value=mediation.context(who),
    )
    assert isinstance(watching, AsyncGenerator)
    first = await anext(watching)
    assert first.data is None
    assert first.errors


async def test_nobody_without_a_token_learns_anything(mediation: Mediation) -> None:
    case = await mediation.given(a_case())

    answer = await mediation.execute(None, NOTES, id=case.id)
    entities = await mediation.ask(
        None,
        "query($of: [_Any!]!) { _entities(representations: $of) { ... on MediationCase { id } } }",
        of=[{"__typename": "MediationCase", "id": case.id}],
    )

    assert answer["data"] == {"mediationCase": None}
    assert entities == {"_entities": [None]}


@pytest.mark.capability("G-06")
async def test_sealed_case_is_for_its_mediator_and_centre_only(mediation: Mediation) -> None:
    conducted = a_case_in(State.ASSIGNED)
    conducted.sensitivity = Sensitivity.SEALED
    waiting = a_case(sensitivity=Sensitivity.SEALED)
    for case in (conducted, waiting):
        await mediation.given(case)

    async def seen(who: Caller) -> set[str]:
        data = await mediation.ask(who, "{ mediationCases { nodes { id } } }")
        listed = {node["id"] for node in data["mediationCases"]["nodes"]}
        for case in (conducted, waiting):
            one = await mediation.ask(who, "query($id: ID!) { mediationCase(id: $id) { id } }", id=case.id)
            assert (one["mediationCase"] is not None) == (case.id in listed)
        return listed

    assert await seen(the_mediator) == {conducted.id, waiting.id}
    assert await seen(centre) == {conducted.id, waiting.id}
    assert await seen(other_mediator) == set()
    assert await seen(stranger) == set()


async def test_report_shows_its_newest_case_and_refers_to_routing_by_key(mediation: Mediation) -> None:
    old = a_case(report_id="report_x")
    new = a_case(report_id="report_x")
    for case in (new, old):
        await mediation.given(case)

    data = await mediation.ask(
        centre,
        """query($of: [_Any!]!) { _entities(representations: $of) { ... on Report {
          mediationCase { id report { id } room { id } area { id } } } } }""",
        of=[{"__typename": "Report", "id": "report_x"}],
    )

    assert data["_entities"][0]["mediationCase"] == {
        "id": new.id,
        "report": {"id": "report_x"},
        "room": {"id": "post_room"},
        "area": {"id": "area_c"},
    }


async def test_list_pages_newest_first_and_narrows(mediation: Mediation) -> None:
    cases = [await mediation.given(a_case(dispute_type=DisputeType.LAND)) for _ in range(3)]
    await mediation.given(a_case_in(State.ACCEPTED))
    document = """query($after: String) { mediationCases(
      filter: {state: REGISTERED, disputeType: LAND, room: "post_room"}, first: 2, after: $after) {
      nodes { id } pageInfo { hasNextPage endCursor } } }"""

    first = (await mediation.ask(centre, document))["mediationCases"]
    second = (await mediation.ask(centre, document, after=first["pageInfo"]["endCursor"]))["mediationCases"]

    assert [node["id"] for node in first["nodes"] + second["nodes"]] == [case.id for case in reversed(cases)]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


@pytest.mark.capability("M-05")
async def test_room_shows_its_settlement_rate(mediation: Mediation) -> None:
    states = [State.FULFILLED] * 3 + [State.PERFORMING, State.FAILED, State.IN_SESSION]
    for state in states:
        await mediation.given(a_case_in(state))
    unwilling = a_case_in(State.CONSENT_PENDING)
    unwilling.stop("party_bob", "person_bob", NOW)
    await mediation.given(unwilling)
    await mediation.given(a_case_in(State.FULFILLED, area_path=["area_elsewhere"]))
    document = """{ mediationRoom(post: "post_room") {
      cases agreed failed noConsent declined referred settlementRate post { id } } }"""

    room = (await mediation.ask(centre, document))["mediationRoom"]

    assert room == {
        "cases": 7,
        "agreed": 4,
        "failed": 1,
        "noConsent": 1,
        "declined": 0,
        "referred": 0,
        "settlementRate": pytest.approx(4 / 6),
        "post": {"id": "post_room"},
    }
    assert (await mediation.ask(alice, document))["mediationRoom"] is None


async def test_party_watches_the_case_change(mediation: Mediation) -> None:
    case = await mediation.given(a_case())
    watching = await schema.subscribe(
        "subscription($id: ID!) { mediationCaseChanged(id: $id) { state parties { id } } }",
        variable_values={"id": case.id},
        context_value=mediation.context(alice),
    )
    assert isinstance(watching, AsyncGenerator)
    first = asyncio.ensure_future(anext(watching))

    async def until_seen() -> None:
        while not first.done():  # the stream may open after a change; the next one is seen
            await mediation.done(
                the_mediator,
                "addMediationParty",
                caseId=case.id,
                party={"kind": "BODY", "role": "THIRD", "name": "居委会"},
            )
            await asyncio.wait({first}, timeout=0.1)

    await asyncio.wait_for(until_seen(), 20)
    result = first.result()
    await watching.aclose()

    assert not result.errors
    assert result.data
    assert len(result.data["mediationCaseChanged"]["parties"]) > 2


async def test_obligation_past_its_date_is_a_breach_without_anybody_asking(mediation: Mediation) -> None:
    store = mediation.service.store
    case = await mediation.given(a_case_in(State.PERFORMING))
    assert case.next_step_at
    assert case.next_step_at < store.clock()

    await handlers.breach_overdue(store, case.id)
    await handlers.breach_overdue(store, case.id)

    assert (await mediation.case(case.id)).state is State.BREACHED


async def test_every_list_rests_on_an_index(mediation: Mediation) -> None:
    for _ in range(3):
        await mediation.given(a_case())
    collection = mediation.service.mongo[CASES.collection.name]
    queries = [
        views.CaseQuery(),
        views.CaseQuery(state=State.REGISTERED),
        views.CaseQuery(dispute_type=DisputeType.LAND),
        views.CaseQuery(room="post_room"),
        views.CaseQuery(mediator="post_room"),
        views.CaseQuery(mine=True),
    ]
    for who in (centre, the_mediator, alice):
        for query in queries:
            cursor = collection.find(views.where(who, query)).sort([("registered_at", -1), ("_id", -1)]).limit(21)
            stages = _stages((await cursor.explain())["queryPlanner"]["winningPlan"])
            assert "IXSCAN" in stages, (who, query)
            assert not stages & {"COLLSCAN", "SORT"}, (who, query, stages)


def _stages(plan: dict[str, Any]) -> set[str]:
    below = [plan[key] for key in ("inputStage", "queryPlan") if key in plan] + plan.get("inputStages", [])
    return {plan.get("stage", "")}.union(*(_stages(stage) for stage in below))
