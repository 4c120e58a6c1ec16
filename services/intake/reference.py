"""Areas and categories in memory, kept in step with the store, so that a submission reads nothing."""

import asyncio
import logging
import time

from services.chassis.errors import Refusal
from services.chassis.mongo import Mongo
from services.intake import views
from services.intake.errors import AreasNotLoaded, PlaceOutsideDistrict, UnknownArea, UnknownCategory
from services.intake.model.areas import Area, AreaMap
from services.intake.model.category import Catalogue, Category
from services.intake.model.values import Place
from services.intake.store import AREAS, CATEGORIES

log = logging.getLogger(__name__)

_POLL_SECONDS = 2.0
_MISS_SECONDS = 0.25


class Reference:
    """Each replica has one. A change anywhere is seen within two seconds, and at once when something is not found."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._stamps: dict[str, tuple[int, int]] = {}
        self._checked_at = float("-inf")
        self._refreshing = asyncio.Lock()
        self.areas = AreaMap([])
        self.categories = Catalogue([])

    async def refresh(self) -> bool:
        """Read again what has changed. Returns whether anything has."""
        async with self._refreshing:
            self._checked_at = time.monotonic()
            areas = await views.stamp(self._mongo, AREAS.name)
            categories = await views.stamp(self._mongo, CATEGORIES.name)
            changed = False
            if areas != self._stamps.get(AREAS.name, (0, 0)):
                self.areas = await asyncio.to_thread(AreaMap, await views.areas(self._mongo))
                self._stamps[AREAS.name] = areas
                changed = True
            if categories != self._stamps.get(CATEGORIES.name, (0, 0)):
                self.categories = Catalogue(await views.categories(self._mongo))
                self._stamps[CATEGORIES.name] = categories
                changed = True
            return changed

    async def keep_fresh(self) -> None:
        """For ever; cancel to stop."""
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            try:
                await self.refresh()
            except Exception as error:  # the store will be back; what is in memory stays good
                log.warning("reference data not read", extra={"error": type(error).__name__})

    async def area_at(self, place: Place) -> Area:
        """The grid of a place. Raises AreasNotLoaded, PlaceOutsideDistrict."""
        try:
            return self.areas.at(place)
        except (AreasNotLoaded, PlaceOutsideDistrict):
            if not await self._missed(len(self.areas)):
                raise
            return self.areas.at(place)

    async def area(self, area_id: str) -> Area:
        """The area with this id. Raises UnknownArea."""
        if area_id not in self.areas.by_id:
            await self._missed(len(self.areas))
        try:
            return self.areas.by_id[area_id]
        except KeyError:
            raise UnknownArea(path=("areaId",), area=area_id) from None

    async def category(self, code: str) -> Category:
        """The category with this code. Raises UnknownCategory."""
        found = self.categories.get(code)
        if found is None and await self._missed(len(self.categories)):
            found = self.categories.get(code)
        if found is None:
            refusal: Refusal = UnknownCategory(path=("category",), category=code)
            raise refusal
        return found

    async def root_path(self) -> list[str]:
        """The path of the district. Raises AreasNotLoaded."""
        if not len(self.areas):
            await self._missed(0)
        return self.areas.root_path()

    async def _missed(self, known: int) -> bool:
        """Look at once, but not for every wrong input of a busy minute."""
        if known and time.monotonic() - self._checked_at < _MISS_SECONDS:
            return False
        return await self.refresh()
