"""Units, the posts in them and the people who hold the posts (R-05, R-17, R-18, R-19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dev.district import names
from dev.district.areas import DISTRICT_ID, MAIN_STREET_ID
from dev.district.competences import Codes
from dev.district.model import Area, Person, Post, PostLevel, TeamRole, Unit, UnitKind

CENTRE_UNIT = "unit_d01_centre"
CENTRE_DESK = "post_d01_centre_desk"
MEDIATION_UNIT = "unit_d01_mediation"
MEDIATION_HEAD = "post_d01_mediation_head"
ROOM_UNIT = "unit_d01_room_heye"
ROOM_MEDIATOR = "post_d01_room_heye_mediator"

# What a community committee handles first besides small disputes, on the caller's doorstep.
COMMUNITY_MATTERS = ("env_waste", "welfare_elderly")

_DEPARTMENTS = (
    ("city", "区城市管理局", "Urban Management Bureau", ("env",)),
    ("traffic", "区交通运输局", "Traffic Bureau", ("traffic",)),
    ("housing", "区住房管理局", "Housing Bureau", ("property",)),
    ("utility", "区公用事业局", "Public Utilities Bureau", ("utility",)),
    ("emergency", "区应急管理局", "Emergency Management Bureau", ("safety",)),
    ("planning", "区规划建设局", "Planning Bureau", ("building",)),
    ("justice", "区司法局", "Justice Bureau", ("neighbour",)),
    ("labour", "区人力资源局", "Labour Bureau", ("labour",)),
    ("market", "区市场监管局", "Market Bureau", ("market",)),
    ("civil", "区民政局", "Civil Affairs Bureau", ("welfare",)),
)
_BOARDS = (
    ("party", "党的建设板块", "Party-building board"),
    ("economy", "经济发展板块", "Economy board"),
    ("livelihood", "民生服务板块", "Livelihood board"),
    ("order", "平安法治板块", "Safety and law board"),
)
_MAIN_SECTIONS = (
    ("office", "党政综合办公室", "General Office", "party", ()),
    ("economy", "经济发展办公室", "Economy Section", "economy", ("market",)),
    ("building", "规划建设办公室", "Building Section", "economy", ("building", "property")),
    ("city", "城市管理办公室", "City Section", "livelihood", ("env", "traffic")),
    ("service", "公共服务办公室", "Service Section", "livelihood", ("welfare",)),
    ("labour", "劳动保障办公室", "Labour Section", "livelihood", ("labour",)),
    ("peace", "平安法治办公室", "Peace Section", "order", ("neighbour",)),
    ("emergency", "应急管理办公室", "Emergency Section", "order", ("safety", "utility")),
)
_STATIONED = (
    ("police", "派出所", "Police Station", "order", ("safety_fraud",)),
    ("fire", "消防救援站", "Fire Station", "order", ("safety_fire",)),
    ("justice", "司法所", "Justice Office", "order", ()),
    ("market", "市场监管所", "Market Office", "economy", ("market_food",)),
    ("power", "供电服务站", "Power Station", "livelihood", ("utility_power",)),
)
# Stationed units whose head stands by the teams of the street's grids.
_IN_TEAMS: dict[str, TeamRole] = {"police": "police", "justice": "lawyer"}
_SMALL_SECTIONS = (
    (
        "peace",
        "综合治理办公室",
        "Governance Section",
        ("neighbour", "safety", "utility", "building", "property"),
    ),
    (
        "service",
        "公共服务办公室",
        "Service Section",
        ("env", "traffic", "labour", "market", "welfare"),
    ),
)


@dataclass
class Staff:
    """Units, people and posts as they are set up; `person_of` tells who holds a role."""

    units: list[Unit] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    def hire(self, key: str) -> str:
        """A new person; the id tells the post, the name is the next invented one."""
        person_id = f"person_{key}"
        self.people.append(Person(id=person_id, name=names.person(len(self.people))))
        return person_id

    def unit(
        self,
        key: str,
        named: tuple[str, str],
        kind: UnitKind,
        parent: str | None,
        area: Area,
    ) -> str:
        """A new unit at the area's level."""
        level = area["level"]
        if level in {"grid", "micro_grid"}:
            raise ValueError(f"no unit stands at {level} level: {key}")
        unit_id = f"unit_{key}"
        self.units.append(
            Unit(
                id=unit_id,
                name=named[0],
                name_en=named[1],
                kind=kind,
                parent_id=parent,
                area_id=area["id"],
                level=level,  # type: ignore[typeddict-item]  # narrowed by the guard above
            )
        )
        return unit_id

    def post(
        self,
        key: str,
        titled: tuple[str, str],
        unit_id: str,
        level: PostLevel,
        area_ids: Sequence[str],
        competences: Sequence[str] = (),
        holders: tuple[str, str] | None = None,
        team_role: TeamRole | None = None,
    ) -> Post:
        """A new post, held by `holders` or by two new people; `team_role` is what it is in its grids' teams."""
        role_a, role_b = holders or (self.hire(f"{key}_a"), self.hire(f"{key}_b"))
        post = Post(
            id=f"post_{key}",
            title=titled[0],
            title_en=titled[1],
            unit_id=unit_id,
            level=level,
            area_ids=list(area_ids),
            competences=list(competences),
            role_a=role_a,
            role_b=role_b,
        )
        if team_role:
            post["team_role"] = team_role
        self.posts.append(post)
        return post


