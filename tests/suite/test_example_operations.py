"""The example operations of the main job and of mediation."""

import asyncio

import pytest

from dev.platform import Platform
from tests.suite.client import DEADLINE_SECONDS, Client
from tests.suite.examples import document, handler_of, reported, send, until


async def test_order_operations(platform: Platform, resident: Client, centre: Client) -> None:
    async with centre.watch(document("work-order-changed")) as orders:
        report = (await send(resident, "submit-report"))["report"]["id"]
        async with resident.watch(document("report-updated"), id=report) as updates:
            (order,) = [one["id"] for one in await reported(resident, report, "workOrders")]
            handler = await handler_of(platform, centre, order)
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
    (order,) = [one["id"] for one in await reported(resident, report, "workOrders")]

    await send(await handler_of(platform, centre, order), "return-order", workOrderId=order)


async def test_mediation_operations(platform: Platform, resident: Client, centre: Client, mediator: Client) -> None:
    attendant = Client(platform, "attendant")
    report = (await send(resident, "submit-report", category=None))["report"]["id"]
    await send(attendant, "triage-report", reportId=report)
    await reported(resident, report, "workOrders")
    await send(centre, "convert-report", reportId=report)
    case = (await reported(resident, report, "mediationCase"))["id"]
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
    case = (await reported(resident, report, "mediationCase"))["id"]

    await send(mediator, "decline-mediation-case", caseId=case)
    await send(Client(platform, "attendant"), "settle-on-the-spot")

    overview = await send(centre, "command-centre")
    assert overview["urgent"]["nodes"]
    assert len(overview["cases"]["nodes"]) >= 2
