"""Decisions offered at a fixed rate: people do not wait for each other, and try again when they are told to."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TextIO

from tests.workflow.http_client import Reply, form, send

_PEOPLE = 1000
_TRIES = 10
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Post:
    """A decision that somebody will post: where, who, what they say, and the address that they post from."""

    url: str
    email: str
    comment: str
    source: str


@dataclass(frozen=True)
class Posted:
    """What came of it.

    Attributes:
        statuses: of each try; 0 is a connection that broke.
        title: of the last page.
        due, began, ended: seconds since 1970: when it was to be posted, when it was, and when it was answered at last.
    """

    statuses: tuple[int, ...]
    title: str
    due: float
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long the person waited, from when they meant to post: a late start counts, and so do further tries."""
        return self.ended - self.due


def offer(posts: Sequence[Post], a_second: float) -> list[Posted]:
    """Posts decisions, each at its own time, from a process of its own, which nothing else keeps from its work."""
    order = {"posts": [asdict(post) for post in posts], "a_second": a_second}
    done = subprocess.run(
        [sys.executable, "-m", "tests.proof.offering"],
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Posted(**{**each, "statuses": tuple(each["statuses"])}) for each in json.loads(done.stdout)]


def percentile(values: Iterable[float], part: float) -> float:
    """The smallest value that `part` of all values do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * round(part * 100) // 100) - 1)]


def main(orders: TextIO, answers: TextIO) -> None:
    """The process's own work."""
    order = json.load(orders)
    posts = [Post(**each) for each in order["posts"]]
    threading.stack_size(256 * 1024)
    with ThreadPoolExecutor(_PEOPLE) as people:
        began = time.time() + 0.5
        waiting = []
        for number, post in enumerate(posts):
            due = began + number / order["a_second"]
            time.sleep(max(0.0, due - time.time()))
            waiting.append(people.submit(_post, post, due))
        json.dump([asdict(each.result()) for each in waiting], answers)


def _post(post: Post, due: float) -> Posted:
    began = time.time()
    statuses: list[int] = []
    reply: Reply | None = None
    while len(statuses) < _TRIES:
        if statuses:
            time.sleep(_PAUSE_SECONDS)
        reply = _send(post)
        statuses.append(reply.status if reply is not None else 0)
        if statuses[-1] not in {0, 429} and statuses[-1] < 500:
            break
    title = reply.title if reply is not None else ""
    return Posted(tuple(statuses), title, due, began, time.time())


def _send(post: Post) -> Reply | None:
    body, headers = form({"email": post.email, "comment": post.comment})
    try:
        return send("POST", post.url, body=body, headers=headers, source=post.source)
    except OSError:
        return None


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