def staff_district(areas: Sequence[Area], codes: Codes) -> Staff:
    """All units, posts and people of the district, its streets, communities and grids."""
    staff = Staff()
    below: dict[str, list[Area]] = {}
    for area in areas:
        below.setdefault(area["parent_id"] or "", []).append(area)
    district = below[""][0]
    _district(staff, district, codes)
    for street in below[DISTRICT_ID]:
        staffed = _main_street if street["id"] == MAIN_STREET_ID else _small_street
        leaders = staffed(staff, street, codes)
        heads = [_community(staff, area, below[area["id"]], codes) for area in below[street["id"]]]
        if street["id"] == MAIN_STREET_ID:
            _decision_teams(staff, street, heads, leaders, below)
    return staff


def _district(staff: Staff, district: Area, codes: Codes) -> None:
    where = [DISTRICT_ID]
    centre = staff.unit(
        "d01_centre",
        ("区综合指挥调度中心", "District Command and Dispatch Centre"),
        "centre",
        None,
        district,
    )
    staff.post(
        "d01_centre_chief",
        ("指挥长", "Commander"),
        centre,
        "district",
        where,
        codes.all(),
    )
    staff.post("d01_centre_desk", ("派单席", "Dispatch desk"), centre, "district", where)
    mediation = staff.unit(
        "d01_mediation",
        ("区矛盾纠纷调处中心", "District Dispute-resolution Centre"),
        "centre",
        centre,
        district,
    )
    disputes = [category["code"] for category in codes.disputes()]
    staff.post(
        "d01_mediation_head",
        ("调处中心主任", "Head of the dispute-resolution centre"),
        mediation,
        "district",
        where,
        disputes,
    )
    room = staff.unit(
        "d01_room_heye",
        ("和叶调解室", "Heye Mediation Room"),
        "mediation_room",
        mediation,
        district,
    )
    staff.post(
        "d01_room_heye_mediator",
        ("首席调解员", "Chief mediator"),
        room,
        "district",
        where,
        disputes,
    )
    for key, name, name_en, own in _DEPARTMENTS:
        unit = staff.unit(
            f"d01_{key}",
            (name, f"District {name_en}"),
            "district_department",
            centre,
            district,
        )
        staff.post(
            f"d01_{key}_duty",
            ("值班负责人", "Duty head"),
            unit,
            "department",
            where,
            codes.of(own),
        )


def _centre(staff: Staff, street: Area, key: str, codes: Codes) -> tuple[str, Post]:
    name = street["name"]
    unit = staff.unit(
        f"{key}_centre",
        (f"{name}基层治理指挥中心", f"{street['name_en']} Governance Centre"),
        "centre",
        CENTRE_UNIT,
        street,
    )
    post = staff.post(
        f"{key}_centre_leader",
        ("街道值班领导", "Street leader on duty"),
        unit,
        "street",
        [street["id"]],
        codes.all(),
    )
    return unit, post


