"""The page of an enrolled display's glass in a real browser: all of it fits, before the first picture too."""

import asyncio
import json

import pytest
from aiohttp import web
from selenium.webdriver import Chrome
from selenium.webdriver.support.ui import WebDriverWait

from simulator.glass_page import PAGES, served, streaming
from simulator.servers import HOST

DEADLINE_S = 30.0
BECAUSE = (
    "The idle page: nothing else is scheduled, no alert is in force, and the car moves as it does every day."
)
MEASURED = """
const box = id => document.getElementById(id).getBoundingClientRect();
const [glass, words, door] = ["glass", "because", "door"].map(box);
return {ratio: glass.width / glass.height, side: document.documentElement.scrollWidth - innerWidth,
        deepest: Math.max(glass.bottom, door.bottom) - innerHeight, above: words.bottom <= glass.top,
        height: glass.height, width: glass.width};
"""


@pytest.mark.parametrize("window", [(1500, 950), (800, 900), (400, 800)], ids=str)
@pytest.mark.parametrize("glass", [(1080, 1920), (1920, 1080), (480, 800)], ids=str)
async def test_the_glass_has_its_shape_before_its_picture_and_the_words_are_in_sight(
    browser: Chrome, window: tuple[int, int], glass: tuple[int, int]
) -> None:
    width, height = glass
    said = {"car": "lift-2", "glass": "", "because": BECAUSE, "motion": "parked", "door": "closed"}

    async def page(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGES / "glass.html")

    async def stream(request: web.Request) -> web.StreamResponse:
        response = await streaming(request)
        await response.write(f"data: {json.dumps({**said, 'width': width, 'height': height})}\n\n".encode())
        await asyncio.Event().wait()
        return response

    async with served(HOST, 0, {"/": page, "/stream": stream}) as address:
        measured = await asyncio.to_thread(look, browser, address, window)
    assert measured["ratio"] == pytest.approx(width / height, rel=0.01)
    assert measured["side"] <= 0, "nothing is cut off at the side"
    assert measured["deepest"] <= 0, "nothing is below the window"
    assert max(measured["width"], measured["height"]) >= min(window) / 2, "the glass is large"
    assert measured["above"] == (window[0] < 640)


def look(browser: Chrome, address: str, window: tuple[int, int]) -> dict[str, float]:
    """The page's measures once it shows what the stream says, CSS pixels."""
    width, height = window
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(address)
    WebDriverWait(browser, DEADLINE_S, poll_frequency=0.05).until(lambda b: b.title == "Hoistway: lift-2")
    measured: dict[str, float] = browser.execute_script(MEASURED)
    return measured
