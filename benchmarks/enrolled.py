"""The unmodified agent process of an enrolled display: with the signed repository, its pictures, a broker with TLS."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
from PIL import Image

from agent.__main__ import main as agent
from benchmarks.display import scratch
from benchmarks.report import Row
from benchmarks.wires import child, on_wires, root, used
from content.__main__ import main as content
from content.desk import Desk
from content.message import Message, NamedPicture, prefixes
from content.repository.keyring import KeyRing
from content.repository.publisher import opened
from simulator.servers import HOST, Nats
from tests.content_rig import message

MOST_MB = 150.0
CAR, PLACE = "tower-a-lift-2", "cn/sichuan/chengdu/tower-a/lift-2"
MESSAGES, PICTURES = 20, 2
"""For each of the areas around the display."""
DEADLINE_S, SETTLES_S, MEASURED_S = 120.0, 30.0, 60.0


def measure(_records: Path | None = None) -> Iterator[Row]:
    """Memory once it has everything, and its share of a core while it shows one message after the other."""
    with scratch() as folder, _office(folder) as (office, config, known):
        process = subprocess.Popen(
            on_wires(folder, [sys.executable, "-m", "agent", "run", "--config", str(config)]),
            cwd=root(), stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _until_known(office, known)
            time.sleep(SETTLES_S)
            first, most = used(child(process.pid)), 0.0
            while (last := used(child(process.pid))).wall_s - first.wall_s < MEASURED_S:
                most = max(most, last.rss_mb)
                time.sleep(0.5)
        finally:
            process.terminate()
            process.wait()
    share = (last.cpu_s - first.cpu_s) / (last.wall_s - first.wall_s)
    what = f"an enrolled display with {known} messages in turn and pictures, 1080x1920, NATS with TLS"
    yield Row(f"{what}: memory, the most", f"{most:.0f} MB", f"<= {MOST_MB:.0f} MB", most <= MOST_MB)
    yield Row(f"{what}: share of one core", f"{share:.1%}")


@contextmanager
def _office(folder: Path) -> Iterator[tuple[Path, Path, int]]:
    """Founded, with a broker and the service running; gives its folder, the configuration of a display that it enrolled,
    and how many messages that one is to know."""
    office, papers = folder / "office", folder / "office" / "broker"
    (folder / "broker").mkdir()
    server = Nats(folder / "broker", etc=papers)
    with redirect_stdout(StringIO()):
        assert content(["init", str(office), "--area", "cn", "--broker", f"{HOST}:{server.port}"]) == 0
    Desk(office / "desk.sqlite").close()
    known, config = _published(office), _enrolled(folder, office)
    asyncio.run(server.start())
    service = subprocess.Popen(
        [sys.executable, "-m", "content", "serve", "--office", str(office)],
        cwd=root(),
        stderr=subprocess.DEVNULL,
    )
    try:
        yield office, config, known
    finally:
        service.terminate()
        service.wait()
        server.kill()


def _published(office: Path) -> int:
    now, areas = datetime.now(UTC), prefixes(PLACE)
    photos = [_photo(number) for number in range(PICTURES)]
    with opened(office / "repository", KeyRing(office / "keys")) as publisher:
        for area in areas:
            for number, photo in enumerate(photos):
                publisher.add(area, "picture", f"photo-{number}", photo)
            for number in range(MESSAGES):
                name = f"{area.replace('/', '-')}-{number}"
                publisher.add_publication(_message(name, area, now, number, photos))
        publisher.publish(now)
    return len(areas) * MESSAGES


def _message(name: str, area: str, now: datetime, number: int, photos: list[bytes]) -> Message:
    """Two of ten have a picture above their words."""
    picture = None
    if number % 10 < len(photos):
        photo = photos[number % 10]
        picture = NamedPicture(f"photo-{number % 10}", sha256(photo).hexdigest())
    expires = now + timedelta(days=1)
    return message(name, area=area, sent=now, expires=expires, reading_s=2.0, picture=picture)


def _photo(seed: int) -> bytes:
    """As large as a manager's photograph: some 300 kB of JPEG."""
    noise = np.random.default_rng(seed).integers(0, 255, (60, 90, 3), dtype=np.uint8)
    data = BytesIO()
    Image.fromarray(noise).resize((1800, 1200), Image.Resampling.BICUBIC).save(data, "JPEG", quality=95)
    return data.getvalue()


def _enrolled(folder: Path, office: Path) -> Path:
    config = folder / "hoistway.toml"
    names = ["--building-zh", "锦江花园 A座", "--lift-zh", "A座 2号梯", "--time-zone", "Asia/Shanghai"]
    with redirect_stdout(StringIO()):
        assert content(["enrol", CAR, "--office", str(office), "--area", PLACE, *names]) == 0
        assert (
            agent(["enrol", str(office / "bundles" / CAR), "--config", str(config), "--bus", "/dev/none"])
            == 0
        )
    text = config.read_text(encoding="utf-8")
    for old, new in {
        'kind = "pictures"': 'kind = "framebuffer"',
        '"/var/lib/hoistway/glass"': '"/dev/fb0"',
        '"/var/lib/hoistway"': f'"{folder / "store"}"',
    }.items():
        text = text.replace(old, new)
    config.write_text(text, encoding="utf-8")
    return config


def _until_known(office: Path, known: int) -> None:
    """The display has told that it took everything."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        desk = Desk(office / "desk.sqlite")
        took = len(desk.events(CAR, "took"))
        desk.close()
        if took >= known:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"the display took {took} of {known} messages within {DEADLINE_S:.0f} s")
        time.sleep(0.5)
