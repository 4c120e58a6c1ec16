"""What mediation's resolvers may use."""

from collections.abc import Sequence

from strawberry.dataloader import DataLoader

from services.chassis.graphql.context import RequestContext
from services.chassis.identity import Caller
from services.chassis.live import Live
from services.chassis.unit_of_work import Store
from services.mediation import views
from services.mediation.model import MediationCase


class MediationContext(RequestContext):
    """One request: the caller, the store and loaders that answer all entities of the request with one read."""

    def __init__(self, caller: Caller | None, language: str, store: Store, live: Live) -> None:
        super().__init__(caller, language)
        self.store = store
        self.live = live
        self.cases: DataLoader[str, MediationCase | None] = DataLoader(self._cases)
        self.cases_of_reports: DataLoader[str, MediationCase | None] = DataLoader(self._cases_of_reports)

    async def _cases(self, ids: Sequence[str]) -> list[MediationCase | None]:
        return await views.visible_cases(self.store.mongo, self.caller, ids)

    async def _cases_of_reports(self, ids: Sequence[str]) -> list[MediationCase | None]:
        return await views.visible_cases_of_reports(self.store.mongo, self.caller, ids)
