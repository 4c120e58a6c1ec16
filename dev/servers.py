"""A real NATS server and a real MongoDB replica set on this machine, started and stopped by us."""

import http.client
import shutil
import signal
import socket
import subprocess
import sysconfig
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pymongo
from pymongo.errors import ConnectionFailure, OperationFailure

from dev.processes import HOST, Child, DevError, require_free, wait_until

_NOT_YET_INITIALIZED = 94


class Server(ABC):
    """A server with its files under one directory. A context manager: started inside, gone outside."""

    name: str
    title: str
    """What people call it."""

    def __init__(self, directory: Path, port: int, *, log: Path | None = None) -> None:
        self.directory = directory.absolute()
        self.port = port
        self._log = log or self.directory / f"{self.name}.log"
        self._child: Child | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """What a client connects to."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Program and arguments; configuration is written here."""

    @abstractmethod
    def _ready(self) -> bool:
        """Whether it serves now."""

    @property
    def child(self) -> Child:
        """The running process."""
        if self._child is None:
            raise DevError(f"{self.name} is not started")
        return self._child

    def launch(self) -> None:
        """Start the process without waiting. Raises DevError."""
        require_free(self.port, self.name)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._child = Child(self.name, self._command(), self._log)

    def wait_ready(self) -> None:
        """Return when it serves. Raises DevError."""
        wait_until(self._ready, self.child)

    def start(self) -> None:
        """Start the process and wait until it serves. Raises DevError."""
        self.launch()
        self.wait_ready()

    def require_running(self) -> None:
        """Raises DevError when it ended and nobody asked it to."""
        if self._child:
            self._child.require_running()

    def stop(self) -> None:
        """End it in order. Its files stay."""
        if self._child:
            self._child.signal(signal.SIGCONT)
            self._child.stop()
            self._child = None

    def kill9(self) -> None:
        """End it as a crash would."""
        if self._child:
            self._child.kill()
            self._child = None

    def freeze(self) -> None:
        """Stop it from running without ending it; its connections stay open."""
        self.child.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen one go on."""
        self.child.signal(signal.SIGCONT)

    def restart(self) -> None:
        """Start it again on the same port and files, after a stop or a crash too."""
        self.stop()
        self.start()

    def wipe(self) -> None:
        """Stop it and delete everything it stored."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill9()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


class NatsServer(Server):
    """NATS with JetStream that syncs every acknowledged message to disk."""

    name = "nats"
    title = "NATS"

    def __init__(self, directory: Path, port: int, http_port: int, *, log: Path | None = None) -> None:
        super().__init__(directory, port, log=log)
        self.http_port = http_port

    @property
    def url(self) -> str:
        return f"nats://{HOST}:{self.port}"

    @property
    def monitor_url(self) -> str:
        """Where `/varz` and `/healthz` answer."""
        return f"http://{HOST}:{self.http_port}"

    def _command(self) -> list[str]:
        require_free(self.http_port, "the NATS monitor")
        config = self.directory / "nats.conf"
        config.write_text(
            f"server_name: huying\n"
            f"host: {HOST}\n"
            f"port: {self.port}\n"
            f"http: {HOST}:{self.http_port}\n"
            f"jetstream {{\n"
            f'  store_dir: "{self.directory / "store"}"\n'
            # Anything else loses acknowledged messages in a power cut; the services check it.
            f"  sync_interval: always\n"
            f"  max_mem: 256M\n"
            f"  max_file: 8G\n"
            f"}}\n"
        )
        return [_nats_program(), "-c", str(config)]

    def _ready(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.http_port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class MongoServer(Server):
    """A MongoDB replica set of one member, because transactions and change streams need a set."""

    name = "mongo"
    title = "MongoDB"
    replica_set = "rs0"

    @property
    def url(self) -> str:
        return f"mongodb://{HOST}:{self.port}/?replicaSet={self.replica_set}"

    def _command(self) -> list[str]:
        data = self.directory / "data"
        data.mkdir(exist_ok=True)
        options = {
            "replSet": self.replica_set,
            "bind_ip": HOST,
            "port": str(self.port),
            "dbpath": str(data),
            "wiredTigerCacheSizeGB": "0.25",
            "oplogSize": "256",
            # Each test has a database of some hundred files: let go of those nobody uses before they are too many to be open.
            "wiredTigerEngineConfigString": "file_manager=(close_idle_time=5,close_scan_interval=2,close_handle_minimum=200)",
            "syncdelay": "10",
        }
        arguments = [word for key, value in options.items() for word in (f"--{key}", value)]
        parameters = {
            "diagnosticDataCollectionEnabled": "false",
            # No other member could take over, so there is nothing to wait for.
            "shutdownTimeoutMillisForSignaledShutdown": "100",
            # What a killed process left open stands in the way of its own retry until then (60 by default).
            "transactionLifetimeLimitSeconds": "5",
        }
        for key, value in parameters.items():
            arguments += ["--setParameter", f"{key}={value}"]
        arguments.append("--nounixsocket")
        return [_mongod_program(), *arguments]

    def _ready(self) -> bool:
        """Initiates the set on the first start, and moves it along when the port has changed."""
        address = f"{HOST}:{self.port}"
        try:
            # A client starts threads of its own: none before somebody listens.
            socket.create_connection((HOST, self.port), timeout=1).close()
            with pymongo.MongoClient[dict[str, Any]](
                HOST, self.port, directConnection=True, serverSelectionTimeoutMS=500
            ) as client:
                hello: Mapping[str, Any] = client.admin.command("hello")
                if hello.get("isWritablePrimary"):
                    return True
                self._configure(client, address)
        except (ConnectionFailure, OSError):
            pass
        return False

    def _configure(self, client: pymongo.MongoClient[dict[str, Any]], address: str) -> None:
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code != _NOT_YET_INITIALIZED:
                raise
            members = [{"_id": 0, "host": address}]
            client.admin.command("replSetInitiate", {"_id": self.replica_set, "members": members})
            return
        if config["members"][0]["host"] != address:
            config["members"][0]["host"] = address
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)


def _nats_program() -> str:
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    program = str(beside) if beside.exists() else shutil.which("nats-server")
    if not program:
        raise DevError("nats-server is not here: pip install -r requirements/dev.txt, or set HUYING_NATS_URL.")
    return program


def _mongod_program() -> str:
    wheel = Path(sysconfig.get_path("purelib")) / "fiftyone" / "db" / "bin" / "mongod"
    if not wheel.exists():
        program = shutil.which("mongod")
        if not program:
            raise DevError(
                "mongod is not here: pip install -r requirements/dev.txt on Linux x86-64, "
                "elsewhere install MongoDB 6.0 or newer, or set HUYING_MONGO_URL."
            )
        return program
    wheel.chmod(0o755)
    missing = _missing_libraries(wheel)
    if missing:
        raise DevError(f"mongod needs {', '.join(missing)}: apt-get install libcurl4 libssl3 (or your system's equal).")
    return str(wheel)


def _missing_libraries(program: Path) -> list[str]:
    ldd = shutil.which("ldd")
    if not ldd:
        return []
    listing = subprocess.run([ldd, str(program)], capture_output=True, text=True, check=False)
    return [line.split()[0] for line in listing.stdout.splitlines() if "not found" in line]
