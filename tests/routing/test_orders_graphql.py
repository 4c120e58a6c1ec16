"""Orders at the GraphQL edge: the whole way, the refusals, and who sees what."""

from typing import Any

import pytest

from services.routing.model.order.work_order import OrderState
from tests.refusals import said
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, GRID_1, OTHER_SECTION, SECTION, UNIT_OF
from tests.routing.world import (
    ATTENDANT,
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    MEDIATOR,
    OPERATOR,
    OTHER_RESIDENT,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    STREET_2_CENTRE,
    World,
)

ORDER = """
query($id: ID!) {
  workOrder(id: $id) {
    id number state receivedAt dispatchedAt acceptBy resolveBy reply disposition dispositionReason
    leadUnit { id nameEn } leadPost { id } area { id } category { code } dueAt returns urgency satisfaction
    dispatches { post { id } unit { id } acceptedAt bySilence returnedAt basis }
    reworks { byCaller reason } evidence { kind ref note } report { id }
  }
}
"""
ENTITIES = "query($of: [_Any!]!) { _entities(representations: $of) { __typename ... on WorkOrder { id state } } }"
NOBODY_ELSE = [
    *(OTHER_SECTION_HEAD, DEPARTMENT_HEAD, STREET_2_CENTRE, OTHER_RESIDENT, MEDIATOR, OPERATOR),
]


@pytest.mark.capability("R-06")
async def test_an_order_goes_all_the_way_to_a_told_caller(world: World) -> None:
    order = await world.dispatched()

    assert await world.done("acceptOrder", SECTION_HEAD, workOrderId=order.id) == "ACCEPTED"
    assert await world.done("startOrder", SECTION_HEAD, workOrderId=order.id) == "WORKING"
    evidence = [{"kind": "PHOTO", "ref": "https://files.example/1.jpg", "note": "清运后"}]
    submit = {"workOrderId": order.id, "reply": "垃圾已清运", "evidence": evidence}
    assert await world.done("submitOrder", SECTION_HEAD, **submit) == "SUBMITTED"
    assert await world.done("sendBackOrder", DESK_OFFICER, workOrderId=order.id, reason="照片不清") == "REWORK"
    assert await world.done("startOrder", SECTION_HEAD, workOrderId=order.id) == "WORKING"
    assert await world.done("submitOrder", SECTION_HEAD, **submit) == "SUBMITTED"
    verify = {"workOrderId": order.id, "disposition": "SOLVED", "reason": "现场已核实"}
    assert await world.done("verifyOrder", DESK_OFFICER, **verify) == "VERIFIED"
    await world.confirm()

    seen = (await world.ask(ORDER, SECTION_HEAD, id=order.id))["workOrder"]
    assert (seen["state"], seen["disposition"], seen["satisfaction"]) == ("CLOSED", "SOLVED", 5)
    assert seen["reworks"] == [{"byCaller": False, "reason": "照片不清"}]
    assert seen["evidence"] == evidence
    told = await world.told("order")
    assert [row["type"].split(".")[3] for row in told] == [
        *("dispatched", "accepted", "started", "submitted", "reworked", "started", "submitted", "verified", "closed"),
    ]
    assert [row["sequence"] for row in told] == list(range(1, 10))
    assert '"reply":"垃圾已清运"' in told[7]["data"]


@pytest.mark.capability("R-32")
async def test_an_order_that_is_not_ours_goes_back_with_its_basis_and_on_to_another(world: World) -> None:
    order = await world.dispatched()
    basis = "权责清单第12条"

    assert await world.done("returnOrder", SECTION_HEAD, workOrderId=order.id, basis=basis) == "RETURNED"
    dispatch = {"workOrderId": order.id, "postId": DEPARTMENT}
    assert await world.done("dispatchOrder", DESK_OFFICER, **dispatch) == "DISPATCHED"

    assert (await world.ask(ORDER, SECTION_HEAD, id=order.id))["workOrder"] is None
    seen = (await world.ask(ORDER, DEPARTMENT_HEAD, id=order.id))["workOrder"]
    assert seen["leadPost"]["id"] == DEPARTMENT
    assert [(turn["post"]["id"], turn["basis"]) for turn in seen["dispatches"]] == [
        (SECTION, basis),
        (DEPARTMENT, None),
    ]
    assert '"redispatch":true' in (await world.told("order"))[-1]["data"]


