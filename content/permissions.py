"""Who may write and read what, in the words of NATS: one user for each car (mosquitto does it with a pattern).

In a subject of NATS the slashes of an MQTT topic are dots; > is every level below.
"""

from collections.abc import Iterable

from content.certificates import CONTENT
from content.wire import ROOT

_WRITES = ("status", "event/#", "reply/#")
_READS = ("status", "received", "request/#")
_STATE = ("area/#", "content/#")


def nats_users(cars: Iterable[str]) -> str:
    """The file users.conf, for the content service and these cars; they are named by their certificates."""
    everything = _subjects([f"{ROOT}/#"])
    # At QoS 1 NATS itself delivers through a subject of its own, which the subscriber has to be allowed.
    lines = [_user(CONTENT, everything, [*everything, "$MQTT.sub.>"])]
    for car in sorted(set(cars)):
        writes = _subjects(f"{ROOT}/car/{car}/{topic}" for topic in _WRITES)
        reads = _subjects(f"{ROOT}/car/{car}/{topic}" for topic in _READS)
        lines.append(_user(car, writes, [*reads, *_subjects(f"{ROOT}/{topic}" for topic in _STATE)]))
    return "\n".join(["users: [", *lines, "]\n"])


def _user(name: str, writes: list[str], reads: list[str]) -> str:
    allowed = f"publish: {{ allow: [{_list(writes)}] }}, subscribe: {{ allow: [{_list(reads)}] }}"
    return f'  {{ user: "CN={name}", permissions: {{ {allowed} }} }}'


def _list(subjects: list[str]) -> str:
    return ", ".join(f'"{subject}"' for subject in subjects)


def _subjects(topics: Iterable[str]) -> list[str]:
    """In MQTT a/# holds a too; in NATS a.> does not, and a subscription to the one is denied without the other."""
    subjects = []
    for topic in topics:
        subject = topic.replace("/", ".")
        subjects += [f"{subject[:-2]}.>", subject[:-2]] if subject.endswith(".#") else [subject]
    return subjects
