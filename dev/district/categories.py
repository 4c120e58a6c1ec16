"""The category tree: ten top-level kinds of our own (I-12), or a real tree converted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2s
from pathlib import Path
from typing import Any, TypeVar

from dev.district.model import Category, DisputeType, Urgency

_Value = TypeVar("_Value", bound=str)


@dataclass(frozen=True)
class _Kind:
    code: str
    name: str
    name_en: str
    dispute_type: DisputeType | None = None
    urgency: Urgency = "routine"
    aliases: tuple[str, ...] = ()


_TREE: dict[_Kind, tuple[_Kind, ...]] = {
    _Kind("env", "环境卫生", "Environment and sanitation", aliases=("市容环卫", "Sanitation")): (
        _Kind("env_waste", "垃圾清运", "Waste collection", aliases=("垃圾堆积", "Missed Pickup")),
        _Kind("env_water", "水体与排污", "Water bodies and sewage", aliases=("河涌发臭",)),
        _Kind("env_green", "绿化养护", "Trees and green spaces", aliases=("树木倒伏", "Tree")),
        _Kind("env_smoke", "油烟与扬尘", "Cooking fumes and dust", aliases=("餐饮油烟",)),
    ),
    _Kind("traffic", "交通出行", "Traffic and streets", aliases=("道路交通",)): (
        _Kind("traffic_parking", "违停占道", "Illegal parking", aliases=("乱停车", "Parking")),
        _Kind("traffic_road", "道路破损", "Road damage", aliases=("路面坑洼", "Pothole")),
        _Kind("traffic_light", "路灯与信号", "Street lights and signals", aliases=("路灯不亮",)),
    ),
    _Kind("property", "物业管理", "Property management", aliases=("小区物业",)): (
        _Kind("property_service", "物业服务纠纷", "Property-service dispute", "property"),
        _Kind("property_lift", "电梯故障", "Lift fault", None, "urgent", ("电梯困人",)),
        _Kind(
            "property_retrofit",
            "旧楼加装电梯",
            "Lift retrofit",
            "lift_retrofit",
            aliases=("加装电梯",),
        ),
        _Kind("property_fund", "维修资金与业委会", "Repair fund and owners' committee", "property"),
    ),
    _Kind("utility", "水电燃气", "Water, power and gas", urgency="urgent", aliases=("公用事业",)): (
        _Kind("utility_water", "供水故障", "Water failure", None, "urgent", ("停水",)),
        _Kind("utility_power", "供电故障", "Power failure", None, "urgent", ("停电", "用电扩容")),
        _Kind("utility_gas", "燃气泄漏", "Gas leak", None, "critical", ("煤气泄漏",)),
    ),
    _Kind("safety", "公共安全", "Public safety", urgency="urgent", aliases=("安全隐患",)): (
        _Kind("safety_fire", "消防隐患", "Fire hazard", None, "critical", ("消防通道堵塞",)),
        _Kind("safety_falling", "高空抛物", "Falling objects", None, "urgent", ("高空坠物",)),
        _Kind("safety_charging", "电动车违规充电", "Unsafe e-bike charging", None, "urgent"),
        _Kind("safety_fraud", "涉诈线索", "Fraud tip-off", None, "urgent", ("电信诈骗",)),
    ),
    _Kind("building", "规划建设", "Planning and building", aliases=("城建规划",)): (
        _Kind("building_illegal", "违法建设", "Illegal building", aliases=("违章搭建",)),
        _Kind("building_land", "征地拆迁", "Land and relocation", "land"),
        _Kind("building_site", "工地管理", "Building sites", aliases=("夜间施工",)),
    ),
    _Kind("neighbour", "邻里家庭", "Neighbours and families", aliases=("民间纠纷",)): (
        _Kind("neighbour_noise", "噪声扰民", "Noise", "neighbour", aliases=("广场舞噪音", "Noise")),
        _Kind("neighbour_leak", "楼上漏水", "Leak from above", "neighbour", aliases=("渗漏水",)),
        _Kind("neighbour_family", "家庭矛盾", "Family conflict", "family", "urgent", ("家暴",)),
        _Kind("neighbour_other", "其他民间纠纷", "Other civil dispute", "other"),
    ),
    _Kind("labour", "劳动保障", "Labour", aliases=("劳资",)): (
        _Kind("labour_wage", "拖欠工资", "Unpaid wages", "labour_wage", "urgent", ("欠薪", "讨薪")),
        _Kind("labour_injury", "工伤与保险", "Work injury and insurance"),
        _Kind("labour_job", "就业服务", "Job services", aliases=("求职",)),
    ),
    _Kind("market", "市场消费", "Markets and consumers", aliases=("市场监管",)): (
        _Kind("market_consumer", "消费纠纷", "Consumer dispute", "consumer", aliases=("退款难",)),
        _Kind("market_prepaid", "预付卡退费", "Prepaid-card refund", "consumer"),
        _Kind("market_food", "食品安全", "Food safety", None, "urgent"),
        _Kind("market_stall", "无照经营", "Unlicensed trading", aliases=("占道经营",)),
    ),
    _Kind("welfare", "民生服务", "Public welfare", aliases=("便民服务",)): (
        _Kind("welfare_elderly", "养老助残", "Elderly and disabled care", aliases=("独居老人",)),
        _Kind("welfare_minor", "未成年人关爱", "Care for minors", None, "urgent"),
        _Kind("welfare_health", "医疗卫生", "Health services", aliases=("看病",)),
    ),
}

# Words by which a foreign category's name tells its dispute type and urgency.
_DISPUTE_WORDS: tuple[tuple[DisputeType, tuple[str, ...]], ...] = (
    ("lift_retrofit", ("加装电梯",)),
    ("labour_wage", ("欠薪", "工资发放", "拖欠工资", "劳动合同纠纷", "劳务派遣纠纷")),
    ("property", ("物业",)),
    ("land", ("拆迁", "征收与补偿", "权属纠纷", "宅基地")),
    ("consumer", ("消费者", "消费维权", "消费纠纷")),
    ("family", ("家庭矛盾", "婚姻家庭")),
    ("neighbour", ("邻里", "噪声扰民")),
    ("other", ("纠纷",)),
)
_URGENCY_WORDS: tuple[tuple[Urgency, tuple[str, ...]], ...] = (
    ("critical", ("事故", "消防", "泄漏")),
    ("urgent", ("安全隐患", "燃气", "供水", "供电", "停水", "停电", "电力", "食品安全", "欠薪")),
)

# Words by which a foreign top-level category finds the theme, and with it the units, of our own.
_THEME_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("building", ("城乡", "城市", "规划", "国土", "建设")),
    ("env", ("环境", "环保", "农村", "农业", "水利")),
    ("traffic", ("交通",)),
    ("labour", ("劳动", "社会保障", "就业")),
    ("market", ("商", "经济", "市场", "消费", "科技")),
    ("safety", ("安全", "政法", "治安", "公安")),
    ("welfare", ("卫生", "教育", "民政", "文体", "服务")),
)


def themes() -> list[str]:
    """The codes of our ten top-level categories, by which units hold their competences."""
    return [kind.code for kind in _TREE]


def own_tree() -> list[Category]:
    """Our ten top-level categories with their children, parents first."""
    categories = []
    for top, children in _TREE.items():
        categories.append(_category(top, None))
        categories.extend(_category(child, top.code) for child in children)
    return categories


def convert_tree(path: Path) -> list[Category]:
    """A real tree `{levels, tree: [{name, children: […]}]}` as categories, parents first.

    A code is a digest of the names from the root, so it stays when siblings come and go. The file
    has no English names: `name_en` repeats the name. Raises `ValueError` for an empty tree or a
    name that stands twice under one parent.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    categories = list(_walk(document.get("tree", []), None, ()))
    codes = {category["code"] for category in categories}
    if not categories:
        raise ValueError(f"{path.name}: no category in it")
    if len(codes) != len(categories):
        raise ValueError(f"{path.name}: a name stands twice under one parent")
    return categories


