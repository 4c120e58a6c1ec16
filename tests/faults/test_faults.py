"""The fault matrix on real processes: servers and services are killed, frozen, emptied and confused while reports come in.

Every test leaves the same cluster whole, because the next one starts from what this one left.
"""

import asyncio
import contextlib
import json
import urllib.parse
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.js.client import JetStreamContext

from services.chassis.consumer import DEAD_LETTERS, INBOX
from services.chassis.leases import LEASES
from services.chassis.unit_of_work import OUTBOX, envelope
from tests.faults.cluster import SERVICES, Cluster, ResidentCaller
from tests.faults.report_journey import ReportJourney, submission

FROZEN_SECONDS = 6.0
DEADLINE_SECONDS = 30.0
IMPORTED_LINES = 4_000


@pytest.fixture(scope="module")
def running_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
async def cluster(running_cluster: Cluster) -> Cluster:
    """Everything of the test before has arrived."""
    async with running_cluster.journey() as journey:
        await journey.quiet(DEADLINE_SECONDS)
    return running_cluster


@pytest.fixture
async def caller(cluster: Cluster) -> AsyncIterator[ResidentCaller]:
    async with cluster.caller() as caller:
        yield caller


async def until(condition: Any) -> None:
    """Wait for an awaitable condition to hold."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await condition():
            await asyncio.sleep(0.05)


async def for_some(acknowledged: dict[str, list[str]], count: int) -> None:
    """Wait until that many more reports are acknowledged."""
    goal = len(acknowledged) + count

    async def reached() -> bool:
        return len(acknowledged) >= goal

    await until(reached)


@contextlib.asynccontextmanager
async def broker(cluster: Cluster) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(cluster.nats.url)
    try:
        yield client.jetstream()
    finally:
        await client.close()


# --- processes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
async def test_killed_service_loses_and_doubles_nothing(service: str, cluster: Cluster, caller: ResidentCaller) -> None:
    async with caller.submitting(f"{service} is killed") as acknowledged:
        await for_some(acknowledged, 5)
        cluster.kill(service)
        cluster.launch(service)
        await asyncio.to_thread(cluster.wait_ready, service)
        await for_some(acknowledged, 5)

    await cluster.all_is_well(acknowledged)


async def test_a_caller_who_left_before_the_answer_gets_the_first_result(
    cluster: Cluster, caller: ResidentCaller
) -> None:
    """The reply was lost: the server committed, the client is gone and comes back with the same key."""
    address = urllib.parse.urlsplit(caller.url)
    body = json.dumps(submission("left early")).encode()
    head = "".join(f"{name}: {value}\r\n" for name, value in caller.headers.items())
    request = (
        f"POST /graphql HTTP/1.1\r\nHost: x\r\n{head}Content-Type: application/json\r\nContent-Length: {len(body)}"
    )
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(request.encode() + b"\r\n\r\n" + body)
    async with cluster.journey() as journey:
        reports = journey.services["intake"].mongo["reports"]

        async def committed() -> bool:
            return await reports.count_documents({"text": "left early"}) == 1

        await until(committed)
        writer.transport.abort()
        first = await reports.find_one({"text": "left early"})
    assert first is not None

    assert await caller.submit("left early") == first["_id"]
    await cluster.all_is_well({"left early": [first["_id"]]})


# --- servers -----------------------------------------------------------------------------------------------------------


async def test_intake_acknowledges_while_the_broker_is_down_and_all_arrives_after(
    cluster: Cluster, caller: ResidentCaller
) -> None:
    """Row 14."""
    cluster.nats.kill9()
    try:
        acknowledged = {key: [await caller.submit(key)] for key in (f"broker down {n}" for n in range(10))}
    finally:
        cluster.nats.start()

    await cluster.all_is_well(acknowledged)


async def test_a_frozen_broker_costs_nothing_but_time(cluster: Cluster, caller: ResidentCaller) -> None:
    """Row 13."""
    async with caller.submitting("broker frozen") as acknowledged:
        await for_some(acknowledged, 5)
        cluster.nats.freeze()
        try:
            await asyncio.sleep(FROZEN_SECONDS)
        finally:
            cluster.nats.thaw()
        await for_some(acknowledged, 5)

    await cluster.all_is_well(acknowledged)


async def test_a_frozen_store_costs_nothing_but_time(cluster: Cluster, caller: ResidentCaller) -> None:
    """Row 6, with no other member to take over."""
    async with caller.submitting("store frozen") as acknowledged:
        await for_some(acknowledged, 5)
        cluster.mongo.freeze()
        try:
            await asyncio.sleep(FROZEN_SECONDS)
        finally:
            cluster.mongo.thaw()
        await for_some(acknowledged, 5)

    await cluster.all_is_well(acknowledged)


async def test_a_wiped_broker_is_refilled_by_replay_while_the_services_run(
    cluster: Cluster, caller: ResidentCaller
) -> None:
    """Row 16: also what the broker had acknowledged and no consumer had seen."""
    arrived = {key: [await caller.submit(key)] for key in (f"before the wipe {n}" for n in range(3))}
    await cluster.all_is_well(arrived)
    with cluster.frozen("routing"):
        unseen = {key: [await caller.submit(key)] for key in (f"during the wipe {n}" for n in range(3))}
        async with cluster.journey() as journey:
            await until(lambda: _all_sent(journey, "intake"))
        cluster.nats.wipe()
    cluster.nats.start()
    after = {key: [await caller.submit(key)] for key in (f"after the wipe {n}" for n in range(3))}

    for name in SERVICES:
        replayed = await asyncio.to_thread(cluster.command, name, "replay")
        assert replayed.returncode == 0, replayed.stdout

    await cluster.all_is_well(arrived | unseen | after)
    async with cluster.journey() as journey, broker(cluster) as jetstream:
        for name, service in journey.services.items():
            stream = await jetstream.stream_info(name.upper())
            assert stream.state.messages == await service.mongo[OUTBOX.name].count_documents({})


async def _all_sent(journey: ReportJourney, service: str) -> bool:
    outbox = journey.services[service].mongo[OUTBOX.name]
    return await outbox.count_documents({"pending": True}) == 0


# --- messages ----------------------------------------------------------------------------------------------------------


async def test_events_repeated_after_the_dedupe_window_change_nothing(cluster: Cluster, caller: ResidentCaller) -> None:
    """Row 21. Without `Nats-Msg-Id` the broker cannot know a repeat, as after its window."""
    acknowledged = {"repeated": [await caller.submit("repeated")]}
    await cluster.all_is_well(acknowledged)
    async with cluster.journey() as journey, broker(cluster) as jetstream:
        for service in journey.services.values():
            rows = await service.mongo[OUTBOX.name].find().sort("_id", -1).limit(10).to_list(10)
            for row in [*rows, *reversed(rows)]:
                headers = {key: value for key, value in envelope(row).headers().items() if key != "Nats-Msg-Id"}
                await jetstream.publish(row["type"], row["data"].encode(), headers=headers)

    await cluster.all_is_well(acknowledged)


async def test_an_event_that_overtakes_another_waits_for_it(cluster: Cluster, caller: ResidentCaller) -> None:
    """Row 22: a report is withdrawn, and routing hears of that first."""
    async with cluster.journey() as journey, broker(cluster) as jetstream, _relay_held(journey):
        report = await caller.submit("overtaken")
        await _withdraw(caller, report)
        outbox = journey.services["intake"].mongo[OUTBOX.name]
        rows = {row["type"].split(".")[3]: row async for row in outbox.find({"aggregate_id": report})}
        routing = journey.services["routing"].mongo

        async def waits() -> bool:
            info = await jetstream.consumer_info("INTAKE", "routing-from-intake")
            return bool(info.num_ack_pending and info.num_redelivered)

        await _publish(jetstream, rows["withdrawn"])
        await until(waits)
        assert await routing[INBOX.name].find_one({"aggregate_id": report}) is None
        await _publish(jetstream, rows["triaged"])

        async def recalled() -> bool:
            order = await routing["work_orders"].find_one({"report_id": report})
            return order is not None and order["state"] == "recalled"

        await until(recalled)


async def _publish(jetstream: JetStreamContext, row: dict[str, Any]) -> None:
    await jetstream.publish(row["type"], row["data"].encode(), headers=envelope(row).headers())


@contextlib.asynccontextmanager
async def _relay_held(journey: ReportJourney) -> AsyncIterator[None]:
    """Intake publishes nothing inside: another replica, which is us, holds the lease of the relay."""
    leases = journey.services["intake"].mongo[LEASES.name]
    held = {"owner": "test", "until": datetime.now(UTC) + timedelta(seconds=DEADLINE_SECONDS)}
    before = await leases.find_one_and_replace({"_id": "relay"}, held)
    assert before is not None
    # It looks at its lease again before this.
    while datetime.now(UTC) < before["until"]:
        await asyncio.sleep(0.05)
    yield
    await leases.delete_one({"_id": "relay"})


async def _withdraw(caller: ResidentCaller, report: str) -> None:
    query = """mutation Withdraw($input: WithdrawReportInput!) {
        withdrawReport(input: $input) { report { id } errors { code reason } } }"""
    given = {"idempotencyKey": f"withdraw {report}", "reportId": report, "reason": "已解决"}
    answer = await caller.ask({"query": query, "variables": {"input": given}})
    assert answer["data"]["withdrawReport"]["errors"] == []


async def test_a_poison_message_is_kept_aside_and_others_flow(cluster: Cluster, caller: ResidentCaller) -> None:
    """Row 23: what cannot be understood is listed with its reason and does not become better by trying again."""
    subject = "huying.intake.report.triaged.v1"
    async with broker(cluster) as jetstream:
        await jetstream.publish(subject, b"\xff not an event")
    report = await caller.submit("after the poison")
    async with cluster.journey() as journey:
        letters = journey.services["routing"].mongo[DEAD_LETTERS.name]
        await until(lambda: letters.find_one({"status": "dead"}))
        await journey.quiet(DEADLINE_SECONDS)
        assert await journey.violations(report) == []

        listed = await asyncio.to_thread(cluster.command, "routing", "dead-letters")
        assert subject in listed.stdout
        letter_id = listed.stdout.split()[0]
        shown = await asyncio.to_thread(cluster.command, "routing", "dead-letter", letter_id)
        assert "not an event" in shown.stdout
        tried = await asyncio.to_thread(cluster.command, "routing", "replay-dead-letter", letter_id)
        assert tried.returncode == 1

        await letters.delete_many({})


async def test_an_event_that_failed_can_be_replayed_when_the_cause_is_gone(
    cluster: Cluster, caller: ResidentCaller
) -> None:
    """Row 23: a stored report is damaged, so intake cannot take in what routing says of it."""
    async with cluster.journey() as journey:
        intake = journey.services["intake"].mongo
        reports, letters = intake["reports"], intake[DEAD_LETTERS.name]
        with cluster.frozen("routing"):
            report = await caller.submit("damaged")
            await intake.database.command(
                {
                    "update": "reports",
                    "updates": [{"q": {"_id": report}, "u": {"$set": {"call_level": "damaged"}}}],
                    "bypassDocumentValidation": True,
                }
            )
        other = await caller.submit("undamaged")
        await until(lambda: letters.find_one({"status": "dead"}))
        await journey.quiet(DEADLINE_SECONDS)
        assert await journey.violations(other) == []
        await reports.update_one({"_id": report}, {"$set": {"call_level": "public"}})

        letter_id = (await asyncio.to_thread(cluster.command, "intake", "dead-letters")).stdout.split()[0]
        replayed = await asyncio.to_thread(cluster.command, "intake", "replay-dead-letter", letter_id)
        assert replayed.stdout.strip() == "done"

    await cluster.all_is_well({"damaged": [report], "undamaged": [other]})


# --- import ------------------------------------------------------------------------------------------------------------


async def test_a_killed_import_goes_on_where_it_was(cluster: Cluster, tmp_path: Path) -> None:
    """Every accepted line becomes one report, however often the importer dies."""
    file = tmp_path / "village.jsonl"
    file.write_text("".join(json.dumps({"id": f"m{n}", "body": f"message {n}"}) + "\n" for n in range(IMPORTED_LINES)))
    imported = {"imported.source": "village"}
    async with cluster.journey() as journey:
        intake = journey.services["intake"].mongo
        for at_least in (1, IMPORTED_LINES // 3):
            importer = cluster.start_command("intake", "import", str(file))

            async def under_way(at_least: int = at_least) -> bool:
                return await intake["reports"].count_documents(imported) >= at_least

            await until(under_way)
            importer.kill()
            importer.wait()
            assert await intake["imports"].count_documents({"finished_at": {"$type": "date"}}) == 0

        finished = await asyncio.to_thread(cluster.command, "intake", "import", str(file))

        assert finished.returncode == 0
        assert f"{IMPORTED_LINES} accepted, 0 rejected, 0 duplicates" in finished.stdout
        lines = [row["imported"]["line"] async for row in intake["reports"].find(imported)]
        assert sorted(lines) == list(range(1, IMPORTED_LINES + 1))
        assert len(await intake["reports"].distinct("external_ref.number", imported)) == IMPORTED_LINES
