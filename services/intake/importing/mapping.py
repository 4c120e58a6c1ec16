"""How a foreign report becomes one of ours: its category by a table, its place by a stated rule."""

import hashlib

from services.intake.importing.sources import Record
from services.intake.model.areas import Area, AreaMap
from services.intake.model.category import Catalogue, Category
from services.intake.model.values import Kind, Place

# Names and numbers of places in the sources are pseudonyms or of other cities: no map has them.
RULE = "place: blake2b(source/id) picks a grid, the point is inside it; category: table 1"

# Top-level classes of provincial message boards, to the codes of our own tree.
_CLASSES = {
    "劳动和社会保障": "labour",
    "城乡建设": "building",
    "教育文体": "welfare",
    "商贸旅游": "market",
    "环境保护": "env",
    "卫生计生": "welfare_health",
    "交通运输": "traffic",
    "国土资源": "building_land",
    "经济管理": "market",
    "科技与信息产业": "market",
    "民政": "welfare",
    "农村农业": "env",
    "政法": "safety",
    "党务政务": "welfare",
    "纪检监察": "welfare",
}

# Words in category and subcategory of 311 requests; the first that occurs decides.
_WORDS = (
    ("street light", "traffic_light"),
    ("signal", "traffic_light"),
    ("pothole", "traffic_road"),
    ("highway", "traffic_road"),
    ("sidewalk", "traffic_road"),
    ("abandoned", "traffic_parking"),
    ("parking", "traffic_parking"),
    ("traffic", "traffic"),
    ("street", "traffic"),
    ("sign", "traffic"),
    ("recycling", "env_waste"),
    ("sanitation", "env_waste"),
    ("trash", "env_waste"),
    ("dirty", "env_waste"),
    ("waste", "env_waste"),
    ("clean", "env_waste"),
    ("sw-", "env_waste"),
    ("rodent", "env"),
    ("graffiti", "env"),
    ("sewer", "env_water"),
    ("ww", "utility_water"),
    ("water", "utility_water"),
    ("tree", "env_green"),
    ("park", "env_green"),
    ("noise", "neighbour_noise"),
    ("gas", "utility_gas"),
    ("fire", "safety_fire"),
    ("housing", "property"),
    ("heat", "property"),
    ("building", "building"),
    ("hcd", "building"),
    ("construction", "building_site"),
    ("health", "welfare_health"),
    ("hlth", "welfare_health"),
    ("food", "market_food"),
    ("weights", "market"),
    ("enforcement", "building_illegal"),
    ("sw", "env_waste"),
)
_FALLBACKS = ("other", "welfare")

_OPENINGS = (
    (("请问", "咨询"), Kind.CONSULTATION),
    (("建议",), Kind.SUGGESTION),
    (("求助", "请求"), Kind.HELP),
)


def category(catalogue: Catalogue, record: Record) -> Category | None:
    """Ours for a foreign category: by name or alias, by the tables, else the fallback; None when the tree has none of them."""
    for name in (record.subcategory, record.category):
        if name and (found := catalogue.named(name)):
            return found
    if (code := _CLASSES.get(record.category)) and (found := catalogue.get(code)):
        return found
    words = f"{record.category} {record.subcategory}".casefold()
    for word, code in _WORDS:
        if word in words and (found := catalogue.get(code)):
            return found
    return next((found for code in _FALLBACKS if (found := catalogue.get(code))), None)


def kind(record: Record) -> Kind:
    """By how the title begins; requests without a title are complaints like most."""
    return next((kind for words, kind in _OPENINGS if record.text.startswith(words)), Kind.COMPLAINT)


def place(areas: AreaMap, source: str, record: Record) -> tuple[Place, Area]:
    """The place `RULE` gives: the same for the same line as long as the grids stay. Raises AreasNotLoaded."""
    number = hashlib.blake2b(f"{source}/{record.id}".encode(), digest_size=8).digest()
    return areas.assigned(int.from_bytes(number))