@pytest.mark.capability("R-32")
async def test_the_second_return_forces_a_ruling_that_binds(world: World) -> None:
    order = await world.dispatched()
    await world.done("returnOrder", SECTION_HEAD, workOrderId=order.id, basis="不属本单位职责")
    await world.done("dispatchOrder", DESK_OFFICER, workOrderId=order.id, postId=DEPARTMENT)
    assert (
        await world.done("returnOrder", DEPARTMENT_HEAD, workOrderId=order.id, basis="不属本部门职责") == "ADJUDICATING"
    )
    dispatch = {"workOrderId": order.id, "postId": SECTION}
    assert await world.refused("dispatchOrder", DESK_OFFICER, **dispatch) == "ORDER_STATE_FORBIDS"
    ruling = {"question": "谁清运", "facts": "道路归街道管护", "basis": "职责清单第3项"}

    assert await world.done("ruleOrder", DESK_OFFICER, **dispatch, **ruling) == "DISPATCHED"

    assert await world.refused("returnOrder", SECTION_HEAD, workOrderId=order.id, basis="仍不属") == "RULING_BINDS"


async def test_refusals_are_data_in_the_callers_language(world: World) -> None:
    order = await world.dispatched()

    payload = await world.do("submitOrder", SECTION_HEAD, "zh", workOrderId=order.id, reply="好")

    assert payload == {
        "workOrder": None,
        "errors": [
            {"code": "ORDER_STATE_FORBIDS", "reason": None, "message": "工单处于“已派单”状态,不能回单。", "path": []},
        ],
    }
    missing = await world.do("returnOrder", SECTION_HEAD, "en", workOrderId=order.id, basis=" ")
    assert missing["errors"] == [
        {"code": "TEXT_MISSING", "reason": None, "message": "A text is required: basis.", "path": ["basis"]}
    ]


@pytest.mark.parametrize(
    ("mutation", "given"),
    [
        ("dispatchOrder", {"postId": DEPARTMENT}),
        ("acceptOrder", {}),
        ("returnOrder", {"basis": "不属"}),
        ("startOrder", {}),
        ("submitOrder", {"reply": "好"}),
        ("sendBackOrder", {"reason": "不好"}),
        ("verifyOrder", {"disposition": "SOLVED", "reason": "好"}),
        ("recallOrder", {"reason": "撤"}),
    ],
)
async def test_who_does_not_see_an_order_finds_none_and_who_only_sees_it_may_not_act(
    world: World, mutation: str, given: dict[str, str]
) -> None:
    order = await world.dispatched()

    for caller in NOBODY_ELSE:
        assert await world.refused(mutation, caller, workOrderId=order.id, **given) == "NOT_FOUND"
    assert await world.refused(mutation, DESK_OFFICER, workOrderId="order_none", **given) == "NOT_FOUND"
    for caller in (ATTENDANT, RESIDENT):
        assert await world.refused(mutation, caller, workOrderId=order.id, **given) == "NOT_ALLOWED ROLE"
    of_centre = mutation in ("dispatchOrder", "sendBackOrder", "verifyOrder", "recallOrder")
    wrong, code = (SECTION_HEAD, "NOT_ALLOWED ROLE") if of_centre else (DESK_OFFICER, "NOT_ALLOWED NOT_YOURS")
    assert await world.refused(mutation, wrong, workOrderId=order.id, **given) == code
    assert (await world.order()).version == 1


async def test_the_handling_unit_does_not_verify(world: World) -> None:
    order = await world.dispatched(category="other", category_path=["other"])
    assert order.lead_post == DESK
    for mutation in ("acceptOrder", "startOrder"):
        await world.done(mutation, DESK_OFFICER, workOrderId=order.id)
    await world.done("submitOrder", DESK_OFFICER, workOrderId=order.id, reply="已答复", noEvidenceReason="电话答复")

    verify = {"workOrderId": order.id, "disposition": "EXPLAINED", "reason": "已说明"}
    assert await world.refused("verifyOrder", DESK_OFFICER, **verify) == "NOT_ALLOWED INVOLVED"


