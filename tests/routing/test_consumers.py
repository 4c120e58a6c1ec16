"""Intake's events and what they do here, each once."""

from services.chassis.events import Actor
from services.routing.consumers import CategoryPublished, ReportConverted, ReportWithdrawn
from services.routing.handlers.order.clock import step_order
from services.routing.model.order.work_order import OrderState
from services.routing.model.organisation.point import Point
from services.routing.store.decision import DECISIONS
from tests.reads import reads
from tests.routing.district import COMMITTEE, DEPARTMENT, GRID_1, GRID_3, MEDIATION, SECTION
from tests.routing.world import DESK_OFFICER, SECTION_HEAD, World


async def test_a_triaged_report_becomes_a_dispatched_order(world: World) -> None:
    await world.hear(world.triaged(), "report_1", Actor(person="person_a", post="post_a"))

    order = await world.order()
    assert (order.state, order.lead_post, order.lead_unit) == (OrderState.DISPATCHED, SECTION, "unit_s1")
    (told,) = await world.told()
    assert told["type"] == "huying.routing.order.dispatched.v1"
    assert told["aggregate_id"] == order.id
    assert told["actor"] == {"person": "person_a", "post": "post_a"}
    assert told["cause"]


async def test_a_redelivered_report_is_not_dispatched_twice(world: World) -> None:
    event = world.event(world.triaged(), "report_1")

    assert await world.deliver(event) == ["ack"]
    assert await world.deliver(event) == ["ack"]
    assert await world.deliver(event, event) == ["ack", "ack"]

    await world.order()
    assert await world.names_told() == ["order.dispatched"]


async def test_many_reports_of_one_batch_become_an_order_each(world: World) -> None:
    events = [world.event(world.triaged(f"report_{n}"), f"report_{n}") for n in range(20)]

    assert await world.deliver(*events) == ["ack"] * 20
    assert len({order.number for n in range(20) for order in await world.orders(f"report_{n}")}) == 20


async def test_routing_a_report_reads_nothing_but_the_inbox(world: World) -> None:
    """INVARIANT: the hot path is inserts only; rules and posts are in memory."""
    async with reads(world.mongo) as seen:
        await world.triage()

    assert {read["collection"] for read in seen} == {"inbox"}


async def test_nothing_is_lost_while_no_organisation_is_loaded(bare: World) -> None:
    event = bare.event(bare.triaged(), "report_1")
    assert await bare.deliver(event) == ["nak"]

    await bare.load()

    assert await bare.deliver(event) == ["ack"]
    assert (await bare.order()).lead_post == SECTION


async def test_a_dispute_is_handed_to_mediation_without_an_order(world: World) -> None:
    await world.triage(category="noise", category_path=["noise"], dispute_type="neighbour")

    assert await world.orders() == []
    (told,) = await world.told()
    assert told["type"] == "huying.routing.decision.made.v1"
    assert '"path":"mediation"' in told["data"]
    assert f'"leadPost":"{COMMITTEE}"' in told["data"]
    assert '"disputeType":"neighbour"' in told["data"]


async def test_a_confirmed_report_closes_its_order_with_the_verified_disposition(world: World) -> None:
    await world.verified()

    await world.confirm(satisfaction=4)

    order = await world.order()
    assert (order.state, order.open) == (OrderState.CLOSED, False)
    assert order.verdict
    assert order.verdict.satisfaction == 4
    last = (await world.told())[-1]
    assert last["type"] == "huying.routing.order.closed.v1"
    assert '"disposition":"solved"' in last["data"]


async def test_a_confirmation_that_crosses_a_rework_changes_nothing(world: World) -> None:
    await world.verified()
    await world.reopen()
    told = await world.names_told()

    await world.confirm()

    assert (await world.order()).state is OrderState.REWORK
    assert await world.names_told() == told


async def test_a_reopened_report_sends_its_closed_order_back_to_work(world: World) -> None:
    await world.verified()
    await world.confirm()

    await world.reopen(reason="第二天又满了")

    order = await world.order()
    assert order.state is OrderState.REWORK
    assert [(rework.by_caller, rework.reason) for rework in order.reworks] == [(True, "第二天又满了")]
    assert (await world.names_told())[-1] == "order.reworked"


async def test_a_withdrawn_report_recalls_its_open_order(world: World) -> None:
    await world.dispatched()

    await world.hear(ReportWithdrawn(report_id="report_1", reason="自己解决了"), "report_1")

    order = await world.order()
    assert (order.state, order.ended_reason) == (OrderState.RECALLED, "自己解决了")