def theme_of(category: Category) -> str:
    """The theme (one of `themes()`) a top-level category belongs to, for competences."""
    if category["code"] in themes():
        return category["code"]
    for theme, words in _THEME_WORDS:
        if any(word in category["name"] for word in words):
            return theme
    return "welfare"


def _category(kind: _Kind, parent: str | None) -> Category:
    return Category(
        code=kind.code,
        name=kind.name,
        name_en=kind.name_en,
        parent=parent,
        path=[kind.code] if parent is None else [parent, kind.code],
        dispute_type=kind.dispute_type,
        urgency=kind.urgency,
        aliases=list(kind.aliases),
    )


def _walk(nodes: list[dict[str, Any]], parent: Category | None, above: tuple[str, ...]) -> Iterator[Category]:
    for node in nodes:
        name = str(node["name"])
        trail = (*above, name)
        code = f"c_{blake2s('/'.join(trail).encode(), digest_size=5).hexdigest()}"
        category = Category(
            code=code,
            name=name,
            name_en=name,
            parent=parent["code"] if parent else None,
            path=[*(parent["path"] if parent else []), code],
            dispute_type=_first(_DISPUTE_WORDS, name),
            urgency=_first(_URGENCY_WORDS, name) or "routine",
            aliases=[],
        )
        yield category
        yield from _walk(node.get("children") or [], category, trail)


def _first(table: tuple[tuple[_Value, tuple[str, ...]], ...], name: str) -> _Value | None:
    return next((value for value, words in table if any(word in name for word in words)), None)