async def test_dispatch_to_an_unknown_post_or_the_returning_one_is_refused(world: World) -> None:
    order = await world.dispatched()
    await world.done("returnOrder", SECTION_HEAD, workOrderId=order.id, basis="不属")

    assert (
        await world.refused("dispatchOrder", DESK_OFFICER, workOrderId=order.id, postId="post_none") == "UNKNOWN_POST"
    )
    refused = await world.refused("dispatchOrder", DESK_OFFICER, workOrderId=order.id, postId=SECTION)
    assert refused == "DISPATCHED_TO_RETURNER"


async def test_a_repeated_command_returns_its_first_result_and_another_input_is_refused(world: World) -> None:
    order = await world.dispatched()
    given = {"idempotencyKey": "key_1", "workOrderId": order.id}

    first = await world.do("acceptOrder", SECTION_HEAD, **given)
    again = await world.do("acceptOrder", SECTION_HEAD, **given)

    assert first == again
    assert await world.names_told() == ["order.dispatched", "order.accepted"]
    assert await world.refused("startOrder", SECTION_HEAD, **given) == "IDEMPOTENCY_KEY_REUSED"


async def test_staff_see_the_whole_order_where_they_work(world: World) -> None:
    order = await world.dispatched()

    for caller in (SECTION_HEAD, DESK_OFFICER, ATTENDANT):
        seen = (await world.ask(ORDER, caller, id=order.id))["workOrder"]
        assert (seen["leadPost"]["id"], seen["area"]["id"], seen["returns"]) == (SECTION, GRID_1[-1], 0)
        assert seen["category"] == {"code": "env"}


@pytest.mark.capability("G-06")
@pytest.mark.parametrize("caller", NOBODY_ELSE)
async def test_an_order_one_may_not_see_is_nowhere(world: World, caller: Any) -> None:
    order = await world.dispatched()

    assert (await world.ask(ORDER, caller, id=order.id))["workOrder"] is None
    found = await world.ask(ENTITIES, caller, of=[{"__typename": "WorkOrder", "id": order.id}])
    assert found["_entities"] == [None]
    lists = await world.ask("{ workOrders { nodes { id } } myOrders { nodes { id } } }", caller)
    assert lists == {"workOrders": {"nodes": []}, "myOrders": {"nodes": []}}
    of_report = "query($of: [_Any!]!) { _entities(representations: $of) { ... on Report { workOrders { id } routingDecision { path } } } }"
    report = await world.ask(of_report, caller, of=[{"__typename": "Report", "id": "report_1"}])
    assert report["_entities"] == [{"workOrders": [], "routingDecision": None}]


async def test_the_caller_of_a_report_sees_the_public_part_and_the_reply_once_verified(world: World) -> None:
    order = await world.submitted()

    before = (await world.ask(ORDER, RESIDENT, id=order.id))["workOrder"]
    assert (before["state"], before["leadUnit"]["id"], before["reply"]) == ("SUBMITTED", "unit_s1", None)
    assert before["acceptBy"]
    assert before["resolveBy"]
    private = ("leadPost", "area", "category", "dueAt", "returns", "urgency", "dispatches", "reworks", "evidence")
    assert {field: before[field] for field in private} == dict.fromkeys(private)

    await world.done("verifyOrder", DESK_OFFICER, workOrderId=order.id, disposition="SOLVED", reason="现场已核实")

    after = (await world.ask(ORDER, RESIDENT, id=order.id))["workOrder"]
    assert (after["reply"], after["disposition"], after["dispositionReason"]) == ("垃圾已清运", "SOLVED", "现场已核实")
    mine = await world.ask("{ workOrders { nodes { id } } }", RESIDENT)
    assert mine["workOrders"]["nodes"] == [{"id": order.id}]


