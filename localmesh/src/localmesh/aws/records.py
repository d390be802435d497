"""What was checked: every permission that a role used or was refused, and every role that somebody or something took.

A proof of least privilege goes by it: what a role never used, it need not be allowed.
"""

import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass

_KEPT = 200_000


@dataclass(frozen=True)
class Record:
    """One check of one action on one resource.

    Attributes:
        role: its ARN.
        action: what it wanted to do.
        resource: on what.
        allowed: whether its policies let it.
        context: of the condition keys, in lower case, that are the call's own, those that its policies look at, and
            their values.
    """

    role: str
    action: str
    resource: str
    allowed: bool
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Taking:
    """One attempt to take a role.

    Attributes:
        role: its ARN.
        action: `sts:AssumeRole`, or with what else it was taken.
        principals: the names that the caller goes by: a service, or a role's ARN, its session's and its account's.
        context: condition keys, in lower case, and their values.
        may: whether the caller's own policies let it; what no policy could forbid is so too.
        trusted: whether the role's trust policy lets it.
    """

    role: str
    action: str
    principals: tuple[str, ...]
    context: tuple[tuple[str, str], ...]
    may: bool
    trusted: bool


class Records:
    """Keeps the last checks one by one, and counts all of them."""

    def __init__(self) -> None:
        self._latest: deque[Record] = deque(maxlen=_KEPT)
        self._checks: Counter[Record] = Counter()
        self._takings: Counter[Taking] = Counter()
        self._lock = threading.Lock()

    def add(self, record: Record) -> None:
        """Keeps and counts a check."""
        with self._lock:
            self._latest.append(record)
            self._checks[record] += 1

    def take(self, taking: Taking) -> None:
        """Counts an attempt to take a role."""
        with self._lock:
            self._takings[taking] += 1

    def latest(self) -> list[Record]:
        """The checks since the last `forget`, oldest first."""
        with self._lock:
            return list(self._latest)

    def forget(self) -> None:
        """Starts the list anew; the counts stay."""
        with self._lock:
            self._latest.clear()

    def counted(self) -> Mapping[str, list[dict[str, object]]]:
        """All since the mesh was started, each different check and attempt once, with how often there was one."""
        with self._lock:
            counters = {"checks": self._checks.copy(), "takings": self._takings.copy()}
        return {
            name: [{**asdict(each), "count": count} for each, count in counter.items()]
            for name, counter in counters.items()
        }


records = Records()
"""Those of this process: a mesh has one AWS."""
