"""Who may say that it is done: grades A, B and C, never who did it; what shows it; and why it ends (R-09)."""

import dataclasses
from typing import Any

import msgspec
import pytest

from services.chassis.identity import Caller
from services.routing.model.order.evidence import Evidence, EvidenceKind, Stage
from services.routing.model.order.handling import drawn_for_sample
from services.routing.model.order.work_order import Disposition, OrderState, Result
from services.routing.model.rules.policy import DEFAULT_POLICY, EvidenceRule, When
from tests.routing.district import COMMITTEE, DEPARTMENT, SECTION
from tests.routing.order_world import (
    COMMITTEE_HEAD,
    DISTRICT_LEADER,
    OTHER_DESK_OFFICER,
    PHOTO,
    at_work,
    do,
    no,
    now_is,
    seen,
)
from tests.routing.test_work_order_model import CENTRE, NOW, WORKER, order_in
from tests.routing.world import DEPARTMENT_HEAD, DESK_OFFICER, RESIDENT, SECTION_HEAD, World

REPLY: dict[str, Any] = {"reply": "已清运", "evidence": [PHOTO]}
VERDICT: dict[str, Any] = {"disposition": "SOLVED", "reason": "属实"}
WASTE: dict[str, Any] = {"category": "env_waste", "category_path": ["env", "env_waste"]}


@pytest.mark.capability("R-09")
async def test_grade_b_is_checked_by_the_post_above_the_lead_or_the_centre(world: World) -> None:
    order = await at_work(world, lead=COMMITTEE_HEAD, **WASTE)
    assert order.lead_post == COMMITTEE
    await do(world, "submitOrder", COMMITTEE_HEAD, order, **REPLY)

    shown = await seen(world, order)
    assert (shown["grade"], shown["verifier"]) == ("B", {"id": SECTION})
    assert await no(world, "verifyOrder", COMMITTEE_HEAD, order, **VERDICT) == "NOT_ALLOWED ROLE"
    assert await no(world, "verifyOrder", DEPARTMENT_HEAD, order, **VERDICT) == "NOT_FOUND"
    assert await do(world, "verifyOrder", SECTION_HEAD, order, **VERDICT) == "VERIFIED"


@pytest.mark.capability("R-09")
async def test_grade_c_is_checked_by_the_centre_alone(world: World) -> None:
    order = await at_work(world, track="jointly_managed")
    await do(world, "submitOrder", SECTION_HEAD, order, **REPLY)

    shown = await seen(world, order)
    assert (shown["grade"], shown["verifier"]) == ("C", None)
    assert await no(world, "verifyOrder", DEPARTMENT_HEAD, order, **VERDICT) == "NOT_FOUND"
    assert await do(world, "verifyOrder", DESK_OFFICER, order, **VERDICT) == "VERIFIED"


@pytest.mark.capability("R-09")
async def test_grade_a_done_on_the_spot_is_checked_by_the_callers_own_word(world: World) -> None:
    order = await at_work(world, track="self_governed")

    assert await do(world, "submitOrder", SECTION_HEAD, order, **REPLY, result=VERDICT) == "VERIFIED"

    order = await now_is(world, order)
    assert order.verification
    assert order.verification.by_caller
    assert (await seen(world, order, RESIDENT))["reply"] == "已清运"
    await world.confirm()
    assert (await now_is(world, order)).state is OrderState.CLOSED


def sampling(world: World, rate: float) -> None:
    """The policy in force looks at this share."""
    policy = world.directory.current.policy
    limits = msgspec.structs.replace(policy.limits, sample_rate=rate)
    policy = msgspec.structs.replace(policy, limits=limits)
    world.directory.current = dataclasses.replace(world.directory.current, policy=policy)


async def listed(world: World, caller: Caller) -> Any:
    """What waits for a caller."""
    return (await world.ask("{ myWork { nodes { kind subject { ... on WorkOrder { id } } } } }", caller))["myWork"][
        "nodes"
    ]


