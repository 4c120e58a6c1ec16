"""A domain of one aggregate, small enough to see through: a tally that is raised, and services to raise and watch it."""

from typing import ClassVar

import msgspec

from services.chassis.app import Service
from services.chassis.errors import Refusal
from services.chassis.events import Actor, EventData
from services.chassis.mongo import CollectionSpec
from services.chassis.settings import Secret, ServiceSettings
from services.chassis.unit_of_work import AggregateSpec, Command, UnitOfWork

WATCHED = CollectionSpec("watched")


class TallyOpened(EventData, frozen=True):
    type: ClassVar[str] = "huying.raiser.tally.opened.v1"
    tally_id: str


class TallyRaised(EventData, frozen=True):
    type: ClassVar[str] = "huying.raiser.tally.raised.v1"
    tally_id: str
    total: int


class BellRung(EventData, frozen=True):
    """Of another word than the tally, and numbered with its events."""

    type: ClassVar[str] = "huying.raiser.bell.rung.v1"
    total: int


class TallyFull(Refusal):
    code = "TALLY_FULL"
    en = "The tally stands at {total} and cannot be raised."
    zh = "计数已达{total}。"


class Tally(msgspec.Struct, kw_only=True):
    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = {}
    total: int = 0

    def raise_by_one(self) -> list[EventData]:
        if self.total >= 3:
            raise TallyFull(total=self.total)
        self.total += 1
        return [TallyRaised(tally_id=self.id, total=self.total)]


TALLIES = AggregateSpec(CollectionSpec("tallies"), Tally, "tally", "tally")


def settings(mongo_url: str, nats_url: str, database: str, driver: str = "motor") -> ServiceSettings:
    return ServiceSettings(
        listen="127.0.0.1:0",
        mongo_url=Secret(mongo_url),
        mongo_database=database,
        mongo_driver=driver,  # type: ignore[arg-type]  # parametrised
        nats_url=nats_url,
    )


def raiser(mongo_url: str, nats_url: str, database: str, driver: str = "motor") -> Service:
    """A service that owns tallies."""
    return Service("raiser", settings(mongo_url, nats_url, f"{database}_raiser", driver), [TALLIES.collection])


async def open_tally(service: Service, tally_id: str, key: str | None = None) -> Tally:
    async def attempt(unit: UnitOfWork) -> Tally:
        tally = Tally(id=tally_id)
        unit.add(TALLIES, tally, [TallyOpened(tally_id=tally_id)])
        return tally

    return await service.store.run(
        attempt, actor=Actor(person="person_1"), command=_command("open", key, tally_id), replay=_replay(service)
    )


async def raise_tally(service: Service, tally_id: str, key: str | None = None, given: object = None) -> Tally:
    async def attempt(unit: UnitOfWork) -> Tally:
        tally = await unit.get(TALLIES, tally_id)
        unit.save(TALLIES, tally, tally.raise_by_one())
        return tally

    return await service.store.run(attempt, command=_command("raise", key, given), replay=_replay(service))


async def ring(service: Service, tally_id: str) -> None:
    async def attempt(unit: UnitOfWork) -> None:
        tally = await unit.get(TALLIES, tally_id)
        unit.save(TALLIES, tally, [BellRung(total=tally.total)])

    await service.store.run(attempt)


def _command(name: str, key: str | None, given: object) -> Command | None:
    return Command.of("person_1", name, key, given) if key else None


def _replay(service: Service):  # type: ignore[no-untyped-def]  # returns a coroutine function
    async def replay(tally_id: str) -> Tally:
        return await UnitOfWork(service.store, actor=Actor()).get(TALLIES, tally_id)

    return replay
