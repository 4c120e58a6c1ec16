"""Invented names, in Chinese with English twins: no street, community or person is a real one."""

from __future__ import annotations

DISTRICT = ("澜汀区", "Lanting District")

STREETS = (
    ("望澜街道", "Wanglan Street"),
    ("栖禾街道", "Qihe Street"),
    ("听桨街道", "Tingjiang Street"),
    ("拾麦街道", "Shimai Street"),
    ("青砚街道", "Qingyan Street"),
    ("鹭屏街道", "Luping Street"),
    ("枕溪街道", "Zhenxi Street"),
    ("霁川街道", "Jichuan Street"),
    ("芦汀街道", "Luting Street"),
    ("松篁街道", "Songhuang Street"),
    ("荷岫街道", "Hexiu Street"),
    ("棠坞街道", "Tangwu Street"),
    ("雁浦街道", "Yanpu Street"),
    ("竹笙街道", "Zhusheng Street"),
    ("银梭街道", "Yinsuo Street"),
    ("晴渡街道", "Qingdu Street"),
    ("星埭街道", "Xingdai Street"),
)

_FIRST = (
    ("沁", "Qin"),
    ("瑞", "Rui"),
    ("晓", "Xiao"),
    ("朗", "Lang"),
    ("惠", "Hui"),
    ("盈", "Ying"),
    ("澄", "Cheng"),
    ("绮", "Qi"),
    ("暄", "Xuan"),
    ("笃", "Du"),
    ("毓", "Yu"),
)
_SECOND = (
    ("棹", "zhao"),
    ("圃", "pu"),
    ("塍", "cheng"),
    ("榭", "xie"),
    ("垣", "yuan"),
    ("矶", "ji"),
    ("苇", "wei"),
)

_SURNAMES = "林陈黄梁何罗郭邓冯许曾萧沈韩唐吕苏蒋叶丁魏余潘杜戴夏钟汪田姜范方石姚谭廖邹熊金陆"
_GIVEN_FIRST = "承思若景书以知怀向允清念嘉予泽明安弘"
_GIVEN_SECOND = "言禾远宁舟朗微岚序川芷昀衡榆桐然澈"


def community(index: int) -> tuple[str, str]:
    """The name of the index-th community of the district; they repeat only after 77."""
    first, first_en = _FIRST[index % len(_FIRST)]
    second, second_en = _SECOND[index % len(_SECOND)]
    lap = index // (len(_FIRST) * len(_SECOND))
    suffix, suffix_en = (f"{lap + 1}", f" {lap + 1}") if lap else ("", "")
    return f"{first}{second}{suffix}社区", f"{first_en}{second_en}{suffix_en} Community"


def person(index: int) -> str:
    """The display name of the index-th person; they repeat only after thousands."""
    # The three lengths share no factor, so stepping through all at once visits every combination.
    return (
        _SURNAMES[index % len(_SURNAMES)]
        + _GIVEN_FIRST[(index // len(_SURNAMES) * 5 + index) % len(_GIVEN_FIRST)]
        + _GIVEN_SECOND[index % len(_GIVEN_SECOND)]
    )
