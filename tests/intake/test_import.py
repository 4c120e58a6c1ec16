"""Importing files: every line accounted for, once, whatever stops it."""

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import pytest

from services.chassis.errors import Unavailable
from services.intake import cli
from services.intake.errors import AreasNotLoaded
from services.intake.importing import mapping, sources
from services.intake.importing.run import Import, ImportTaken, Ledger
from services.intake.importing.sources import Record
from services.intake.model.category import Catalogue, Category
from services.intake.model.values import Kind
from tests.intake.world import CENTRE, START, World, categories


def messages(path: Path, count: int, start: int = 1) -> Path:
    """A file of plain messages."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(start, start + count):
            message = {
                "id": f"M{number:05d}",
                "title": f"咨询第{number}件事",
                "body": "请问如何办理?",
                "submitted_at": "2019-10-08T15:33:27+08:00",
                "category_l1": "环境卫生",
            }
            file.write(json.dumps(message, ensure_ascii=False) + "\n")
    return path


async def brought_in(world: World, path: Path, **options: Any) -> Ledger:
    return await Import(world.store, world.reference, path, source=path.stem, **options).run()


@pytest.mark.capability("I-29")
async def test_messages_become_triaged_reports(world: World, tmp_path: Path) -> None:
    ledger = await brought_in(world, messages(tmp_path / "board.jsonl", 3))

    assert (ledger.accepted, ledger.rejected, ledger.duplicates) == (3, 0, 0)
    assert ledger.finished_at
    data = await world.ask(
        "{ reports { nodes { state kind text occurredAt receivedAt placeOrigin category { code } caller { person }"
        " externalRef { system number } imported { source line rule } area { id } timeline { type } } } }",
        CENTRE,
    )
    first = min(data["reports"]["nodes"], key=lambda node: node["imported"]["line"])
    assert len(data["reports"]["nodes"]) == 3
    assert first | {"area": None} == {
        "state": "TRIAGED",
        "kind": "CONSULTATION",
        "text": "咨询第1件事\n请问如何办理?",
        "occurredAt": "2019-10-08T07:33:27+00:00",
        "receivedAt": START.isoformat(),
        "placeOrigin": "ASSIGNED",
        "category": {"code": "env"},
        "caller": None,
        "externalRef": {"system": "board", "number": "M00001"},
        "imported": {"source": "board", "line": 1, "rule": mapping.RULE},
        "area": None,
        "timeline": [{"type": "huying.intake.report.received.v1"}, {"type": "huying.intake.report.triaged.v1"}],
    }


async def test_requests_of_a_city_become_reports(world: World, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "created_at", "closed_at", "category", "subcategory"])
        rows.writerow(["b-1", "2011-07-01T01:32:33-04:00", "", "Sanitation", "Missed Pickup"])
        rows.writerow(["b-2", "2011-07-01T01:32:33-04:00", "", "Odd,\nquoted", "Unheard of"])
        rows.writerow(["b-3", "2011-07-01T01:32:33-04:00", "", "Noise", ""])

    ledger = await brought_in(world, path)

    assert (ledger.accepted, ledger.rejected, ledger.line) == (3, 0, 5)
    found = await world.mongo["reports"].find().sort("external_ref.number", 1).to_list(None)
    assert [report["category"] for report in found] == ["env_waste", "other", "noise"]


async def test_importing_again_changes_nothing(world: World, tmp_path: Path) -> None:
    path = messages(tmp_path / "board.jsonl", 5)
    first = await brought_in(world, path)

    again = await brought_in(world, path)

    assert again == first
    assert await world.mongo["reports"].count_documents({}) == 5


async def test_a_longer_file_of_the_same_source_brings_only_what_is_new(world: World, tmp_path: Path) -> None:
    path = messages(tmp_path / "board.jsonl", 5)
    await brought_in(world, path)
    messages(path, 8)

    ledger = await brought_in(world, path)

    assert (ledger.accepted, ledger.duplicates) == (3, 5)
    assert await world.mongo["reports"].count_documents({}) == 8


async def test_an_id_that_stands_twice_in_a_file_counts_once(world: World, tmp_path: Path) -> None:
    path = messages(tmp_path / "board.jsonl", 2)
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")

    ledger = await brought_in(world, path)

    assert (ledger.accepted, ledger.duplicates) == (2, 2)


async def test_a_stopped_import_goes_on_where_it_was(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = messages(tmp_path / "board.jsonl", 400)
    rejects = tmp_path / "rejects.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.write("not json\n")
    commit, calls = world.store.commit_together, 0

    async def dies_at_the_third(units: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise RuntimeError("killed")
        await commit(units)

    monkeypatch.setattr(world.store, "commit_together", dies_at_the_third)
    with pytest.raises(RuntimeError, match="killed"):
        await brought_in(world, path, rejects=rejects)
    assert await world.mongo["reports"].count_documents({}) == 256
    rejects.write_text('{"line": 300, "reason": "from the batch that was lost"}\n{"li', encoding="utf-8")

    monkeypatch.setattr(world.store, "commit_together", commit)
    ledger = await brought_in(world, path, rejects=rejects)

    assert (ledger.accepted, ledger.rejected, ledger.duplicates, ledger.line) == (400, 1, 0, 401)
    assert await world.mongo["reports"].count_documents({}) == 400
    assert [json.loads(line)["line"] for line in rejects.read_text(encoding="utf-8").splitlines()] == [401]


async def test_a_commit_whose_answer_was_lost_is_counted_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = messages(tmp_path / "board.jsonl", 3)
    commit, calls = world.store.commit_together, 0

    async def loses_the_answer(units: Any) -> None:
        nonlocal calls
        calls += 1
        await commit(units)
        if calls == 1:
            raise Unavailable("no answer")

    monkeypatch.setattr(world.store, "commit_together", loses_the_answer)
    ledger = await brought_in(world, path)

    assert (ledger.accepted, ledger.duplicates) == (3, 0)
    assert await world.mongo["reports"].count_documents({}) == 3


async def test_two_importers_of_one_file_do_not_count_twice(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = messages(tmp_path / "board.jsonl", 200)
    late = Import(world.store, world.reference, path, source="board")
    begin = late._begin

    async def begins_before_the_other_ends() -> Ledger:
        ledger = await begin()
        await brought_in(world, path)
        return ledger

    monkeypatch.setattr(late, "_begin", begins_before_the_other_ends)
    with pytest.raises(ImportTaken):
        await late.run()

    assert await world.mongo["reports"].count_documents({}) == 200


async def test_what_cannot_be_accepted_is_named_by_line_and_reason(world: World, tmp_path: Path) -> None:
    path, rejects = tmp_path / "board.jsonl", tmp_path / "rejects.jsonl"
    lines = [
        '{"id": "a", "title": "好", "body": "文"}',
        "{",
        '{"id": "", "body": "文"}',
        '{"id": "b", "body": " "}',
        "",
        '{"id": "c", "body": "文", "submitted_at": "2019-10-08T15:33:27"}',
        json.dumps({"id": "d", "body": "字" * 20_001}, ensure_ascii=False),
        json.dumps({"id": "e", "body": "字" * 600_000}, ensure_ascii=False),
        '{"id": "f", "body": "文"}',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")

    ledger = await brought_in(world, path, rejects=rejects)

    refused = [json.loads(line) for line in rejects.read_text(encoding="utf-8").splitlines()]
    assert (ledger.accepted, ledger.rejected) == (2, 6)
    assert [one["line"] for one in refused] == [2, 3, 4, 6, 7, 8]
    assert "文" not in rejects.read_text(encoding="utf-8")


async def test_without_areas_nothing_is_imported(bare: World, tmp_path: Path) -> None:
    with pytest.raises(AreasNotLoaded):
        await brought_in(bare, messages(tmp_path / "board.jsonl", 1))


async def test_a_line_is_placed_the_same_each_time(world: World) -> None:
    record = Record(id="M1", text="x")

    place, area = mapping.place(world.reference.areas, "board", record)

    assert (place, area) == mapping.place(world.reference.areas, "board", record)
    assert world.reference.areas.at(place) == area


def test_foreign_classes_find_ours() -> None:
    catalogue = Catalogue([Category.publish(data)[0] for data in categories()])

    def code(category: str = "", subcategory: str = "") -> str | None:
        record = Record(id="1", text="x", category=category, subcategory=subcategory)
        found = mapping.category(catalogue, record)
        return found.id if found else None

    assert code(category="环境卫生") == "env"
    assert code(category="环境保护") == "env"
    assert code(category="SW", subcategory="SW-Dirty Alley") == "env_waste"
    assert code(category="Sanitation", subcategory="missed  pickup") == "env_waste"
    assert code() == "other"
    assert mapping.category(Catalogue([]), Record(id="1", text="x")) is None


def test_a_title_tells_the_kind() -> None:
    kinds = [mapping.kind(Record(id="1", text=text)) for text in ("请问何时", "建议增设", "求助", "投诉噪音")]

    assert kinds == [Kind.CONSULTATION, Kind.SUGGESTION, Kind.HELP, Kind.COMPLAINT]


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    for name, text in (("a.xml", "<a/>"), ("a.csv", "x,y\n1,2\n")):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        with pytest.raises(sources.UnknownFormat):
            list(sources.read(path))


async def test_the_commands_say_what_they_did(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    _, arguments, run = cli.COMMANDS["import"]
    arguments(parser)
    path = messages(tmp_path / "board.jsonl", 4)

    assert await run(world.service, parser.parse_args([str(path)])) == 0
    assert await cli.COMMANDS["verify"][2](world.service, parser.parse_args([str(path)])) == 0
    await world.mongo["reports"].delete_one({"external_ref.number": "M00001"})
    assert await cli.COMMANDS["verify"][2](world.service, parser.parse_args([str(path)])) == 1

    out = capsys.readouterr().out
    assert "board.jsonl: 4 accepted, 0 rejected, 0 duplicates" in out
    assert "4 records verified, 0 broken" in out
    assert "import board: 4 accepted, 4 reports" in out
    assert "import board: 4 accepted, 3 reports" in out
