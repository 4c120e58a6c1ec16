"""What a resident writes stays where it belongs: not in logs, not in spans, not in events."""

import asyncio
from pathlib import Path
from typing import Any

import pymongo

from dev.platform import Platform
from tests.suite.client import DEADLINE_SECONDS, Client
from tests.suite.places import a_place
from tests.suite.test_main_job import dispatched, submit

SECRETS = ("王小明暗号九七", "13800138000", "幸福里暗号三号楼")


def _files_with_a_secret(folder: Path) -> list[str]:
    found = []
    # The write-ahead log before the file it is moved to: it may vanish at any moment.
    for file in (*folder.glob("logs/*.log"), *(folder / f"traces.sqlite{part}" for part in ("-wal", ""))):
        try:
            text = file.read_bytes()
        except FileNotFoundError:
            continue
        found += [f"{file.name}: {secret}" for secret in SECRETS if _spelt(secret, text)]
    return found


def _spelt(secret: str, text: bytes) -> bool:
    return secret.encode() in text or secret.encode("unicode_escape") in text


async def test_personal_data_is_in_no_log_span_or_event(platform: Platform, resident: Client) -> None:
    name, phone, address = SECRETS
    place = a_place() | {"address": address}
    report = await submit(resident, text=f"我是{name},电话{phone},家里停水", place=place)
    await dispatched(resident, report["id"])
    await resident.try_to("confirmReport", "report { id }", reportId=report["id"], satisfaction=99)
    await resident.try_to("submitReport", "report { id }", kind="COMPLAINT", text=name, place={"lon": 0.0, "lat": 0.0})
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not platform.trace_store.traces_of(report["id"]):
            await asyncio.sleep(0.1)

    assert _files_with_a_secret(platform.data) == []
    with pymongo.MongoClient[dict[str, Any]](platform.mongo_url) as client:
        for service in ("intake", "routing", "mediation"):
            for row in client[f"huying_{service}"]["outbox"].find({"aggregate_id": report["id"]}):
                assert not any(secret in row["data"] for secret in SECRETS)
