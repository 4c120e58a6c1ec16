"""The directory in force as this process knows it: read at start, read again when its version changes."""

import asyncio
import dataclasses
import logging

from services.chassis.errors import StoreError
from services.chassis.unit_of_work import Store
from services.routing.model.organisation.directory import Directory
from services.routing.model.rules.routing import RoutingTable
from services.routing.store.absence import read_away
from services.routing.store.category import dispute_types
from services.routing.store.organisation import ABSENCES_ID, current_version, read_directory

log = logging.getLogger(__name__)

_POLL_SECONDS = 2.0
# Replicas have read a change by then.
KNOWN_EVERYWHERE_SECONDS = 1.5 * _POLL_SECONDS


class LiveDirectory:
    """Holds the present directory and its routing table; both are replaced together."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.current = Directory()
        self.table = RoutingTable(self.current)

    async def refresh(self) -> None:
        """Read the organisation again if it has changed. Raises StoreError."""
        mongo, now, known = self._store.mongo, self._store.clock(), self.current
        absences = await current_version(mongo, ABSENCES_ID)
        if (known.version, known.dispute_types) == (await current_version(mongo), await dispute_types(mongo)):
            if known.absences_version != absences:  # who is away decides nothing about rules: the table stays
                away = await read_away(mongo, now)
                self.current = dataclasses.replace(self.current, absences_version=absences, away=away)
            return
        self.current = await read_directory(mongo, now)
        self.table = RoutingTable(self.current)
        log.info("organisation read", extra={"version": self.current.version, "rules": len(self.current.rules)})

    async def follow(self) -> None:
        """Stay up to date for ever, so that every replica routes by the same rules; cancel to stop."""
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            try:
                await self.refresh()
            except StoreError as error:
                log.warning("organisation not readable", extra={"error": type(error).__name__})
