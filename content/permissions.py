"""Who may write and read what, in the words of NATS: one user for each certificate (mosquitto does it with a pattern).

A user is called as its certificate alone is, so what is not listed is out, whatever car it names. In a subject of NATS
the slashes of an MQTT topic are dots; > is every level below.
"""

from collections.abc import Iterable
from functools import partial

from content.certificates import CONTENT, MANAGER, names_in
from content.wire import ROOT

_WRITES = ("status", "event/#", "reply/#")
_READS = ("status", "received", "request/#")
_STATE = ("area/#", "content/#")


def nats_users(certificates: Iterable[bytes]) -> str:
    """The file users.conf, for the office and the cars that these certificates name. Raises BadCertificate."""
    lines = [_user(*names) for names in sorted(map(names_in, certificates))]
    return "\n".join(["users: [", *lines, "]\n"])


def _user(name: str, called: str) -> str:
    writes, reads = {CONTENT: _service, MANAGER: _manager}.get(name, partial(_car, name))()
    allowed = f"publish: {{ allow: [{_list(writes)}] }}, subscribe: {{ allow: [{_list(reads)}] }}"
    return f'  {{ user: "{called}", permissions: {{ {allowed} }} }}'


def _service() -> tuple[list[str], list[str]]:
    everything = _subjects([f"{ROOT}/#"])
    # At QoS 1 NATS itself delivers through a subject of its own, which the subscriber has to be allowed.
    return everything, [*everything, "$MQTT.sub.>"]


def _manager() -> tuple[list[str], list[str]]:
    return _subjects([f"{ROOT}/area/#", f"{ROOT}/car/+/request/#"]), _subjects([f"{ROOT}/#"])


def _car(name: str) -> tuple[list[str], list[str]]:
    own = f"{ROOT}/car/{name}"
    reads = [f"{own}/{topic}" for topic in _READS] + [f"{ROOT}/{topic}" for topic in _STATE]
    return _subjects(f"{own}/{topic}" for topic in _WRITES), _subjects(reads)


def _list(subjects: list[str]) -> str:
    return ", ".join(f'"{subject}"' for subject in subjects)


def _subjects(topics: Iterable[str]) -> list[str]:
    """In MQTT a/# holds a too; in NATS a.> does not, and a subscription to the one is denied without the other."""
    subjects = []
    for topic in topics:
        subject = topic.replace("/", ".").replace("+", "*")
        subjects += [f"{subject[:-2]}.>", subject[:-2]] if subject.endswith(".#") else [subject]
    return subjects
