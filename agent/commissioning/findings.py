"""What a check of a display found, line by line; the record that is kept and sent."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from content.requests import Finding


class Record(Struct, frozen=True):
    """A whole check."""

    car: str
    utc: datetime
    clock: str
    """How far utc may be believed: good or doubtful."""
    findings: tuple[Finding, ...]

    @property
    def ready(self) -> bool:
        """Nothing failed."""
        return all(finding.verdict != "fail" for finding in self.findings)

    @property
    def summary(self) -> str:
        """Short enough for a QR code that is read from a metre away: what failed and what was skipped, by name."""
        parts = [
            f"hoistway check {self.car} {self.utc:%Y-%m-%dT%H:%MZ}",
            "ready" if self.ready else "not ready",
        ]
        for verdict in ("fail", "skipped"):
            names = [finding.check for finding in self.findings if finding.verdict == verdict]
            if names:
                parts.append(f"{verdict}: {' '.join(names)}")
        return "; ".join(parts)


def passed(check: str, said: str) -> Finding:
    """Nothing to do."""
    return Finding(check, "pass", said)


def failed(check: str, said: str, todo: str) -> Finding:
    """It has to be mended."""
    return Finding(check, "fail", said, todo)


def skipped(check: str, said: str, todo: str = "") -> Finding:
    """Nobody knows."""
    return Finding(check, "skipped", said, todo)


def lines(findings: Sequence[Finding]) -> list[str]:
    """As a terminal shows them."""
    width = max((len(finding.check) for finding in findings), default=0)
    answer = []
    for finding in findings:
        answer.append(f"{finding.verdict:7}  {finding.check:{width}}  {finding.said}")
        if finding.todo:
            answer.append(f"{'':7}  {'':{width}}  -> {finding.todo}")
    return answer
