"""From bytes to an XML tree that cannot do harm: bounded in size, depth and elements, no DTD, no entities."""

import re
from typing import Any
from xml.parsers import expat

from lxml import etree

from content.cap.message import BadCap

LARGEST = 1_500_000
"""Bytes. Real messages come near 1 MB."""
MOST_ELEMENTS, DEEPEST = 100_000, 32
_ENCODINGS = {
    "utf-8", "us-ascii", "utf-16", "iso-8859-1", "iso-8859-15", "windows-1252",
    "gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp",
}  # fmt: skip
_DECLARATION = re.compile(r"""\s*<\?xml\s[^>]*?\?>""")
_DECLARED = re.compile(rb"""^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def tree(data: bytes) -> Any:
    """The root element. Raises BadCap, in one line, when the bytes are too many, harmful or not XML."""
    if len(data) > LARGEST:
        raise BadCap(f"{len(data)} bytes; at most {LARGEST} are read")
    text = _text(data).encode()
    _require_harmless(text)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise BadCap(f"not XML: {_one_line(error)}") from error


def _text(data: bytes) -> str:
    """The characters without the XML declaration: both parsers after this one read the same UTF-8."""
    declared = _DECLARED.match(data)
    encoding = _MARKS.get(data[:3]) or _MARKS.get(data[:2]) or (declared[1].decode() if declared else "utf-8")
    if encoding.lower().removesuffix("-sig") not in _ENCODINGS:
        raise BadCap(f"encoding {encoding}: save the message as UTF-8")
    try:
        text = data.decode(encoding)
        text.encode()
    except UnicodeError as error:
        raise BadCap(f"not in the encoding {encoding} that it claims: {_one_line(error)}") from error
    return _DECLARATION.sub("", text, count=1) if _DECLARATION.match(text) else text


def _require_harmless(text: bytes) -> None:
    """Read once with nothing kept. A DTD stops it before anything that the DTD says is looked at."""
    depth = count = 0

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise BadCap(f"elements more than {DEEPEST} deep or more than {MOST_ELEMENTS}")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise BadCap(f"not XML: {_one_line(error)}") from error


def _refuse_doctype(*_: object) -> None:
    raise BadCap("it has a DOCTYPE: entities and DTDs are an attack, or a mistake, and are not read")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
