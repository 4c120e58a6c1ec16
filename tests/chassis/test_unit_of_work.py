"""State and events commit together, once per command, whoever races."""

import asyncio
import dataclasses
from typing import Any

import pytest
from pymongo import IndexModel
from pymongo.errors import NetworkTimeout

from services.chassis.app import Service
from services.chassis.clock import utc_now
from services.chassis.errors import Conflict, Duplicate, IdempotencyKeyReused, NotFound
from services.chassis.events import Actor
from services.chassis.mongo import CollectionSpec, maybe_await
from services.chassis.unit_of_work import OUTBOX, Rows, UnitOfWork
from tests.chassis import toy


async def outbox(service: Service) -> list[dict[str, object]]:
    return await service.mongo[OUTBOX.name].find().sort([("aggregate_id", 1), ("sequence", 1)]).to_list()


async def test_a_command_stores_state_and_event(service: Service) -> None:
    await toy.open_tally(service, "tally_1")
    tally = await toy.raise_tally(service, "tally_1")

    assert tally.total == 1
    assert tally.version == 2
    rows = await outbox(service)
    assert [(row["type"], row["sequence"], row["previous"]) for row in rows] == [
        ("huying.raiser.tally.opened.v1", 1, {}),
        ("huying.raiser.tally.raised.v1", 2, {"opened": 1}),
    ]


async def test_a_refused_command_stores_nothing(service: Service) -> None:
    await toy.open_tally(service, "tally_1")
    for _ in range(3):
        await toy.raise_tally(service, "tally_1")

    with pytest.raises(toy.TallyFull) as refused:
        await toy.raise_tally(service, "tally_1")

    assert refused.value.message("en") == "The tally stands at 3 and cannot be raised."
    assert len(await outbox(service)) == 4


async def test_a_repeated_command_gives_the_first_result(service: Service) -> None:
    await toy.open_tally(service, "tally_1")
    await toy.raise_tally(service, "tally_1", key="k1")
    again = await toy.raise_tally(service, "tally_1", key="k1")

    assert again.total == 1
    assert len(await outbox(service)) == 2


async def test_a_repeat_of_a_command_that_would_now_be_refused_gives_the_first_result(service: Service) -> None:
    await toy.open_tally(service, "tally_1")
    for number in range(3):
        await toy.raise_tally(service, "tally_1", key=f"k{number}")

    again = await toy.raise_tally(service, "tally_1", key="k2")

    assert again.total == 3


async def test_a_key_used_with_another_input_is_refused(service: Service) -> None:
    await toy.open_tally(service, "tally_1")
    await toy.raise_tally(service, "tally_1", key="k1", given={"by": 1})

    with pytest.raises(IdempotencyKeyReused):
        await toy.raise_tally(service, "tally_1", key="k1", given={"by": 2})


async def test_the_same_command_sent_many_times_at_once_has_one_effect(service: Service) -> None:
    tallies = await asyncio.gather(*(toy.open_tally(service, "tally_1", key="same") for _ in range(20)))

    assert {tally.id for tally in tallies} == {"tally_1"}
    assert len(await outbox(service)) == 1


async def test_racing_writers_lose_no_update(service: Service) -> None:
    await toy.open_tally(service, "tally_1")
    await asyncio.gather(*(toy.raise_tally(service, "tally_1") for _ in range(3)))

    tally = await UnitOfWork(service.store, actor=Actor()).get(toy.TALLIES, "tally_1")
    assert tally.total == 3
    assert [row["sequence"] for row in await outbox(service)] == [1, 2, 3, 4]


async def test_a_stale_save_is_a_conflict_and_stores_no_event(service: Service) -> None:
    await toy.open_tally(service, "tally_1")
    unit = UnitOfWork(service.store, actor=Actor())
    stale = await unit.get(toy.TALLIES, "tally_1")
    unit.save(toy.TALLIES, stale, stale.raise_by_one())
    await toy.raise_tally(service, "tally_1")

    with pytest.raises((Conflict, Duplicate)):
        await service.store.commit(unit)

    assert len(await outbox(service)) == 2


async def test_commands_that_arrive_together_share_a_commit_and_one_bad_one_spoils_none(service: Service) -> None:
    await toy.open_tally(service, "tally_taken")

    async def try_open(name: str) -> str | None:
        unit = UnitOfWork(service.store, actor=Actor())
        unit.add(toy.TALLIES, toy.Tally(id=name), [toy.TallyOpened(tally_id=name)])
        try:
            await service.store.commit(unit)
        except Duplicate:
            return None
        return name

    names = [f"tally_{number}" for number in range(50)]
    done = await asyncio.gather(*map(try_open, ["tally_taken", *names, "tally_taken"]))

    assert [name for name in done if name] == names
    assert await service.mongo["tallies"].count_documents({}) == 51


