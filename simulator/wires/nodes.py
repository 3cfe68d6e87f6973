"""The folder in which the shim finds the devices of a board: their list, their names in /dev, files behind them."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from simulator.wires.scenario import BusSection, Scenario, ScenarioError, ScreenSection

MOST = 32
"""As many devices as the shim has room for."""
DEVICE_TREE = "/sys/class/i2c-adapter/{}/of_node/clock-frequency"
"""Where Linux says how fast a bus is, Hz, a big endian number of 32 bits."""


class Nodes:
    """Where each device of a scenario is in the folder."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        """Write all of it. Raises ScenarioError, OSError."""
        self.sockets = {bus.path: folder / f"bus{n}" for n, bus in enumerate(scenario.buses)}
        self.links = {port.path: folder / f"port{n}" for n, port in enumerate(scenario.ports)}
        lines = [("i", path, socket) for path, socket in self.sockets.items()]
        lines += [("r", path, link) for path, link in self.links.items()]
        lines += [line for bus in scenario.buses if bus.hz for line in _clock(bus, folder)]
        texts = ["\t".join(map(str, line)) for line in lines]
        if scenario.screen is not None:
            texts.append(_screen(scenario.screen, folder))
        if len(texts) > MOST:
            raise ScenarioError(f"{len(texts)} devices, but there is room for {MOST}")
        (folder / "nodes").write_text("".join(text + "\n" for text in texts), encoding="utf-8")
        _list_dev(folder / "dev", (text.split("\t")[1] for text in texts))


def _clock(bus: BusSection, folder: Path) -> list[tuple[str, str, Path]]:
    """The bus's clock, for buses whose path is the usual one."""
    name = re.fullmatch(r"/dev/(i2c-\d+)", bus.path)
    if name is None or bus.hz is None:
        return []
    file = folder / f"{name[1]}-hz"
    file.write_bytes(round(bus.hz).to_bytes(4, "big"))
    return [("r", DEVICE_TREE.format(name[1]), file)]


def _screen(screen: ScreenSection, folder: Path) -> str:
    """The framebuffer's line; its pixels begin black."""
    stride = screen.stride or screen.width * screen.bits // 8
    pixels = Path(screen.file).absolute() if screen.file else folder / "pixels"
    with pixels.open("wb") as file:
        file.truncate(stride * screen.height)
    place = ("f", screen.path, pixels, screen.width, screen.height, screen.bits, stride)
    return "\t".join(map(str, place))


def _list_dev(listing: Path, paths: Iterable[str]) -> None:
    """What is seen in /dev: only names, the real ones and ours."""
    ours = {Path(path).name for path in paths if path.startswith("/dev/") and path.count("/") == 2}
    listing.mkdir()
    for name in ours | set(os.listdir("/dev")):
        (listing / name).touch()
