"""The month in minutes, on a handful of messages: everything reconciles, and the tables and the chart are there."""

import json
from pathlib import Path

import pytest

from dev.simulation.__main__ import main

_TEXTS = (
    "小区垃圾未清运",
    "路灯不亮",
    "夜间施工噪音",
    "楼道堆放杂物",
    "水压过低",
    "井盖破损",
    "占道经营",
    "下水道堵塞",
)


def messages(folder: Path) -> Path:
    file = folder / "messages.jsonl"
    rows = [
        {
            "id": f"M{number}",
            "title": text,
            "body": f"{text},请尽快处理。",
            "submitted_at": f"2019-05-01T{8 + number:02}:20:00+08:00",
            "category_l1": "城乡建设",
        }
        for number, text in enumerate(_TEXTS)
    ]
    file.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows) + "not json\n", encoding="utf-8"
    )
    return file


@pytest.mark.capability("R-06")
def test_a_month_is_replayed_and_its_counts_reconcile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = tmp_path / "month.svg"
    arguments = [
        "simulation",
        str(messages(tmp_path)),
        "--month",
        "2026-03",
        "--days-after",
        "2",
        "--chart",
        str(chart),
    ]
    monkeypatch.setattr("sys.argv", arguments)

    assert main() == 0

    shown = capsys.readouterr().out
    assert f"{len(_TEXTS)} messages, 1 lines left out" in shown
    assert "✗" not in shown
    assert "✓                          reports stored = filed     8      8" in shown
    for title in ("The month", "The district", "Scoreboard", "By temperament", "Ladders", "The board at the end"):
        assert title in shown
    assert chart.read_text("utf-8").startswith("<svg")
