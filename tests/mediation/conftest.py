"""Mediation with its store and bus open, and a way to send it GraphQL documents as somebody."""

import dataclasses
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest

from services.chassis.app import Service
from services.chassis.graphql.errors import formatted
from services.chassis.identity import Caller
from services.chassis.settings import Secret, ServiceSettings
from services.chassis.unit_of_work import UnitOfWork
from services.mediation.app import create_app
from services.mediation.graphql.context import MediationContext
from services.mediation.graphql.schema import schema
from services.mediation.model import MediationCase
from services.mediation.store import AREAS, CASES
from services.mediation.views import load_case
from tests.mediation.builders import PATH
from tests.refusals import said


@dataclasses.dataclass
class Mediation:
    """The service under test."""

    service: Service
    keys: Any = dataclasses.field(default_factory=lambda: count(1))

    async def given(self, case: MediationCase) -> MediationCase:
        """Store `case` as it is."""

        async def attempt(unit: UnitOfWork) -> None:
            unit.add(CASES, case, case.register())

        await self.service.store.run(attempt)
        return case

    async def case(self, case_id: str) -> MediationCase:
        """The case as stored."""
        return await load_case(self.service.mongo, case_id)

    def context(self, caller: Caller | None, language: str = "zh") -> MediationContext:
        return MediationContext(caller, language, self.service.store, self.service.live)

    async def execute(self, caller: Caller | None, document: str, **variables: Any) -> dict[str, Any]:
        """Data and errors of a document, as the endpoint would answer."""
        result = await schema.execute(document, variable_values=variables, context_value=self.context(caller))
        return {"data": result.data, "errors": formatted(result.errors or [], "zh")}

    async def ask(self, caller: Caller | None, document: str, **variables: Any) -> dict[str, Any]:
        """Data of a document that must succeed."""
        answer = await self.execute(caller, document, **variables)
        assert not answer["errors"], answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def do(self, caller: Caller, mutation: str, **given: Any) -> dict[str, Any]:
        """The payload of a mutation, its input in GraphQL's names; a key is made unless given."""
        given.setdefault("idempotencyKey", f"key-{next(self.keys)}")
        kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
        document = f"""mutation($input: {kind}) {{ {mutation}(input: $input) {{
          mediationCase {{ id number state outcome parties {{ id name role consented }}
            agreement {{ effectiveAt obligations {{ id amountFen fulfilledAt }} }} }}
          errors {{ code reason message path }} }} }}"""
        payload: dict[str, Any] = (await self.ask(caller, document, input=given))[mutation]
        return payload

    async def done(self, caller: Caller, mutation: str, **given: Any) -> dict[str, Any]:
        """The case after a mutation that must not be refused."""
        payload = await self.do(caller, mutation, **given)
        assert not payload["errors"], payload["errors"]
        case: dict[str, Any] = payload["mediationCase"]
        return case

    async def refused(self, caller: Caller, mutation: str, **given: Any) -> str:
        """The code with which a mutation is refused."""
        payload = await self.do(caller, mutation, **given)
        assert payload["mediationCase"] is None
        (error,) = payload["errors"]
        code: str = said(error)
        return code


def settings(mongo_url: str, nats_url: str, database: str) -> ServiceSettings:
    return ServiceSettings(
        listen="127.0.0.1:0", mongo_url=Secret(mongo_url), mongo_database=database, nats_url=nats_url
    )


@pytest.fixture
async def mediation(mongo_url: str, mongo_database: str, nats_url: str) -> AsyncIterator[Mediation]:
    """Mediation, its areas known, nothing running in the background."""
    service, _ = create_app(settings(mongo_url, nats_url, mongo_database))
    async with service.opened():
        for depth, area_id in enumerate(PATH, start=1):
            await service.mongo[AREAS.name].insert_one({"_id": area_id, "path": PATH[:depth]})
        yield Mediation(service)
        await service.live.close()
