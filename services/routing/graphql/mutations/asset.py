"""Input, payload and resolver of each mutation on assets."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome, rows_refused
from services.routing.graphql.types.asset import Asset
from services.routing.handlers.field import asset as handlers
from services.routing.model.field import asset as model
from services.routing.rows import RowFormat
from services.routing.views.asset import see

strawberry.enum(RowFormat, name="RowFormat", description="How a list is written down. 导入格式。")


@strawberry.type
class AssetPayload:
    """The asset as it is now, null when refused. 设施,被拒绝时为空。"""

    asset: Asset | None
    errors: list[UserError]


@strawberry.type
class AssetImportPayload:
    """What the import did, or on a dry run would do; with a bad row nothing. 导入结果。"""

    added: int
    corrected: int
    unchanged: int
    bad_rows: list[UserError] = strawberry.field(
        description="Rows that cannot be used; the first 50, `path` is the row's number. 有误的行(前50行)。"
    )
    errors: list[UserError]


@strawberry.input
class RegisterAssetInput:
    idempotency_key: str = strawberry.field(description=KEY)
    code: str = strawberry.field(description="The owner's number, unique. 设施编号,唯一。")
    kind: str
    name: str
    lon: float
    lat: float
    owner_unit: strawberry.ID
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="By default the smallest area at the place. 默认为坐标所在最小区域。"
    )
    inspect_every_days: int | None = None


@strawberry.input
class ImportAssetsInput:
    idempotency_key: str = strawberry.field(description=KEY)
    format: RowFormat
    content: str = strawberry.field(
        description="Columns: code, kind, name, lon, lat, owner_unit, area_id, inspect_every_days; 2000 rows. 文件内容。"
    )
    dry_run: bool = strawberry.field(default=False, description="Say what would change. 仅预演。")


@strawberry.input
class InspectAssetInput:
    idempotency_key: str = strawberry.field(description=KEY)
    asset_id: strawberry.ID
    sound: bool
    note: str | None = None


@strawberry.input
class RetireAssetInput:
    idempotency_key: str = strawberry.field(description=KEY)
    asset_id: strawberry.ID
    reason: str


@strawberry.input
class AttachReportToAssetInput:
    idempotency_key: str = strawberry.field(description=KEY)
    asset_id: strawberry.ID
    report_id: strawberry.ID


@strawberry.type
class AssetMutations:
    @strawberry.mutation(description="Add an asset to the register; for the centre. 登记设施。")
    async def register_asset(
        self, info: Info, given: Annotated[RegisterAssetInput, strawberry.argument(name="input")]
    ) -> AssetPayload:
        c = info.context
        asset = handlers.AssetGiven(
            code=given.code,
            kind=given.kind,
            name=given.name,
            lon=given.lon,
            lat=given.lat,
            owner_unit=given.owner_unit,
            area_id=given.area_id,
            inspect_every_days=given.inspect_every_days,
        )
        return await _payload(
            info, handlers.register_asset(c.store, c.directory, c.viewer, given.idempotency_key, asset)
        )

    @strawberry.mutation(description="Bring the register in step with a list; for the centre. 导入设施台账。")
    async def import_assets(
        self, info: Info, given: Annotated[ImportAssetsInput, strawberry.argument(name="input")]
    ) -> AssetImportPayload:
        c = info.context
        done, errors = await outcome(
            info,
            handlers.import_assets(
                *(c.store, c.directory, c.viewer, given.idempotency_key, given.format, given.content),
                dry_run=given.dry_run,
            ),
        )
        if done is None:
            return AssetImportPayload(added=0, corrected=0, unchanged=0, bad_rows=[], errors=errors)
        bad_rows, errors = rows_refused(info, done.bad, dry_run=given.dry_run)
        return AssetImportPayload(
            added=done.added, corrected=done.corrected, unchanged=done.unchanged, bad_rows=bad_rows, errors=errors
        )

    @strawberry.mutation(description="Record an inspection. 登记检查。")
    async def inspect_asset(
        self, info: Info, given: Annotated[InspectAssetInput, strawberry.argument(name="input")]
    ) -> AssetPayload:
        c = info.context
        doing = handlers.inspect_asset(
            c.store, c.viewer, given.idempotency_key, given.asset_id, sound=given.sound, note=given.note
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Take an asset out of use; for the centre. 停用设施。")
    async def retire_asset(
        self, info: Info, given: Annotated[RetireAssetInput, strawberry.argument(name="input")]
    ) -> AssetPayload:
        c = info.context
        doing = handlers.retire_asset(c.store, c.viewer, given.idempotency_key, given.asset_id, given.reason)
        return await _payload(info, doing)

    @strawberry.mutation(description="Say that a report is about this asset; for staff. 诉求关联设施。")
    async def attach_report_to_asset(
        self, info: Info, given: Annotated[AttachReportToAssetInput, strawberry.argument(name="input")]
    ) -> AssetPayload:
        c = info.context
        doing = handlers.attach_report(c.store, c.viewer, given.idempotency_key, given.asset_id, given.report_id)
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.Asset]) -> AssetPayload:
    asset, errors = await outcome(info, doing)
    seen = see(info.context.viewer, asset) if asset else None
    return AssetPayload(asset=Asset.of(seen) if seen else None, errors=errors)