@pytest.mark.capability("R-09")
async def test_a_share_of_what_ended_on_the_callers_word_is_looked_at_by_the_post_that_checks(world: World) -> None:
    sampling(world, 1.0)
    order = await at_work(world, track="self_governed")
    await do(world, "submitOrder", SECTION_HEAD, order, **REPLY, result=VERDICT)
    await world.confirm()
    order = await now_is(world, order)
    look = {"passed": True, "note": "现场已无垃圾"}
    post = order.verifier_post
    head = Caller(person="person_v", roles=frozenset({"handler"}), post=post, unit="unit_v", area="d1")
    assert (post is not None, order.state) == (True, OrderState.CLOSED)
    assert await listed(world, head) == [{"kind": "CHECK_SAMPLE", "subject": {"id": order.id}}]
    assert await listed(world, SECTION_HEAD) == []
    assert await no(world, "checkOrderSample", SECTION_HEAD, order, **look) == "NOT_ALLOWED ROLE"

    await do(world, "checkOrderSample", head, order, **look)

    assert await listed(world, head) == []
    shown = await world.ask("query($id: ID!) { workOrder(id: $id) { sample { passed note at } } }", id=order.id)
    sample = shown["workOrder"]["sample"]
    assert (sample["passed"], sample["note"]) == (True, "现场已无垃圾")
    assert await no(world, "checkOrderSample", head, order, **look) == "NOT_IN_SAMPLE"
    told = (await world.told("order"))[-1]
    assert (told["type"], "现场" in told["data"]) == ("huying.routing.order.sample_checked.v1", False)


@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.capability("R-09", "R-06")
async def test_what_fails_a_check_afterwards_is_worked_on_again_and_checked_by_a_person(
    world: World, confirmed: bool
) -> None:
    sampling(world, 1.0)
    order = await at_work(world, track="self_governed")
    await do(world, "submitOrder", SECTION_HEAD, order, **REPLY, result=VERDICT)
    if confirmed:
        await world.confirm()

    look = {"passed": False, "note": "现场仍有垃圾"}
    assert await do(world, "checkOrderSample", DESK_OFFICER, order, **look) == "REWORK"

    shown = "query($id: ID!) { workOrder(id: $id) { closedAt disposition sample { passed note } reworks { byCaller reason } } }"
    assert (await world.ask(shown, id=order.id))["workOrder"] == {
        "closedAt": None,
        "disposition": None,
        "sample": look,
        "reworks": [{"byCaller": False, "reason": "现场仍有垃圾"}],
    }
    checked, reworked = (await world.told("order"))[-2:]
    assert [row["type"].split(".")[3] for row in (checked, reworked)] == ["sample_checked", "reworked"]
    assert "现场" not in checked["data"] + reworked["data"]
    assert await no(world, "checkOrderSample", DESK_OFFICER, order, **look) == "ORDER_STATE_FORBIDS"
    assert [work["kind"] for work in await listed(world, SECTION_HEAD)] == ["LEAD"]

    await do(world, "startOrder", SECTION_HEAD, order)
    assert await do(world, "submitOrder", SECTION_HEAD, order, **REPLY, result=VERDICT) == "SUBMITTED"


async def test_what_is_not_drawn_or_reopened_is_not_looked_at(world: World) -> None:
    sampling(world, 0.0)
    spared = await at_work(world, track="self_governed")
    await do(world, "submitOrder", SECTION_HEAD, spared, **REPLY, result=VERDICT)
    look = {"passed": True, "note": "属实"}
    assert await no(world, "checkOrderSample", DESK_OFFICER, spared, **look) == "NOT_IN_SAMPLE"
    sampling(world, 1.0)
    drawn = await at_work(world, "report_2", track="self_governed")
    await do(world, "submitOrder", SECTION_HEAD, drawn, **REPLY, result=VERDICT)
    await world.reopen("report_2")

    assert (await now_is(world, drawn)).sample is None
    assert await no(world, "checkOrderSample", DESK_OFFICER, drawn, **look) == "ORDER_STATE_FORBIDS"


async def test_nobodys_word_is_no_check_of_an_anonymous_report(world: World) -> None:
    order = await at_work(world, track="self_governed", caller_person=None)

    assert await do(world, "submitOrder", SECTION_HEAD, order, **REPLY, result=VERDICT) == "SUBMITTED"


