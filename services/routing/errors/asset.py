"""Refusals of commands on assets, and of files that list them."""

from services.chassis.errors import Refusal


class AssetRetired(Refusal):
    code = "ASSET_RETIRED"
    en = "The asset was retired."
    zh = "该设施已停用。"


class AssetCodeTaken(Refusal):
    code = "ASSET_CODE_TAKEN"
    en = "Another asset has the code {asset}."
    zh = "编号{asset}已被其他设施使用。"


class PlaceOutsideAreas(Refusal):
    code = "PLACE_OUTSIDE_AREAS"
    en = "The place is in none of your areas."
    zh = "该位置不在您的辖区内。"


class AlreadyAttached(Refusal):
    code = "ALREADY_ATTACHED"
    en = "The report is attached to this asset already."
    zh = "该诉求已关联此设施。"


class RowsRefused(Refusal):
    code = "ROWS_REFUSED"
    en = "Nothing was imported; {count} rows cannot be read or used."
    zh = "未导入:有{count}行无法读取或不可用。"


class TooManyRows(Refusal):
    code = "TOO_MANY_ROWS"
    en = "No more than {limit} rows at once."
    zh = "一次不得超过{limit}行。"
