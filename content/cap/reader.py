"""From an XML tree to a CAP message: whatever is missing, doubled or not a word of CAP 1.2 is named."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from content.cap.message import BadCap, CapArea, CapMessage, Info, Reference

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_OTHER = re.compile(r"urn:oasis:names:tc:emergency:cap:(\d+\.\d+)|http://www\.incident\.com/cap/(\d+\.\d+)")
_TIME = re.compile(r"(\d{4})-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)
_STATUS = ("Actual", "Exercise", "System", "Test", "Draft")
_KINDS = ("Alert", "Update", "Cancel", "Ack", "Error")
_URGENCY = ("Immediate", "Expected", "Future", "Past", "Unknown")
_SEVERITY = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
_CERTAINTY = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
_RESPONSES = (
    "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None",
)  # fmt: skip
_CATEGORIES = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
)  # fmt: skip
_ALERT_PARTS = {
    "identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses", "code",
    "note", "references", "incidents", "info",
}  # fmt: skip
_INFO_PARTS = {
    "language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience", "eventCode",
    "effective", "onset", "expires", "senderName", "headline", "description", "instruction", "web", "contact",
    "parameter", "resource", "area",
}  # fmt: skip
_AREA_PARTS = {"areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling"}
_CODE_PARTS = {"valueName", "value"}
_SEVERAL = {"code", "info", "category", "responseType", "eventCode", "parameter", "resource", "area", "polygon",
            "circle", "geocode"}  # fmt: skip
MOST_REFERENCES, MOST_INFOS, MOST_SHAPES, MOST_CORNERS = 1000, 200, 5000, 100_000
"""What real messages stay far below, and what one may cost."""
_LONGEST_NAME = 500


def read(root: Any) -> CapMessage:
    """The message of a CAP 1.2 alert element. Raises BadCap, which names the element, when it is none."""
    _require_version(root)
    parts = _Parts(root, _ALERT_PARTS)
    kind = parts.word("msgType", _KINDS)
    references = _references(parts.text("references"))
    if kind in ("Update", "Cancel", "Ack", "Error") and not references:
        raise BadCap(f"references: missing, and {kind} is about an earlier message")
    infos = parts.elements("info")
    if len(infos) > MOST_INFOS:
        raise BadCap(f"info: {len(infos)} of them; at most {MOST_INFOS} are read")
    message = CapMessage(
        identifier=_name("identifier", parts.required("identifier")),
        sender=_name("sender", parts.required("sender")),
        sent=_moment("sent", parts.required("sent")),
        status=parts.word("status", _STATUS),
        kind=kind,
        scope=parts.word("scope", ("Public", "Restricted", "Private")),
        references=references,
        infos=tuple(_info(element) for element in infos),
    )
    _require_few_shapes(message)
    return message


def _require_version(root: Any) -> None:
    name = etree.QName(root)
    if name.localname != "alert" or name.namespace != NAMESPACE:
        other = _OTHER.fullmatch(name.namespace or "")
        if other:
            raise BadCap(f"CAP {other[1] or other[2]}; only 1.2 is read")
        raise BadCap(f"not a CAP 1.2 alert: its first element is {root.tag!r:.200}")


class _Parts:
    """The children of an element, by name."""

    def __init__(self, element: Any, allowed: set[str]) -> None:
        self._name = etree.QName(element).localname
        self._parts: dict[str, list[Any]] = {}
        for child in element.iterchildren(f"{{{NAMESPACE}}}*"):
            name = etree.QName(child).localname
            if name not in allowed:
                raise BadCap(f"{name:.100}: not an element of {self._name} in CAP 1.2")
            self._parts.setdefault(name, []).append(child)
        for name, children in self._parts.items():
            if len(children) > 1 and name not in _SEVERAL:
                raise BadCap(f"{name}: given {len(children)} times in one {self._name}")

    def elements(self, name: str) -> list[Any]:
        return self._parts.get(name, [])

    def texts(self, name: str) -> list[str]:
        return [_text(element) for element in self.elements(name)]

    def text(self, name: str) -> str:
        return next(iter(self.texts(name)), "")

    def required(self, name: str) -> str:
        text = self.text(name)
        if not text:
            raise BadCap(f"{name}: {'empty' if name in self._parts else 'missing'} in {self._name}")
        return text

    def word(self, name: str, words: tuple[str, ...]) -> str:
        return _word(name, self.required(name), words)

    def words(self, name: str, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_word(name, text, words) for text in self.texts(name))

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        return _moment(name, text) if text or name in self._parts else None


def _text(element: Any) -> str:
    """Its words without comments, which are no part of the message."""
    if any(isinstance(child.tag, str) for child in element):
        raise BadCap(f"{etree.QName(element).localname}: has elements where only words belong")
    return "".join([element.text or "", *(child.tail or "" for child in element)]).strip()


def _word(name: str, text: str, words: tuple[str, ...]) -> str:
    if text not in words:
        raise BadCap(f"{name}: {text!r:.60} is none of {', '.join(words)}")
    return text


def _name(name: str, text: str) -> str:
    if len(text) > _LONGEST_NAME or re.search(r"[\s,<&]", text):
        raise BadCap(f"{name}: {text!r:.60} has a space, a comma, < or &, or is over {_LONGEST_NAME} long")
    return text


def _moment(name: str, text: str) -> datetime:
    wrong = f"{name}: {text!r:.60} is not a time as 2026-11-22T12:00:00+08:00"
    match = _TIME.fullmatch(text)
    if match is None or not 1971 <= int(match[1]) <= 2199:
        raise BadCap(wrong)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise BadCap(wrong) from error


def _references(text: str) -> tuple[Reference, ...]:
    triples = text.split()
    if len(triples) > MOST_REFERENCES:
        raise BadCap(f"references: {len(triples)} of them; at most {MOST_REFERENCES} are read")
    return tuple(_reference(triple) for triple in dict.fromkeys(triples))


def _reference(triple: str) -> Reference:
    parts = triple.split(",")
    if len(parts) != 3 or not all(parts):
        raise BadCap(f"references: {triple!r:.100} is not sender,identifier,sent")
    names = [_name("references", part) for part in parts[:2]]
    return Reference(names[0], names[1], _moment("references", parts[2]))


def _info(element: Any) -> Info:
    parts = _Parts(element, _INFO_PARTS)
    if not parts.words("category", _CATEGORIES):
        raise BadCap("category: missing in info")
    return Info(
        # The default of the schema.
        language=parts.text("language") or "en-US",
        event=parts.required("event"),
        response_types=parts.words("responseType", _RESPONSES),
        urgency=parts.word("urgency", _URGENCY),
        severity=parts.word("severity", _SEVERITY),
        certainty=parts.word("certainty", _CERTAINTY),
        event_codes=_codes(parts.elements("eventCode")),
        effective=parts.moment("effective"),
        onset=parts.moment("onset"),
        expires=parts.moment("expires"),
        sender_name=parts.text("senderName"),
        headline=parts.text("headline"),
        description=parts.text("description"),
        instruction=parts.text("instruction"),
        areas=tuple(_area(area) for area in parts.elements("area")),
    )


def _area(element: Any) -> CapArea:
    parts = _Parts(element, _AREA_PARTS)
    return CapArea(
        description=parts.required("areaDesc"),
        polygons=tuple(_polygon(text) for text in parts.texts("polygon")),
        circles=tuple(_circle(text) for text in parts.texts("circle")),
        geocodes=_codes(parts.elements("geocode")),
    )


def _codes(elements: Iterable[Any]) -> tuple[str, ...]:
    pairs = [_Parts(element, _CODE_PARTS) for element in elements]
    return tuple(f"{pair.required('valueName')}={pair.text('value')}" for pair in pairs)


def _polygon(text: str) -> tuple[tuple[float, float], ...]:
    corners = tuple(_point("polygon", pair) for pair in text.split())
    if len(corners) < 4 or corners[0] != corners[-1]:
        raise BadCap(f"polygon: {text!r:.60} needs four points at least, the last the same as the first")
    return corners


def _circle(text: str) -> tuple[float, float, float]:
    centre, _, radius = text.partition(" ")
    wide = _number("circle", radius.strip())
    if wide < 0:
        raise BadCap(f"circle: {text!r:.60} has a negative radius")
    return *_point("circle", centre), wide


def _point(name: str, text: str) -> tuple[float, float]:
    words = text.split(",")
    if len(words) != 2:
        raise BadCap(f"{name}: {text!r:.60} is not latitude,longitude")
    latitude, longitude = (_number(name, word) for word in words)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise BadCap(f"{name}: {text!r:.60} is not on the Earth")
    return latitude, longitude


def _number(name: str, text: str) -> float:
    if not re.fullmatch(r"[-+]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})", text, re.ASCII):
        raise BadCap(f"{name}: {text!r:.60} is not a number")
    return float(text)


def _require_few_shapes(message: CapMessage) -> None:
    areas = [area for info in message.infos for area in info.areas]
    if sum(len(area.polygons) + len(area.circles) for area in areas) > MOST_SHAPES:
        raise BadCap(f"area: more than {MOST_SHAPES} polygons and circles in one message")
    if sum(len(polygon) for area in areas for polygon in area.polygons) > MOST_CORNERS:
        raise BadCap(f"polygon: more than {MOST_CORNERS} corners in one message")
