"""What Python can do at most, for scale: `python -m bench.gateway.reference KIND --listen HOST:PORT URL_OR_FILE`.

`pass-through` sends each request on to one subgraph by aiohttp and its answer back; `ready` answers a file's content.
"""

import argparse
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def pass_through(url: str) -> Starlette:
    """An application that forwards `/graphql` to `url`."""
    session: aiohttp.ClientSession

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        nonlocal session
        async with aiohttp.ClientSession() as session:
            yield

    async def forward(request: Request) -> Response:
        headers = {"content-type": "application/json"}
        async with session.post(url, data=await request.body(), headers=headers) as answer:
            return Response(await answer.read(), media_type="application/json")

    return Starlette(routes=[Route("/graphql", forward, methods=["POST"])], lifespan=lifespan)


def ready(content: bytes) -> Starlette:
    """An application that answers `content` whatever was asked."""

    async def say(request: Request) -> Response:
        await request.body()
        return Response(content, media_type="application/json")

    return Starlette(routes=[Route("/graphql", say, methods=["POST"])])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.gateway.reference", description=__doc__)
    parser.add_argument("kind", choices=("pass-through", "ready"))
    parser.add_argument("source", help="URL of a subgraph, or file of an answer")
    parser.add_argument("--listen", required=True)
    options = parser.parse_args()
    app = pass_through(options.source) if options.kind == "pass-through" else ready(Path(options.source).read_bytes())
    host, _, port = options.listen.partition(":")
    uvicorn.run(app, host=host, port=int(port), loop="uvloop", http="httptools", access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