async def test_a_withdrawal_without_an_order_is_taken_quietly(world: World) -> None:
    await world.hear(ReportWithdrawn(report_id="report_1"), "report_1")

    assert await world.told() == []


async def test_a_converted_report_leaves_its_order_for_mediation(world: World) -> None:
    await world.hear(_noise(), "noise")
    await world.directory.refresh()
    await world.dispatched(area_path=list(GRID_3), area_id=GRID_3[-1])

    event = world.event(ReportConverted(report_id="report_1", dispute_type="neighbour"), "report_1")
    assert await world.deliver(event) == ["ack"]
    assert await world.deliver(event) == ["ack"]

    assert (await world.order()).state is OrderState.RECALLED
    assert await world.names_told() == ["order.dispatched", "order.recalled", "decision.made"]
    made = (await world.told("decision"))[0]
    assert f'"leadPost":"{MEDIATION}"' in made["data"]


async def test_a_report_already_in_mediation_is_not_decided_again(world: World) -> None:
    await world.triage(category="noise", category_path=["noise"], dispute_type="neighbour")

    await world.hear(ReportConverted(report_id="report_1", dispute_type="family"), "report_1")

    assert await world.names_told() == ["decision.made"]


async def test_a_report_triaged_again_moves_to_the_right_lead(world: World) -> None:
    await world.dispatched()

    await world.triage(category="gas", category_path=["gas"])

    first, second = await world.orders()
    assert (first.state, second.state) == (OrderState.RECALLED, OrderState.DISPATCHED)
    assert second.lead_post == DEPARTMENT
    assert await world.names_told() == ["order.dispatched", "order.recalled", "order.dispatched"]


async def test_a_report_triaged_again_with_the_same_lead_keeps_its_order(world: World) -> None:
    await world.dispatched()

    await world.triage(area_id=GRID_1[2], area_path=list(GRID_1[:3]))

    assert (await world.order()).state is OrderState.DISPATCHED
    assert await world.names_told() == ["order.dispatched"]


async def test_a_dispute_triaged_again_is_called_to_mediation_once(world: World) -> None:
    for _ in range(2):
        await world.triage(category="noise", category_path=["noise"], dispute_type="neighbour")

    assert await world.names_told() == ["decision.made"]


async def test_the_decision_is_kept_with_its_reasons(world: World) -> None:
    await world.triage(category="env_waste", category_path=["env", "env_waste"], area_path=["d1", "d1-s1"])

    row = await world.mongo[DECISIONS.collection.name].find_one({"report.report_id": "report_1"})
    assert row
    decision = DECISIONS.from_document(row)
    assert decision.rule_id == "rule_env_section"
    assert [(passed.rule_id, passed.why) for passed in decision.passed_over] == [
        ("rule_waste_community", "area_too_coarse"),
        ("rule_waste_street_2", "other_area"),
    ]
    assert decision.other_categories == 3


async def test_an_event_that_is_not_what_its_type_promises_becomes_a_dead_letter(world: World) -> None:
    event = world.event(ReportConverted(report_id="report_1", dispute_type="land"), "report_1")
    broken = type(event)(**{name: getattr(event, name) for name in event.__struct_fields__} | {"data": "{}"})

    assert await world.deliver(broken) == ["term"]


async def test_the_clock_accepts_once_for_all_replicas(world: World) -> None:
    order = await world.dispatched()
    await step_order(world.store, world.directory, order.id)
    assert (await world.order()).state is OrderState.DISPATCHED

    world.pass_time(minutes=30)
    await step_order(world.store, world.directory, order.id)
    await step_order(world.store, world.directory, order.id)

    assert (await world.order()).state is OrderState.ACCEPTED
    assert await world.names_told() == ["order.dispatched", "clock.breached", "order.accepted"]


async def test_an_accept_that_crosses_a_withdrawal_is_refused(world: World) -> None:
    order = await world.dispatched()
    await world.hear(ReportWithdrawn(report_id="report_1", reason="不用了"), "report_1")

    assert await world.refused("acceptOrder", SECTION_HEAD, workOrderId=order.id) == "ORDER_STATE_FORBIDS"
    assert await world.refused("recallOrder", DESK_OFFICER, workOrderId=order.id, reason="撤") == "ORDER_STATE_FORBIDS"


def _noise() -> CategoryPublished:
    return CategoryPublished(code="noise", name="噪声", path=["noise"], dispute_type="neighbour")


async def test_an_order_knows_the_point_its_report_came_from(world: World) -> None:
    order = await world.dispatched(place=Point(lon=113.005, lat=23.005))

    assert order.place == Point(lon=113.005, lat=23.005)
    assert "place" not in (await world.told())[0]["data"]