async def test_a_sealed_matter_is_hidden_from_attendants_and_says_nothing_in_events(world: World) -> None:
    order = await world.verified(sensitivity="sealed")

    assert (await world.ask(ORDER, ATTENDANT, id=order.id))["workOrder"] is None
    assert (await world.ask("{ workOrders { nodes { id } } }", ATTENDANT))["workOrders"]["nodes"] == []
    assert (await world.ask(ORDER, DESK_OFFICER, id=order.id))["workOrder"]["reply"] == "垃圾已清运"
    assert "垃圾已清运" not in "".join(row["data"] for row in await world.told())


async def test_without_a_token_nothing_is_answered(world: World) -> None:
    order = await world.dispatched()

    for document in (
        f'{{ workOrder(id: "{order.id}") {{ id }} }}',
        "{ workOrders { nodes { id } } }",
        "{ orgUnits { id } }",
        '{ area(id: "d1") { id } }',
        f'{{ post(id: "{SECTION}") {{ id }} }}',
        '{ _entities(representations: [{__typename: "Post", id: "post_s1"}]) { __typename } }',
    ):
        _, errors = await world.ask_raw(document, None)
        assert [said(error["extensions"]) for error in errors] == ["UNAUTHENTICATED"], document


async def test_an_entity_is_resolved_beside_one_that_is_not_there(world: World) -> None:
    order = await world.dispatched()

    found = await world.ask(
        ENTITIES,
        SECTION_HEAD,
        of=[
            {"__typename": "WorkOrder", "id": "order_none"},
            {"__typename": "WorkOrder", "id": order.id},
            {"__typename": "Post", "id": SECTION},
            {"__typename": "OrgUnit", "id": UNIT_OF[SECTION]},
            {"__typename": "Area", "id": "d1-s1"},
            {"__typename": "Area", "id": "nowhere"},
        ],
    )

    assert found["_entities"] == [
        None,
        {"__typename": "WorkOrder", "id": order.id, "state": "DISPATCHED"},
        {"__typename": "Post"},
        {"__typename": "OrgUnit"},
        {"__typename": "Area"},
        None,
    ]


DECISION = """
query($of: [_Any!]!) { _entities(representations: $of) { ... on Report {
  workOrders { number }
  routingDecision {
    path rule ruleNote leadPost { id } leadUnit { id } unresolved rulesForOtherMatters reasons { rule outcome text }
  }
} } }
"""


async def test_a_report_tells_who_was_made_responsible_and_why(world: World) -> None:
    order = await world.dispatched(
        category="env_waste", category_path=["env", "env_waste"], area_path=["d1", "d1-s1"], area_id="d1-s1"
    )
    of = [{"__typename": "Report", "id": "report_1"}]

    (staff,) = (await world.ask(DECISION, SECTION_HEAD, of=of))["_entities"]

    assert staff["workOrders"] == [{"number": order.number}]
    assert staff["routingDecision"] == {
        "path": "order",
        "rule": "rule_env_section",
        "ruleNote": "规则 rule_env_section",
        "leadPost": {"id": SECTION},
        "leadUnit": {"id": "unit_s1"},
        "unresolved": None,
        "rulesForOtherMatters": 3,
        "reasons": [
            {"rule": "rule_waste_community", "outcome": "AREA_TOO_COARSE", "text": "the place is not known so finely"},
            {"rule": "rule_waste_street_2", "outcome": "OTHER_AREA", "text": "for another area"},
        ],
    }
    (resident,) = (await world.ask(DECISION, RESIDENT, of=of))["_entities"]
    assert resident["routingDecision"] == {
        **dict.fromkeys(("rule", "ruleNote", "leadPost", "unresolved", "rulesForOtherMatters")),
        "path": "order",
        "leadUnit": {"id": "unit_s1"},
        "reasons": [],
    }


