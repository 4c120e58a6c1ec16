"""The operations a front-end team starts from (`schema/operations`), each sent through the gateway as it stands there."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from dev.platform import Platform
from dev.schema import SCHEMA
from tests.suite.client import DEADLINE_SECONDS, Client

_sent: set[str] = set()


def document(name: str) -> str:
    return (SCHEMA / "operations" / f"{name}.graphql").read_text("utf-8")


async def send(client: Client, name: str, **given: Any) -> Any:
    """The one root field of an example operation, its variables (or its input) changed by `given`. Refusals fail."""
    _sent.add(name)
    variables = json.loads((SCHEMA / "operations" / f"{name}.json").read_text("utf-8"))
    if "input" in variables:
        variables["input"] |= {"idempotencyKey": uuid.uuid4().hex} | given
    data = await client.ask(document(name), **(variables if "input" in variables else variables | given))
    for payload in data.values():
        assert not (isinstance(payload, dict) and payload.get("errors")), (name, payload)
    return next(iter(data.values())) if len(data) == 1 else data


async def until(client: Client, name: str, holds: Callable[[Any], object], **given: Any) -> Any:
    """What `send` gives once it is as expected."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not holds(found := await send(client, name, **given)):
            await asyncio.sleep(0.1)
    return found


async def _reported(client: Client, report: str, field: str) -> Any:
    def own(page: Any) -> Any:
        return next((node[field] for node in page["nodes"] if node["id"] == report), None)

    return own(await until(client, "my-reports", own))


async def _handler(platform: Platform, centre: Client, order: str) -> Client:
    query = "query($id: ID!) { workOrder(id: $id) { leadPost { id unit { id } } } }"
    return Client.holding(platform, (await centre.ask(query, id=order))["workOrder"]["leadPost"])


async def test_order_operations(platform: Platform, resident: Client, centre: Client) -> None:
    async with centre.watch(document("work-order-changed")) as orders:
        report = (await send(resident, "submit-report"))["report"]["id"]
        async with resident.watch(document("report-updated"), id=report) as updates:
            (order,) = [one["id"] for one in await _reported(resident, report, "workOrders")]
            handler = await _handler(platform, centre, order)
            await send(handler, "my-orders")
            await send(handler, "accept-order", workOrderId=order)
            await send(handler, "start-order", workOrderId=order)
            await send(handler, "reply-to-order", workOrderId=order)
            await send(centre, "send-back-order", workOrderId=order)
            await send(handler, "start-order", workOrderId=order)
            await send(handler, "reply-to-order", workOrderId=order)
            await send(centre, "verify-order", workOrderId=order)
            await until(resident, "timeline", lambda seen: seen["state"] == "RESOLVED", id=report)
            async with asyncio.timeout(DEADLINE_SECONDS):
                assert (await updates.get())["data"]["reportUpdated"]["id"] == report
                assert (await orders.get())["data"]["workOrderChanged"]["id"]

    await send(resident, "reopen-report", reportId=report)
    rework = "query($id: ID!) { workOrder(id: $id) { state } }"
    await centre.until(rework, lambda data: data["workOrder"]["state"] == "REWORK", id=order)
    await send(handler, "start-order", workOrderId=order)
    await send(handler, "reply-to-order", workOrderId=order)
    await send(centre, "verify-order", workOrderId=order)
    await until(resident, "timeline", lambda seen: seen["state"] == "RESOLVED", id=report)
    await send(resident, "confirm-report", reportId=report)
    await until(resident, "timeline", lambda seen: seen["state"] == "CLOSED", id=report)


async def test_return_operation(platform: Platform, resident: Client, centre: Client) -> None:
    report = (await send(resident, "submit-report"))["report"]["id"]
    (order,) = [one["id"] for one in await _reported(resident, report, "workOrders")]

    await send(await _handler(platform, centre, order), "return-order", workOrderId=order)


async def test_mediation_operations(platform: Platform, resident: Client, centre: Client, mediator: Client) -> None:
    attendant = Client(platform, "attendant")
    report = (await send(resident, "submit-report", category=None))["report"]["id"]
    await send(attendant, "triage-report", reportId=report)
    await _reported(resident, report, "workOrders")
    await send(centre, "convert-report", reportId=report)
    case = (await _reported(resident, report, "mediationCase"))["id"]
    await send(mediator, "mediation-cases")

    async with mediator.watch(document("mediation-case-changed"), id=case) as changes:
        await send(mediator, "add-mediation-party", caseId=case)
        respondent = {"kind": "PERSON", "role": "RESPONDENT", "name": "李先生"}
        joined = await send(mediator, "add-mediation-party", caseId=case, party=respondent)
        parties = [party["id"] for party in joined["mediationCase"]["parties"]]
        await send(mediator, "accept-mediation-case", caseId=case)
        for party in parties:
            await send(mediator, "record-mediation-consent", caseId=case, partyId=party)
        await send(mediator, "assign-mediator", caseId=case)
        await send(mediator, "hold-mediation-session", caseId=case, attendance=parties)
        owed = {"party": parties[1], "what": "维修费用", "amountFen": 120_000, "dueAt": "2099-12-31T16:00:00Z"}
        drafted = await send(mediator, "record-mediation-agreement", caseId=case, obligations=[owed])
        (obligation,) = drafted["mediationCase"]["agreement"]["obligations"]
        for party in (*parties, None):
            await send(mediator, "sign-mediation-agreement", caseId=case, partyId=party)
        await send(mediator, "mediation-case", id=case)
        await send(mediator, "fulfil-mediation-obligation", caseId=case, obligationId=obligation["id"])
        await send(mediator, "archive-mediation-case", caseId=case)
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert (await changes.get())["data"]["mediationCaseChanged"]["id"] == case

    await until(resident, "timeline", lambda seen: seen["state"] == "CLOSED", id=report)


@pytest.mark.capability("G-01", "G-02")
async def test_other_ways_of_a_dispute(platform: Platform, resident: Client, centre: Client, mediator: Client) -> None:
    report = (await send(resident, "submit-report", category="neighbour_leak"))["report"]["id"]
    case = (await _reported(resident, report, "mediationCase"))["id"]

    await send(mediator, "decline-mediation-case", caseId=case)
    await send(Client(platform, "attendant"), "settle-on-the-spot")

    overview = await send(centre, "command-centre")
    assert overview["urgent"]["nodes"]
    assert len(overview["cases"]["nodes"]) >= 2


def test_every_example_was_sent() -> None:
    """Runs after the others in this file; a new example belongs in one of them."""
    watched = {"report-updated", "work-order-changed", "mediation-case-changed"}
    assert {file.stem for file in (SCHEMA / "operations").glob("*.graphql")} == _sent | watched
