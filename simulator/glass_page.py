"""Local pages that show the glass of a simulated display: the newest of its screen's pictures."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from simulator.servers import unusable

PAGES = Path(__file__).parent / "page"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def newest(folder: Path) -> Path | None:
    """The picture of what is on the glass, or None while there is none yet."""
    return max(folder.glob("[0-9]*.png"), key=lambda path: int(path.stem), default=None)


def picture(folder: Path) -> web.FileResponse:
    """It, for a browser. Raises HTTPNotFound."""
    found = newest(folder)
    if found is None:
        raise web.HTTPNotFound(text="nothing is on the glass yet")
    return web.FileResponse(found, headers={"Cache-Control": "no-store"})


async def streaming(request: web.Request) -> web.StreamResponse:
    """The beginning of server-sent events."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    return response


@asynccontextmanager
async def served(host: str, port: int, routes: Mapping[str, Handler]) -> AsyncIterator[str]:
    """Serve these paths until left; gives the address. Raises NoServer."""
    app = web.Application()
    app.add_routes([web.get(path, handler) for path, handler in routes.items()])
    runner = web.AppRunner(app, shutdown_timeout=0.5, access_log=None)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        bound: int = runner.addresses[0][1]
        yield f"http://{host}:{bound}/"
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise unusable(port, error) from error