def test_the_sample_is_drawn_from_the_id_alone_and_is_as_large_as_asked() -> None:
    ids = [f"order_{number}" for number in range(4000)]

    drawn = [order_id for order_id in ids if drawn_for_sample(order_id, 0.1)]

    assert 300 < len(drawn) < 500
    assert drawn == [order_id for order_id in ids if drawn_for_sample(order_id, 0.1)]
    assert set(drawn) <= {order_id for order_id in ids if drawn_for_sample(order_id, 0.2)}
    assert not any(drawn_for_sample(order_id, 0.0) for order_id in ids)
    assert all(drawn_for_sample(order_id, 1.0) for order_id in ids)


async def test_only_grade_a_goes_to_the_caller_unchecked(world: World) -> None:
    order = await at_work(world)

    assert await do(world, "submitOrder", SECTION_HEAD, order, **REPLY, result=VERDICT) == "SUBMITTED"


async def test_what_the_centre_handled_itself_is_checked_by_a_leader_outside_it(world: World) -> None:
    order = await at_work(world, lead=DESK_OFFICER, category="other", category_path=["other"])
    await do(world, "submitOrder", DESK_OFFICER, order, **REPLY)

    for own in (DESK_OFFICER, OTHER_DESK_OFFICER):
        assert await no(world, "verifyOrder", own, order, **VERDICT) == "NOT_ALLOWED INVOLVED"
    assert await do(world, "verifyOrder", DISTRICT_LEADER, order, **VERDICT) == "VERIFIED"


async def test_an_order_is_verified_once(world: World) -> None:
    order = await world.submitted()
    await do(world, "verifyOrder", DESK_OFFICER, order, **VERDICT)

    assert await no(world, "verifyOrder", DESK_OFFICER, order, **VERDICT) == "ORDER_STATE_FORBIDS"
    assert await no(world, "sendBackOrder", DESK_OFFICER, order, reason="不") == "ORDER_STATE_FORBIDS"


async def test_closed_differs_from_solved_and_says_who_else_may_help(world: World) -> None:
    order = await world.submitted()
    given = {"disposition": "NOT_COMPETENT", "reason": "属供电设施"}
    assert await no(world, "verifyOrder", DESK_OFFICER, order, **given) == "SIGNPOST_MISSING"

    await do(world, "verifyOrder", DESK_OFFICER, order, **given, signpost="请拨打95598")

    assert (await seen(world, order, RESIDENT))["signpost"] == "请拨打95598"


async def test_a_photo_handed_in_before_is_flagged_to_who_checks(world: World) -> None:
    await world.submitted("report_1")
    order = await at_work(world, "report_2")
    await do(world, "submitOrder", SECTION_HEAD, order, **REPLY)

    assert (await seen(world, order))["evidence"] == [{"ref": PHOTO["ref"], "stage": "OTHER", "usedElsewhere": True}]


async def test_the_same_photo_is_not_before_and_after(world: World) -> None:
    order = await at_work(world)
    pair = [{**PHOTO, "stage": "BEFORE"}, {**PHOTO, "stage": "AFTER"}]

    assert await no(world, "submitOrder", SECTION_HEAD, order, reply="好", evidence=pair) == "SAME_PHOTO_TWICE"


def test_a_category_may_ask_for_photos_before_and_after_the_work() -> None:
    policy = msgspec.structs.replace(
        DEFAULT_POLICY,
        evidence=(EvidenceRule(pieces=2, photos_before=1, photos_after=1, when=When(category="env")),),
    )
    order = order_in(OrderState.WORKING)
    before = Evidence(kind=EvidenceKind.PHOTO, ref="a", stage=Stage.BEFORE)
    after = Evidence(kind=EvidenceKind.PHOTO, ref="b", stage=Stage.AFTER)

    for lacking in ([before], [before, Evidence(kind=EvidenceKind.PHOTO, ref="c")]):
        with pytest.raises(Exception, match="EVIDENCE_INCOMPLETE"):
            order.submit("已清", lacking, None, policy, NOW, WORKER)
    order.submit("已清", [before, after], None, policy, NOW, WORKER)
    order.verify(Result(disposition=Disposition.SOLVED, reason="好"), NOW, CENTRE)

    assert order.state is OrderState.VERIFIED
    assert order.lead_post not in (DEPARTMENT, None)
