"""The demo's page in a real browser, and the demo as a person runs it."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from simulator import headless
from simulator.live import Live

T = TypeVar("T")
DEADLINE_S = 30.0


def eventually(browser: Chrome, condition: Callable[[Chrome], T]) -> T:
    """Wait for a condition of the page, with a deadline."""
    return WebDriverWait(browser, DEADLINE_S, poll_frequency=0.1).until(condition)


def said(browser: Chrome, name: str) -> str:
    return browser.find_element(By.ID, name).text


def glass_width(browser: Chrome) -> int:
    width: int = browser.execute_script("return document.getElementById('glass').naturalWidth")
    return width


def complaints(browser: Chrome) -> list[str]:
    entries: list[dict[str, str]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]


async def test_the_page_shows_a_whole_story(browser: Chrome, tmp_path: Path) -> None:
    story, trace = await asyncio.to_thread(headless.run, tmp_path, (480, 800), 0, lambda _at: None)
    live = Live(story)
    live.replay(trace)
    async with live.serve("127.0.0.1", 0, tmp_path / "glass") as address:
        await asyncio.to_thread(look_at_the_whole_story, browser, address)


def look_at_the_whole_story(browser: Chrome, address: str) -> None:
    browser.get(address)
    eventually(browser, lambda b: len(b.find_elements(By.CSS_SELECTOR, "#steps li.good")) == 14)
    eventually(browser, lambda b: glass_width(b) == 480)
    assert said(browser, "hold") == "none"
    kinds = [row.text for row in browser.find_elements(By.CSS_SELECTOR, "#events b")]
    assert kinds[-1] == "page shown"
    assert {"shaking felt", "hold began", "hold ended", "tremor felt", "door moved"} <= set(kinds)
    ink = browser.execute_script(
        "const c = document.getElementById('trace');"
        "return new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size"
    )
    assert ink > 10, "the trace is drawn"
    overflow = browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, "nothing is cut off at the side"
    assert complaints(browser) == []


def test_the_demo_begins_when_its_page_is_opened_and_ctrl_c_ends_it_cleanly(browser: Chrome) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-m", "simulator", "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert demo.stdout is not None
        address = next(
            word for word in demo.stdout.readline().split() if word.startswith("http://127.0.0.1:")
        )
        browser.get(address)
        eventually(browser, lambda b: len(b.find_elements(By.CSS_SELECTOR, "#steps li.good")) >= 2)
        eventually(browser, lambda b: glass_width(b) == 1080)
        eventually(browser, lambda b: said(b, "door") == "open")
    finally:
        demo.send_signal(signal.SIGINT)
        out, err = demo.communicate(timeout=DEADLINE_S)
    assert demo.returncode == 0
    assert out.endswith("Stopped.\n")
    assert "Traceback" not in err