async def test_an_unknown_aggregate_is_not_found(service: Service) -> None:
    with pytest.raises(NotFound):
        await toy.raise_tally(service, "tally_none")


async def test_a_service_starts_beside_a_transaction_that_a_dead_one_left_open(service: Service) -> None:
    session = await maybe_await(service.mongo._client.start_session())
    async with session:
        await maybe_await(session.start_transaction())
        row = {
            "_id": "event_1",
            "type": "t",
            "aggregate_id": "a",
            "sequence": 1,
            "data": "{}",
            "recorded_at": utc_now(),
        }
        await service.mongo[OUTBOX.name].insert_one(row, session=session)

        async with asyncio.timeout(4):
            await service.mongo.ensure(service.collections)

        await session.abort_transaction()


async def test_a_server_too_busy_to_answer_in_time_is_asked_again_at_start(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = service.mongo.database.create_collection
    asked: list[str] = []

    async def too_late(name: str, **options: Any) -> None:
        asked.append(name)
        await make(name, **options)
        if len(asked) == 1:
            raise NetworkTimeout("it was made, and nobody heard of it")

    monkeypatch.setattr(service.mongo.database, "create_collection", too_late)

    await service.mongo.ensure([CollectionSpec("late", indexes=[IndexModel("day", name="day")])])

    assert asked == ["late", "late"]
    assert "day" in await service.mongo["late"].index_information()


async def test_what_two_parts_of_a_decision_do_to_one_aggregate_is_both_saved(service: Service) -> None:
    await toy.open_tally(service, "tally_1")
    fresh = toy.Tally(id="tally_2")

    async def attempt(unit: UnitOfWork) -> None:
        first = await unit.get(toy.TALLIES, "tally_1")
        unit.save(toy.TALLIES, first, first.raise_by_one())
        unit.add(toy.TALLIES, fresh, [toy.TallyOpened(tally_id="tally_2")])
        row = await unit.mongo["tallies"].find_one({"_id": "tally_1"})
        assert row is not None
        again = unit.known(toy.TALLIES, row)
        unit.save(toy.TALLIES, again, again.raise_by_one())
        unit.save(toy.TALLIES, fresh, fresh.raise_by_one())

    await service.store.run(attempt)

    rows = await service.mongo["tallies"].find().sort("_id", 1).to_list()
    assert [(row["_id"], row["total"], row["version"]) for row in rows] == [("tally_1", 2, 2), ("tally_2", 1, 1)]
    assert [(row["aggregate_id"], row["sequence"]) for row in await outbox(service)] == [
        *(("tally_1", number) for number in (1, 2, 3)),
        *(("tally_2", number) for number in (1, 2)),
    ]


async def test_rows_that_follow_from_an_aggregate_come_change_and_go_with_it(service: Service) -> None:
    """Also when it is saved twice in one decision; and what loses a race changes none."""

    def rows(tally: toy.Tally) -> list[dict[str, object]]:
        return [{"_id": f"{tally.id}/{n}", "of": tally.total} for n in range(tally.total, 3)]

    followed = dataclasses.replace(toy.TALLIES, rows=Rows(CollectionSpec("left"), rows))

    async def left() -> list[tuple[str, int]]:
        return [(row["_id"], row["of"]) async for row in service.mongo["left"].find().sort("_id", 1)]

    async def opened(unit: UnitOfWork) -> None:
        unit.add(followed, toy.Tally(id="tally_1"), [toy.TallyOpened(tally_id="tally_1")])

    async def raised_twice(unit: UnitOfWork) -> None:
        for _ in range(2):
            tally = await unit.get(followed, "tally_1")
            unit.save(followed, tally, tally.raise_by_one())

    await service.store.run(opened)
    assert await left() == [("tally_1/0", 0), ("tally_1/1", 0), ("tally_1/2", 0)]
    stale = UnitOfWork(service.store, actor=Actor())
    tally = await stale.get(followed, "tally_1")
    tally.raise_by_one()
    stale.save(followed, tally)
    await service.store.run(raised_twice)
    assert await left() == [("tally_1/2", 2)]

    with pytest.raises(Conflict):
        await service.store.commit(stale)

    assert await left() == [("tally_1/2", 2)]
