"""Commands: serve a supergraph, compose one from subgraphs, show the plan of an operation."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from services.chassis import telemetry
from services.chassis.settings import SettingsError, address, unknown
from services.gateway.app import Gateway
from services.gateway.errors import GatewayError
from services.gateway.planner.graph import Graph
from services.gateway.planner.plan import plan_operation
from services.gateway.planner.query_plan import print_plan
from services.gateway.settings import Settings, from_env
from services.gateway.stages.limits import Limits
from services.gateway.stages.normalize import normalize, select_operation
from services.gateway.stages.parse import parse_document
from services.gateway.stages.validate import validate_document
from services.gateway.supergraph import load_supergraph

log = logging.getLogger(__name__)

DRAIN_SECONDS = 20


class Server(uvicorn.Server):
    """Ends event streams before it waits for the requests under way; it closes WebSockets itself (1012)."""

    def __init__(self, gateway: Gateway, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._gateway = gateway

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._gateway.end_streams()
        await super().shutdown(sockets)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m services.gateway", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="answer GraphQL requests; HUYING_* settings apply")
    serving.add_argument("--supergraph", help="supergraph SDL file")
    serving.add_argument("--listen", help="host:port")
    serving.add_argument("--subgraph-url", action="append", default=[], metavar="NAME=URL")
    composing = commands.add_parser("compose", help="compose subgraph SDLs into a supergraph")
    if list(sys.argv[1:] if arguments is None else arguments)[:1] == ["compose"]:
        # Imported for its own command only: a server would carry the whole composer in memory.
        from services.gateway.compose import cli

        cli.add_arguments(composing)
        composing.set_defaults(run=cli.run)
    planning = commands.add_parser("plan", help="print the query plan of an operation")
    planning.add_argument("--supergraph", type=Path, required=True)
    planning.add_argument("--operation", type=Path, required=True)
    planning.add_argument("--node", action="store_true", help="with the gateway's own node fields")
    options = parser.parse_args(arguments)
    try:
        if options.command == "serve":
            return serve(options.supergraph, options.listen, options.subgraph_url)
        if options.command == "compose":
            return int(options.run(options))
        return show_plan(options.supergraph, options.operation, node_fields=options.node)
    except (GatewayError, SettingsError, OSError) as err:
        print(str(err), file=sys.stderr)
        return 1


def serve(supergraph: str | None, listen: str | None, subgraph_urls: Sequence[str]) -> int:
    """Serve until SIGTERM or SIGINT; requests under way are finished. Arguments win over the environment."""
    environ = dict(os.environ)
    if supergraph:
        environ["HUYING_SUPERGRAPH"] = supergraph
    if listen:
        environ["HUYING_LISTEN"] = listen
    if subgraph_urls:
        known = environ.get("HUYING_SUBGRAPH_URLS")
        environ["HUYING_SUBGRAPH_URLS"] = ",".join([*([known] if known else []), *subgraph_urls])
    settings = from_env(environ)
    host, port = address(settings.listen)
    telemetry.setup("gateway", settings.log_level)
    for name in unknown(Settings, os.environ):
        log.warning("unknown setting", extra={"setting": name})
    settings.traffic_rules()  # raises for a bad file, as the next does
    settings.documents()
    if not settings.supergraph_optional:
        # Read now, so that a bad file is one line on the terminal and not a failed start-up.
        sdl = Path(settings.supergraph).read_text(encoding="utf-8")
        load_supergraph(sdl, settings.url_overrides(), settings.subscription_url_overrides())
    gateway = Gateway(settings)
    server = Server(
        gateway,
        uvicorn.Config(
            gateway,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            ws="websockets-sansio",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        ),
    )
    server.run()
    telemetry.shutdown()
    return 0 if server.started else 1


def show_plan(supergraph_file: Path, operation_file: Path, *, node_fields: bool = False) -> int:
    """Print the plan with every `@include` taken and no `@skip`, unless a default says otherwise."""
    supergraph = load_supergraph(supergraph_file.read_text(encoding="utf-8"), node_fields=node_fields)
    document = parse_document(operation_file.read_text(encoding="utf-8"), max_tokens=Limits().max_tokens)
    validate_document(supergraph.schema, document, suggestions=True)
    selected = select_operation(document, None)
    operation = normalize(supergraph, selected, selected.default_conditions(), max_selections=Limits().max_selections)
    print(print_plan(plan_operation(Graph(supergraph), operation)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
