"""The schema of routing's subgraph."""

from strawberry.schema.config import StrawberryConfig

from services.chassis.graphql.schema import Schema
from services.routing.graphql.mutations import Mutation
from services.routing.graphql.queries import Query
from services.routing.graphql.subscriptions import Subscription
from services.routing.graphql.types.area import GEOJSON_SCALAR, GeoJSON
from services.routing.graphql.types.report import Report

schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Report],
    config=StrawberryConfig(scalar_map={GeoJSON: GEOJSON_SCALAR}),
)
