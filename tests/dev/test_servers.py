"""Servers start, survive what the fault tests do to them, and leave no process behind."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import nats
import pymongo
import pytest

from dev import servers
from dev.processes import HOST, Child, DevError, free_port, wait_until
from dev.servers import MongoServer, NatsServer
from tests.dev.watching import alive, eventually


def test_mongo_keeps_its_data_through_a_crash_and_a_new_port(tmp_path: Path) -> None:
    with MongoServer(tmp_path, free_port()) as server:
        with pymongo.MongoClient[dict[str, object]](server.url) as client:
            client["kept"]["things"].insert_one({"_id": 1})
        server.kill9()
        server.port = free_port()
        server.start()
        with pymongo.MongoClient[dict[str, object]](server.url) as client:
            assert client["kept"]["things"].find_one() == {"_id": 1}


def test_mongo_wiped_is_empty(tmp_path: Path) -> None:
    with MongoServer(tmp_path / "mongo", free_port()) as server:
        with pymongo.MongoClient[dict[str, object]](server.url) as client:
            client["lost"]["things"].insert_one({"_id": 1})
        server.wipe()
        server.start()
        with pymongo.MongoClient[dict[str, object]](server.url) as client:
            assert client["lost"]["things"].find_one() is None


async def test_nats_keeps_its_streams_through_a_crash(tmp_path: Path) -> None:
    with NatsServer(tmp_path, free_port(), free_port()) as server:
        client = await nats.connect(server.url)
        await client.jetstream().add_stream(name="KEPT", subjects=["kept.>"])
        await client.jetstream().publish("kept.one", b"1")
        await client.close()
        server.kill9()
        server.restart()
        client = await nats.connect(server.url)
        assert (await client.jetstream().stream_info("KEPT")).state.messages == 1
        await client.close()


def test_nats_syncs_always(nats_server: NatsServer) -> None:
    config = (nats_server.directory / "nats.conf").read_text()
    assert "sync_interval: always" in config


def test_leaving_the_context_leaves_no_process(tmp_path: Path) -> None:
    with NatsServer(tmp_path, free_port(), free_port()) as server:
        pid = server.child.pid
        assert alive(pid)
    assert not alive(pid)


def test_frozen_server_is_stopped_all_the_same(tmp_path: Path) -> None:
    with NatsServer(tmp_path, free_port(), free_port()) as server:
        pid = server.child.pid
        server.freeze()
    assert not alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from dev.processes import Child\n"
        f"child = Child('sleeper', ['/bin/sleep', '600'], Path({str(tmp_path / 'log')!r}))\n"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(servers.__file__).parent.parent,
    ) as parent:
        assert parent.stdout
        sleeper = int(parent.stdout.readline())
        assert alive(sleeper)
        parent.kill()
    eventually(lambda: not alive(sleeper))


def test_busy_port_names_who_has_it(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(DevError, match=rf"Port {port} for mongo is taken: stop .*{os.getpid()}"):
            MongoServer(tmp_path, port).start()


def test_server_that_ends_while_starting_is_reported_with_its_last_words(tmp_path: Path) -> None:
    child = Child("liar", ["/bin/sh", "-c", "echo I give up; exit 3"], tmp_path / "log")
    with pytest.raises(DevError, match=r"liar ended by itself \(exit code 3\)[\s\S]*I give up"):
        wait_until(lambda: False, child)


def test_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    script = f"trap '' TERM; touch {ready}; while :; do sleep 0.1; done"
    child = Child("deaf", ["/bin/sh", "-c", script], tmp_path / "log")
    eventually(ready.exists)
    child.stop(seconds=0.2)
    assert not alive(child.pid)


def test_missing_system_library_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "_missing_libraries", lambda _: ["libcurl.so.4"])
    with pytest.raises(DevError, match=r"mongod needs libcurl\.so\.4: apt-get install libcurl4"):
        MongoServer(tmp_path, free_port()).start()


def test_killed_server_reports_the_signal(tmp_path: Path) -> None:
    child = Child("victim", ["/bin/sleep", "600"], tmp_path / "log")
    child.signal(signal.SIGKILL)
    eventually(lambda: not child.running)
    assert "signal SIGKILL" in child.obituary()
