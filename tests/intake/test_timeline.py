"""The complete record: chained, and tampering is found."""

import argparse
from collections.abc import Awaitable, Callable

import pytest

from services.intake import cli, views
from services.intake.consumers import OrderAccepted, OrderDispatched
from tests.intake.world import RESIDENT, World


async def handled(world: World) -> str:
    """A report with four entries."""
    report_id = await world.submitted()
    await world.hear(
        OrderDispatched(
            report_id=report_id,
            order_id="order_1",
            decision_id="decision_1",
            lead_post="post_h",
            lead_unit="unit_h",
        )
    )
    await world.hear(OrderAccepted(report_id=report_id, order_id="order_1", by_silence=False))
    return report_id


@pytest.mark.capability("I-30")
async def test_every_event_of_a_matter_is_an_entry_of_its_timeline(world: World) -> None:
    report_id = await handled(world)

    data = await world.ask(
        "query Q($id: ID!) { report(id: $id) { timeline { index source type subject post { id } facts } } }",
        id=report_id,
    )

    entries = data["report"]["timeline"]
    assert [(entry["index"], entry["type"].removeprefix("huying.")) for entry in entries] == [
        (1, "intake.report.received.v1"),
        (2, "intake.report.triaged.v1"),
        (3, "routing.order.dispatched.v1"),
        (4, "intake.report.routed.v1"),
        (5, "routing.order.accepted.v1"),
        (6, "intake.report.progressed.v1"),
    ]
    assert entries[2]["subject"] == "order_1"
    assert entries[2]["post"] == {"id": "post_h"}
    assert RESIDENT.person not in str(entries)
    assert await views.chain_fault(world.mongo, report_id) is None


async def _change_facts(world: World, report_id: str) -> None:
    await world.mongo["timeline"].update_one({"_id": f"{report_id}/000003"}, {"$set": {"facts.leadPost": "post_x"}})


async def _remove_in_the_middle(world: World, report_id: str) -> None:
    await world.mongo["timeline"].delete_one({"_id": f"{report_id}/000003"})


async def _cut_the_end(world: World, report_id: str) -> None:
    await world.mongo["timeline"].delete_one({"_id": f"{report_id}/000006"})


async def _add_at_the_end(world: World, report_id: str) -> None:
    entry = await world.mongo["timeline"].find_one({"_id": f"{report_id}/000006"})
    assert entry
    await world.mongo["timeline"].insert_one({**entry, "_id": f"{report_id}/000007", "index": 7})


async def _swap_hashes(world: World, report_id: str) -> None:
    await world.mongo["timeline"].update_one({"_id": f"{report_id}/000004"}, {"$set": {"previous": "0" * 64}})


@pytest.mark.parametrize(
    ("tamper", "entry"),
    [
        (_change_facts, "000003: was changed"),
        (_remove_in_the_middle, "000003: missing"),
        (_cut_the_end, "000006: missing"),
        (_add_at_the_end, "000007: does not follow"),
        (_swap_hashes, "000004: does not follow"),
    ],
)
async def test_tampering_is_found_and_the_entry_named(
    world: World,
    tamper: Callable[[World, str], Awaitable[None]],
    entry: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    whole = await handled(world)
    report_id = await handled(world)
    await tamper(world, report_id)
    run = cli.COMMANDS["verify-chains"][2]

    assert await run(world.service, argparse.Namespace(report=None, all=True)) == 1
    assert await run(world.service, argparse.Namespace(report=report_id, all=False)) == 1
    assert await run(world.service, argparse.Namespace(report=whole, all=False)) == 0

    out = capsys.readouterr().out
    assert out.count(f"{report_id}/{entry}") == 2
    assert "2 records verified, 1 broken" in out


async def test_a_removed_report_leaves_its_entries_to_tell(world: World) -> None:
    report_id = await handled(world)
    await world.mongo["reports"].delete_one({"_id": report_id})

    assert [fault async for fault in views.chain_faults(world.mongo)] == [f"{report_id}: no such report"]