@pytest.mark.capability("R-04")
@pytest.mark.parametrize("place", [{"area_id": "d9", "area_path": ["d9"]}, {"area_id": None, "area_path": []}])
async def test_a_matter_in_an_unknown_place_is_the_centres_and_can_be_dispatched_on(
    world: World, place: dict[str, Any]
) -> None:
    order = await world.dispatched(**place)

    of = [{"__typename": "Report", "id": "report_1"}]
    (report,) = (await world.ask(DECISION, DESK_OFFICER, "zh", of=of))["_entities"]
    assert report["routingDecision"]["leadPost"] == {"id": DESK}
    assert report["routingDecision"]["unresolved"] == "区域未登记,由指挥中心处置。"
    await world.done("returnOrder", DESK_OFFICER, workOrderId=order.id, basis="属城管职责")
    assert await world.done("dispatchOrder", DESK_OFFICER, workOrderId=order.id, postId=SECTION) == "DISPATCHED"
    assert (await world.ask(ORDER, SECTION_HEAD, id=order.id))["workOrder"]["leadPost"] == {"id": SECTION}


async def test_posts_name_their_holders_to_staff_only(world: World) -> None:
    document = f'{{ post(id: "{COMMITTEE}") {{ titleEn level unit {{ id }} areas {{ id }} roleA {{ name }} roleB {{ name }} }} }}'

    staff = (await world.ask(document, SECTION_HEAD))["post"]
    assert (staff["roleA"], staff["unit"], staff["areas"]) == (
        {"name": "张三"},
        {"id": UNIT_OF[COMMITTEE]},
        [{"id": "d1-s1-c1"}],
    )
    resident = (await world.ask(document, RESIDENT))["post"]
    assert (resident["roleA"], resident["roleB"], resident["level"]) == (None, None, "COMMUNITY")


@pytest.mark.capability("G-12", "R-16")
async def test_the_grid_is_browsed_from_the_district_down_and_found_by_a_point(world: World) -> None:
    document = """{
      areas(level: STREET) { id children { id parent { id } } boundary }
      inCommunity: areas(parent: "d1-s1-c1") { id level households }
      areaAt(lon: 113.005, lat: 23.005) { id path }
      outside: areaAt(lon: 114, lat: 23.005) { id }
      orgUnits(kind: STREET_SECTION, area: "d1-s1") { id posts { id } }
    }"""

    found = await world.ask(document, RESIDENT)

    assert [area["id"] for area in found["areas"]] == ["d1-s1", "d1-s2"]
    assert found["areas"][0]["children"] == [{"id": "d1-s1-c1", "parent": {"id": "d1-s1"}}]
    assert found["areas"][0]["boundary"]["type"] == "Polygon"
    assert [area["level"] for area in found["inCommunity"]] == ["GRID", "GRID"]
    assert found["areaAt"] == {"id": GRID_1[-1], "path": list(GRID_1)}
    assert found["outside"] is None
    assert found["orgUnits"] == [{"id": "unit_s1", "posts": [{"id": SECTION}]}]


async def test_a_point_off_the_globe_is_refused(world: World) -> None:
    _, errors = await world.ask_raw("{ areaAt(lon: 200, lat: 0) { id } }", RESIDENT)

    assert [said(error["extensions"]) for error in errors] == ["INVALID_INPUT"]


async def test_my_orders_are_what_my_post_must_act_on_due_soonest_first(world: World) -> None:
    for number in range(4):
        world.pass_time(minutes=1)
        await world.dispatched(f"report_{number}")
    late = await world.order("report_3")
    await world.done("acceptOrder", SECTION_HEAD, workOrderId=(await world.order("report_1")).id)
    await world.done("returnOrder", SECTION_HEAD, workOrderId=(await world.order("report_2")).id, basis="不属")
    document = "query($after: String) { myOrders(first: 2, after: $after) { nodes { report { id } } pageInfo { hasNextPage endCursor } } }"

    first = (await world.ask(document, SECTION_HEAD))["myOrders"]
    second = (await world.ask(document, SECTION_HEAD, after=first["pageInfo"]["endCursor"]))["myOrders"]

    assert late.state is OrderState.DISPATCHED
    assert [node["report"]["id"] for node in first["nodes"] + second["nodes"]] == ["report_0", "report_3", "report_1"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    assert (await world.ask(document, OTHER_SECTION_HEAD))["myOrders"]["nodes"] == []
    assert OTHER_SECTION_HEAD.post == OTHER_SECTION
