"""Who is measured and how each is started."""

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev.places import DATA, ROOT
from dev.processes import HOST, DevError

_SOURCE = Path(__file__).parent / "node"
NODE = DATA / "bench" / "gateway" / "node"
"""Where the Node gateways are installed."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Start:
    """What a contestant is told when it starts."""

    port: int
    supergraph: Path
    accounts_url: str
    shared: bool
    """Whether identical requests under way, of clients and to subgraphs, are to be answered once."""
    answer: Path
    """File with the answer to the operation that comes."""
    node: Path
    """Folder with the Node gateways."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Contestant:
    name: str
    title: str
    needs_node: bool = False
    is_gateway: bool = True
    operations: tuple[str, ...] = ("deep", "tiny")

    def command(self, start: Start) -> Sequence[str]:
        """The command line that serves `/graphql` on the given port, in one process."""
        listen = f"{HOST}:{start.port}"
        hive = [_node(), f"{start.node}/node_modules/@graphql-hive/gateway/dist/bin.js", "supergraph"]
        hive += ["--config-path", f"{start.node}/hive.config.mjs", "--host", HOST, "--port", str(start.port)]
        reference = [sys.executable, "-m", "bench.gateway.reference", "--listen", listen]
        match self.name:
            case "ours":
                serve = [sys.executable, "-m", "services.gateway", "serve"]
                return [*serve, "--supergraph", str(start.supergraph), "--listen", listen]
            case "apollo":
                return [_node(), f"{start.node}/apollo.mjs"]
            case "hive":
                return [*hive, "--jit"]
            case "hive-rust":
                return [*hive, "--hive-router-runtime"]
            case "pass-through":
                return [*reference, "pass-through", start.accounts_url]
            case _:
                return [*reference, "ready", str(start.answer)]

    def environ(self, start: Start) -> Mapping[str, str]:
        """Its environment: production settings, quiet, nothing reported anywhere."""
        shared = "true" if start.shared else "false"
        own = {
            "HUYING_SHARE_SUBGRAPH_REQUESTS": shared,
            "HUYING_SHARE_CLIENT_REQUESTS": shared,
            "HUYING_LOG_LEVEL": "WARNING",
            "OTEL_SDK_DISABLED": "true",
            "PYTHONPATH": str(ROOT),
            "NODE_ENV": "production",
            "BENCH_SHARED": shared,
            "BENCH_SUPERGRAPH": str(start.supergraph),
            "BENCH_PORT": str(start.port),
        }
        return dict(os.environ) | own


CONTESTANTS = (
    Contestant(name="ours", title="Huying"),
    Contestant(name="apollo", title="Apollo Gateway", needs_node=True),
    Contestant(name="hive", title="Hive Gateway, JIT", needs_node=True),
    Contestant(name="hive-rust", title="Hive Gateway, Rust planner", needs_node=True),
    Contestant(name="pass-through", title="Starlette + aiohttp pass-through", is_gateway=False, operations=("tiny",)),
    Contestant(name="ready", title="Starlette, ready answer", is_gateway=False),
)


def install(folder: Path) -> None:
    """Install the Node gateways into `folder` unless what is there is what the lock file says.

    Raises:
        DevError: there is no Node or npm, or npm fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = (_SOURCE / "package-lock.json").read_bytes()
    installed = folder / "installed"
    for file in _SOURCE.iterdir():
        shutil.copyfile(file, folder / file.name)
    if installed.exists() and installed.read_bytes() == lock:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise DevError("The Node gateways need npm (Node 20 or newer); `--only ours` measures ours alone.")
    print("installing the Node gateways …", flush=True)
    # None of the packages needs its install script to serve.
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    if subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL).returncode:
        raise DevError(f"npm could not install the Node gateways into {folder}.")
    installed.write_bytes(lock)


def _node() -> str:
    return shutil.which("node") or "node"
