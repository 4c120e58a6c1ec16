"""The subgraph's schema."""

from strawberry.schema.config import StrawberryConfig

from services.chassis.graphql.schema import Schema
from services.mediation.graphql.mutations import Mutation
from services.mediation.graphql.queries import Query
from services.mediation.graphql.scalars import FEN, Fen
from services.mediation.graphql.subscriptions import Subscription
from services.mediation.graphql.types import MediationCase, Report

schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[MediationCase, Report],
    config=StrawberryConfig(scalar_map={Fen: FEN}),
)
