"""The main job, as the people of the district do it: a resident calls, a post responds, the resident says it is solved."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect

from dev.platform import Platform
from tests.suite.client import DEADLINE_SECONDS, Client
from tests.suite.places import a_place

REPORT = """query($id: ID!) { report(id: $id) {
    id number state disposition answer area { id level } workOrders { id number state leadUnit { name } } routingDecision { path }
} }"""
ORDER = "query($id: ID!) { workOrder(id: $id) { id state leadPost { id title unit { id } } } }"


async def submit(resident: Client, **given: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "kind": "COMPLAINT",
        "text": "小区水压低,经常停水",
        "category": "utility_water",
        "place": a_place(),
    }
    payload = await resident.do("submitReport", "report { id number state }", **{**defaults, **given})
    report: dict[str, Any] = payload["report"]
    return report


async def dispatched(resident: Client, report_id: str) -> dict[str, Any]:
    """The report once it has an order."""
    data = await resident.until(REPORT, lambda data: bool(data["report"]["workOrders"]), id=report_id)
    report: dict[str, Any] = data["report"]
    return report


async def reply(platform: Platform, centre: Client, order: dict[str, Any]) -> None:
    """The lead post accepts, works and replies; the centre verifies."""
    lead = (await centre.ask(ORDER, id=order["id"]))["workOrder"]["leadPost"]
    handler = Client.holding(platform, lead)
    step = {"workOrderId": order["id"]}
    await handler.do("acceptOrder", "workOrder { state }", **step)
    await handler.do("startOrder", "workOrder { state }", **step)
    evidence = [{"kind": "PHOTO", "ref": "photo://after", "note": "降噪后现场"}]
    await handler.do("submitOrder", "workOrder { state }", reply="已加装减震垫。", evidence=evidence, **step)
    verdict = {"disposition": "SOLVED", "reason": "现场复核噪音达标"}
    await centre.do("verifyOrder", "workOrder { state }", **verdict, **step)


async def state_of(resident: Client, report_id: str, state: str) -> dict[str, Any]:
    data = await resident.until(REPORT, lambda data: data["report"]["state"] == state, id=report_id)
    report: dict[str, Any] = data["report"]
    return report


@pytest.mark.capability("I-02", "I-30", "R-06", "R-11", "G-03")
async def test_a_report_travels_from_the_caller_to_the_post_and_back(
    platform: Platform, resident: Client, centre: Client
) -> None:
    report = await submit(resident)
    order = (await dispatched(resident, report["id"]))["workOrders"][0]
    assert order["state"] == "DISPATCHED"

    await reply(platform, centre, order)
    resolved = await state_of(resident, report["id"], "RESOLVED")
    assert resolved["answer"] == "已加装减震垫。"
    await resident.do("confirmReport", "report { state }", reportId=report["id"], satisfaction=5)
    closed = await state_of(resident, report["id"], "CLOSED")

    assert closed["disposition"] == "SOLVED"
    assert closed["workOrders"][0]["state"] == "CLOSED"
    timeline = await resident.ask("query($id: ID!) { report(id: $id) { timeline { index type } } }", id=report["id"])
    kinds = [entry["type"].removeprefix("huying.").removesuffix(".v1") for entry in timeline["report"]["timeline"]]
    assert kinds == [
        "intake.report.received",
        "intake.report.triaged",
        "routing.order.dispatched",
        "intake.report.routed",
        "routing.order.accepted",
        "intake.report.progressed",
        "routing.order.started",
        "routing.order.submitted",
        "routing.order.verified",
        "intake.report.resolved",
        "intake.report.confirmed",
        "routing.order.closed",
        "intake.report.closed",
    ]


@pytest.mark.capability("R-11")
async def test_a_caller_who_does_not_agree_sends_the_order_back_to_work(
    platform: Platform, resident: Client, centre: Client
) -> None:
    report = await submit(resident)
    order = (await dispatched(resident, report["id"]))["workOrders"][0]
    await reply(platform, centre, order)
    await state_of(resident, report["id"], "RESOLVED")

    await resident.do("reopenReport", "report { state }", reportId=report["id"], reason="夜里仍然很吵")

    data = await resident.until(
        REPORT, lambda data: data["report"]["workOrders"][0]["state"] == "REWORK", id=report["id"]
    )
    assert data["report"]["state"] in ("REOPENED", "ROUTED", "IN_PROGRESS")


async def test_both_subscriptions_show_the_way_of_a_report(resident: Client, centre: Client) -> None:
    async with (
        resident.watch("subscription { reportUpdated { id state } }") as reports,
        centre.watch(
            "subscription { workOrderChanged { id state leadPost { title } report { id number area { name } } } }"
        ) as orders,
    ):
        report = await submit(resident)

        states = []
        async with asyncio.timeout(DEADLINE_SECONDS):
            while "ROUTED" not in states:
                update = (await reports.get())["data"]["reportUpdated"]
                states += [update["state"]] * (update["id"] == report["id"])
            changed = (await orders.get())["data"]["workOrderChanged"]
        assert changed["state"] == "DISPATCHED"
        assert changed["report"]["number"] == report["number"]
        assert changed["report"]["area"]["name"]
        assert changed["leadPost"]["title"]


async def test_a_subscription_over_websocket(platform: Platform, resident: Client) -> None:
    """graphql-transport-ws, with the token in `connection_init` as browsers send it."""
    url = platform.graphql_url.replace("http://", "ws://")
    async with asyncio.timeout(DEADLINE_SECONDS), connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]  # a str is a Subprotocol
        await socket.send(json.dumps({"type": "connection_init", "payload": resident.headers}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        subscribe = {
            "id": "1",
            "type": "subscribe",
            "payload": {"query": "subscription { reportUpdated { id state } }"},
        }
        await socket.send(json.dumps(subscribe))
        await socket.send(json.dumps({"type": "ping"}))
        assert json.loads(await socket.recv())["type"] == "pong"
        await asyncio.sleep(0.6)  # the subgraph opens its change stream
        report = await submit(resident)
        message = json.loads(await socket.recv())
    assert message["type"] == "next"
    assert message["payload"]["data"]["reportUpdated"]["id"] == report["id"]


@pytest.mark.capability("M-01")
async def test_a_dispute_becomes_a_case(resident: Client, mediator: Client) -> None:
    report = await submit(resident, category="neighbour_leak", text="楼上漏水,多次协商未果")
    case_query = "query($id: ID!) { report(id: $id) { state disposition mediationCase { id state disputeType } } }"
    data = await resident.until(case_query, lambda data: bool(data["report"]["mediationCase"]), id=report["id"])
    assert data["report"]["mediationCase"]["disputeType"] == "NEIGHBOUR"


async def test_a_dispute_can_be_named_one_by_hand(resident: Client, centre: Client) -> None:
    report = await submit(resident)
    await dispatched(resident, report["id"])

    await centre.do(
        "convertReport", "report { id }", reportId=report["id"], disputeType="NEIGHBOUR", reason="双方系邻里纠纷"
    )

    query = "query($id: ID!) { report(id: $id) { workOrders { state } mediationCase { state } } }"
    data = await resident.until(query, lambda data: bool(data["report"]["mediationCase"]), id=report["id"])
    assert [order["state"] for order in data["report"]["workOrders"]] == ["RECALLED"]


async def test_one_trace_shows_the_report_in_every_service(platform: Platform, resident: Client) -> None:
    report = await submit(resident)
    await dispatched(resident, report["id"])

    wanted = {"huying-gateway", "huying-intake", "huying-routing"}
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not any(wanted <= _services(platform, trace) for trace in platform.trace_store.traces_of(report["id"])):
            await asyncio.sleep(0.1)


def _services(platform: Platform, trace: str) -> set[str]:
    return {span.service for span in platform.trace_store.spans(trace)}
