"""Campaigns that are run again and again: what they look at and how long they take, so that one opens in a minute (R-27, R-28, R-39).

These are what a policy has until it says otherwise."""

from datetime import timedelta

import msgspec

from services.routing.model.field.campaign import CampaignKind, ChecklistItem, VisitMode


class CampaignTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign of this sort starts from."""

    id: str
    name: str
    name_en: str
    kind: CampaignKind
    lasts: timedelta
    checklist: tuple[ChecklistItem, ...]
    visit_mode: VisitMode | None = None


def _items(*lines: str) -> tuple[ChecklistItem, ...]:
    """`code: text`, with a star after the code where the answer must be shown by evidence."""
    items = []
    for line in lines:
        code, _, text = line.partition(": ")
        items.append(ChecklistItem(code=code.rstrip("*"), text=text, evidence=code.endswith("*")))
    return tuple(items)


TEMPLATES = (
    CampaignTemplate(
        id="gas_safety",
        name="燃气安全专项整治",
        name_en="Gas safety",
        kind=CampaignKind.INSPECTION,
        lasts=timedelta(days=30),
        checklist=_items(
            "hose*: 软管在有效期内且无老化",
            "alarm: 已安装可燃气体报警器并正常",
            "shutoff: 已安装自动切断装置",
            "cylinder: 气瓶存放合规",
        ),
    ),
    CampaignTemplate(
        id="three_in_one",
        name="“三合一”场所整治",
        name_en="Premises where people live, store and work in one",
        kind=CampaignKind.INSPECTION,
        lasts=timedelta(days=30),
        checklist=_items(
            "sleeping*: 经营场所内无人住宿",
            "exit*: 疏散通道畅通",
            "extinguisher: 配备灭火器材",
            "charging: 无室内充电",
        ),
    ),
    CampaignTemplate(
        id="drowning",
        name="防溺水巡查",
        name_en="Waters where children may drown",
        kind=CampaignKind.INSPECTION,
        lasts=timedelta(days=14),
        checklist=_items("sign: 警示标志完好", "rescue*: 救生器材在位", "fence: 护栏完好"),
    ),
    CampaignTemplate(
        id="flood",
        name="防汛应急排查",
        name_en="Flood: urgent inspection",
        kind=CampaignKind.EMERGENCY,
        lasts=timedelta(hours=12),
        checklist=_items(
            "drain*: 排水口畅通", "people: 低洼处人员已转移", "power: 涉水用电已切断", "slope: 边坡无险情"
        ),
    ),
    CampaignTemplate(
        id="emergency",
        name="突发事件应急排查",
        name_en="Emergency: urgent inspection",
        kind=CampaignKind.EMERGENCY,
        lasts=timedelta(hours=6),
        checklist=_items("people: 人员已核实", "danger*: 现场无险情"),
    ),
    CampaignTemplate(
        id="building_security",
        name="楼栋安防达标(“352”工作法)",
        name_en="Security standard of a building",
        kind=CampaignKind.STANDARD,
        lasts=timedelta(days=60),
        checklist=_items(
            "leader: 有楼长并公示",
            "gate*: 电子门禁完好",
            "video*: 视频监控联网",
            "video_kept: 录像保存不少于30天",
            "openings: 门、窗、天台、车库、管井五类出入口可控",
            "patrol: 围合并有巡逻",
        ),
    ),
    CampaignTemplate(
        id="hotel_visit",
        name="旅馆走访",
        name_en="Visits to hotels",
        kind=CampaignKind.VISIT,
        lasts=timedelta(days=30),
        visit_mode=VisitMode.JOINT,
        checklist=(),
    ),
)
