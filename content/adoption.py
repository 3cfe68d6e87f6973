"""What others put at the broker where alerts and releases stand: taken onto the desk when it is signed by whom is
believed, and overwritten again when it is not. So that the desk stays the truth for whoever publishes by themselves."""

import logging
from collections.abc import Callable

from content.broker import Delivery
from content.desk import Change, Desk, topic_of
from content.message import BadMessage, Publication

log = logging.getLogger("hoistway.content")

PUT_BACK_S = 10.0
"""Not sooner again at the same topic: two services that do not agree must not fight as fast as a broker can."""
MOST_TOPICS = 10_000


class Adoption:
    """Judges what stands at areas' topics, as displays would."""

    def __init__(self, desk: Desk, believed: Callable[[bytes], Publication]) -> None:
        """believed: what an envelope holds, if it may be believed. Raises BadMessage."""
        self._desk, self._believed = desk, believed
        self._put_back: dict[str, float] = {}

    def judge(self, delivery: Delivery, now: float) -> Change | None:
        """What has to stand at the topic instead, if anything. now: monotonic, s. Raises DeskError. Blocks."""
        ours = self._desk.stands_at(delivery.topic)
        if ours == delivery.payload or (ours is None and not delivery.payload):
            return None
        if delivery.payload and self._adopted(delivery):
            return None
        if ours is None or now - self._put_back.get(delivery.topic, -PUT_BACK_S) < PUT_BACK_S:
            return None
        if len(self._put_back) >= MOST_TOPICS:
            self._put_back.clear()
        self._put_back[delivery.topic] = now
        what = (
            "the broker had something else there when we came"
            if delivery.retained
            else "somebody else wrote there"
        )
        log.warning("%s: %s; what the desk says is put back", delivery.topic, what)
        return Change(0, delivery.topic, ours)

    def _adopted(self, delivery: Delivery) -> bool:
        try:
            publication = self._believed(delivery.payload)
            if self._desk.stands_at(topic_of(publication)) == delivery.payload:
                return True  # the same for a narrower area: the service sends it again to one display
            _require_there(publication, delivery.topic)
            self._desk.publish(publication, delivery.payload)
        except BadMessage as error:
            log.info("%s: not taken onto the desk: %s", delivery.topic, error)
            return False
        log.warning("%s: taken onto the desk: somebody published it by themselves", delivery.topic)
        return True


def _require_there(publication: Publication, topic: str) -> None:
    if topic_of(publication) != topic:
        raise BadMessage(f"it is signed for {topic_of(publication)}")
