"""A commented configuration for what is connected."""

import re
from collections.abc import Iterable
from pathlib import Path

from agent.commissioning.parts import Seen
from drivers import accelerometers

TEMPLATE = Path(__file__).with_name("template.toml")


def draft(seen: Iterable[Seen], *, only_parts: bool = False) -> str:
    """The template with the first accelerometer and the first door sensor that were found; a door section that
    nothing was found for is commented out. `only_parts`: these two sections alone."""
    found = list(seen)
    drafted = sections(TEMPLATE.read_text(encoding="utf-8"))
    for kind, key in (("accelerometer", "chip"), ("door", "sensor")):
        part = next((one for one in found if one.kind == kind), None)
        if part is not None:
            drafted[kind] = _filled(drafted[kind], key, part)
        elif kind == "door":
            drafted[kind] = re.sub("^(?=.)", "# ", drafted[kind], flags=re.MULTILINE)
        else:
            drafted[kind] = f"# No accelerometer answers; see hoistway-agent probe.\n{drafted[kind]}"
    names = ("accelerometer", "door") if only_parts else tuple(drafted)
    return "".join(drafted[name] for name in names).rstrip() + "\n"


def sections(text: str) -> dict[str, str]:
    """A configuration's text by its sections' names; what stands before the first has the name ""."""
    pieces = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    return {(re.match(r"\[(.+?)\]", piece) or ["", ""])[1]: piece for piece in pieces}


def _filled(section: str, key: str, part: Seen) -> str:
    values = {key: f'"{part.module}"'}
    if part.address is None:
        values["port"] = f'"{part.wire}"'
        section = _without(section, "bus", "address")
    else:
        values |= {"bus": f'"{part.wire}"', "address": f"0x{part.address:02x}"}
        section = _without(section, "port")
    if part.kind == "accelerometer":
        values["range_g"] = str(accelerometers.find(part.module).RANGES_G[0])
    for name, value in values.items():
        section = _set(section, name, value)
    return section


def _set(section: str, name: str, value: str) -> str:
    """A key's value, its comment kept where it was; a key that is not there comes first."""
    line = re.compile(rf"^{name} = (\"[^\"]*\"|\S+)( *)", re.MULTILINE)
    if not line.search(section):
        head, rest = section.split("\n", 1)
        return f"{head}\n{name} = {value}\n{rest}"
    return line.sub(
        lambda old: f"{name} = {value}".ljust(len(old[0])) if old[2] else f"{name} = {value}", section, 1
    )


def _without(section: str, *names: str) -> str:
    return re.sub(rf"^({'|'.join(names)}) = .*\n", "", section, flags=re.MULTILINE)