def _main_street(staff: Staff, street: Area, codes: Codes) -> list[Post]:
    """One centre, four boards, eight sections, five stationed units; the leaders' posts."""
    key, where = _key(street), [street["id"]]
    centre, leader = _centre(staff, street, key, codes)
    leaders = [leader]
    members = [*_MAIN_SECTIONS, *_STATIONED]
    boards: dict[str, str] = {}
    for board, name, name_en in _BOARDS:
        boards[board] = staff.unit(f"{key}_board_{board}", (name, name_en), "board", centre, street)
        covered = [own for *_, home, codes_of in members if home == board for own in codes_of]
        leaders.append(
            staff.post(
                f"{key}_board_{board}_leader",
                ("板块分管领导", "Leader in charge of the board"),
                boards[board],
                "street",
                where,
                codes.of(covered),
            )
        )
    kinds: list[UnitKind] = ["street_section"] * len(_MAIN_SECTIONS)
    kinds += ["stationed_unit"] * len(_STATIONED)
    for (unit_key, name, name_en, board, own), kind in zip(members, kinds, strict=True):
        prefix = "stationed_" if kind == "stationed_unit" else ""
        unit = staff.unit(
            f"{key}_{prefix}{unit_key}",
            (street["name"].removesuffix("街道") + name, f"{street['name_en']} {name_en}"),
            kind,
            boards[board],
            street,
        )
        staff.post(
            f"{key}_{prefix}{unit_key}_head",
            (f"{name}负责人", f"Head of the {name_en}"),
            unit,
            "street",
            where,
            codes.of(own),
            team_role=_IN_TEAMS.get(unit_key) if kind == "stationed_unit" else None,
        )
    return leaders


def _small_street(staff: Staff, street: Area, codes: Codes) -> list[Post]:
    """One centre and two sections that share all categories."""
    key = _key(street)
    centre, leader = _centre(staff, street, key, codes)
    for unit_key, name, name_en, own in _SMALL_SECTIONS:
        unit = staff.unit(
            f"{key}_{unit_key}",
            (street["name"].removesuffix("街道") + name, f"{street['name_en']} {name_en}"),
            "street_section",
            centre,
            street,
        )
        staff.post(
            f"{key}_{unit_key}_head",
            (f"{name}负责人", f"Head of the {name_en}"),
            unit,
            "street",
            [street["id"]],
            codes.of(own),
        )
    return [leader]


def _community(staff: Staff, community: Area, grids: Sequence[Area], codes: Codes) -> Post:
    """The committee, its head's post, and a head and an attendant for each grid."""
    key = _key(community)
    unit = staff.unit(
        f"{key}_committee",
        (f"{community['name']}居委会", f"{community['name_en']} Committee"),
        "community_committee",
        f"unit_{key.rpartition('_')[0]}_centre",
        community,
    )
    head = staff.post(
        f"{key}_head",
        ("社区书记", "Community head"),
        unit,
        "community",
        [community["id"]],
        [*codes.settled_in_community(), *codes.of(COMMUNITY_MATTERS)],
    )
    for grid in grids:
        grid_key = _key(grid)
        where = [grid["id"]]
        staff.post(f"{grid_key}_attendant", ("网格员", "Grid attendant"), unit, "grid", where, team_role="attendant")
        staff.post(f"{grid_key}_head", ("网格长", "Grid head"), unit, "grid", where)
    return head


def _decision_teams(
    staff: Staff,
    street: Area,
    heads: Sequence[Post],
    leaders: Sequence[Post],
    below: dict[str, list[Area]],
) -> None:
    """Each grid's three: a street leader, a middle cadre and the community's head (R-17)."""
    key = _key(street)
    centre = f"unit_{key}_centre"
    communities = below[street["id"]]
    rounds: dict[str, list[str]] = {leader["id"]: [] for leader in leaders}
    for number, (community, head) in enumerate(zip(communities, heads, strict=True)):
        grids = [grid["id"] for grid in below[community["id"]]]
        rounds[leaders[number % len(leaders)]["id"]] += grids
        staff.post(
            f"{_key(community)}_cadre",
            ("包格中层干部", "Middle cadre of the grid team"),
            centre,
            "grid",
            grids,
            team_role="middle_cadre",
        )
        staff.post(
            f"{_key(community)}_team_head",
            ("包格社区负责人", "Community head of the grid team"),
            head["unit_id"],
            "grid",
            grids,
            holders=(head["role_a"], head["role_b"] or head["role_a"]),
            team_role="community_head",
        )
    for number, leader in enumerate(leaders, start=1):
        staff.post(
            f"{key}_team_leader_{number}",
            ("包格街道领导", "Street leader of the grid team"),
            centre,
            "grid",
            rounds[leader["id"]],
            holders=(leader["role_a"], leader["role_b"] or leader["role_a"]),
            team_role="street_leader",
        )


def _key(area: Area) -> str:
    """The area id below the district as a part of other ids: `d01-s01-c02` gives `s01_c02`."""
    return "_".join(area["id"].split("-")[1:])
