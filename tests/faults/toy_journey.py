"""The smallest journey with every kind of stage: a tally is opened, its witness makes a note, the tally hears of the note.

The witness's effect is not idempotent by itself, and no unique index helps: what happens once here happens once by the chassis alone.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar

import msgspec

from services.chassis.app import Service
from services.chassis.consumer import Event, Subscription
from services.chassis.events import EventData
from services.chassis.ids import new_id
from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec, Command, UnitOfWork
from tests.chassis import toy
from tests.faults.journey import Journey, Stage


class NoteTaken(EventData, frozen=True, kw_only=True):
    type: ClassVar[str] = "huying.witness.note.taken.v1"
    tally_id: str


class Note(msgspec.Struct, kw_only=True):
    id: str
    tally_id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = {}


NOTES = AggregateSpec(CollectionSpec("notes"), Note, "note", "note")


async def _take_note(event: Event[toy.TallyOpened], unit: UnitOfWork) -> None:
    note = Note(id=new_id("note"), tally_id=event.data.tally_id)
    unit.add(NOTES, note, [NoteTaken(tally_id=note.tally_id)])


async def _hear_of_note(event: Event[NoteTaken], unit: UnitOfWork) -> None:
    tally = await unit.get(toy.TALLIES, event.data.tally_id)
    unit.save(toy.TALLIES, tally, tally.raise_by_one())


class ToyJourney(Journey):
    """Raiser → witness → raiser."""

    stages = (
        Stage("submit", "raiser"),
        Stage("raiser relays", "raiser", relays=True),
        Stage("witness consumes", "witness", publisher="raiser"),
        Stage("witness relays", "witness", relays=True),
        Stage("raiser consumes", "raiser", publisher="witness"),
    )

    def build(self) -> Mapping[str, Service]:
        place = self.place
        raiser = toy.raiser(place.mongo_url, place.nats_url, place.database)
        raiser.consume("witness", [Subscription(NoteTaken, _hear_of_note)])
        settings = toy.settings(place.mongo_url, place.nats_url, f"{place.database}_witness")
        witness = Service("witness", settings, [NOTES.collection])
        witness.consume("raiser", [Subscription(toy.TallyOpened, _take_note)])
        return {"raiser": raiser, "witness": witness}

    async def prepare(self) -> None:
        pass

    async def submit(self, key: str, acknowledge: Callable[[str], None] = lambda _: None) -> str:
        store = self.services["raiser"].store

        async def attempt(unit: UnitOfWork) -> str:
            tally = toy.Tally(id=new_id("tally"))
            unit.add(toy.TALLIES, tally, [toy.TallyOpened(tally_id=tally.id)])
            return tally.id

        async def replay(tally_id: str) -> str:
            return tally_id

        matter = await store.run(attempt, command=Command.of("person_1", "open", key, {}), replay=replay)
        acknowledge(matter)
        return matter

    async def violations(self, matter: str) -> list[str]:
        tallies = self.services["raiser"].mongo["tallies"]
        notes = self.services["witness"].mongo["notes"]
        tally = await tallies.find_one({"_id": matter})
        found = []
        if tally is None:
            found.append(f"lost: {matter}")
        elif tally["total"] != 1:
            found.append(f"{matter} heard of {tally['total']} notes")
        if (taken := await notes.count_documents({"tally_id": matter})) != 1:
            found.append(f"{taken} notes for {matter}")
        opened, noted = await tallies.count_documents({}), await notes.count_documents({})
        if opened != noted:
            found.append(f"{opened} tallies, {noted} notes")
        return found
