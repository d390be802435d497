"""What can be asked for in a model of the workflow, by whom, and what can go wrong meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from tests.fakes.world import APPROVER, CONSUMER, World
from tests.proof.model.changes import CHANGES, CHANGES_OF_PARTS

CONSUMERS: Final = (CONSUMER, "888888888888")
ADDRESSES: Final = (APPROVER, "joe@two.example", "mallory@elsewhere.example")


class Wish(NamedTuple):
    """What is asked for; `part`: which part of it, as a request's fields."""

    database: str
    table: str
    part: Mapping[str, Any] = {}


WHOLES: Final = (
    *(Wish("sales", "people"), Wish("sales", "people"), Wish("sales", "orders"), Wish("sales", "*")),
    *(Wish("weather", "*"), Wish("weather", "rain"), Wish("sea", "*")),
)
OF_A_TABLE: Final = (
    Wish("sales", "clients", {"scope": "safe"}),
    Wish("sales", "clients", {"scope": "safe", "filter": "eu"}),
    Wish("sales", "clients", {"columns": ["id", "city"]}),
    Wish("sales", "clients", {"columns": ["ID", "mail"]}),
    Wish("sales", "clients", {"columns": ["city", "mail", "note"], "filter": "eu"}),
    Wish("sales", "clients", {"filter": "few"}),
    Wish("sales", "clients"),
)
OF_DATABASES: Final = (
    *(Wish("sales", "*", {"scope": "safe"}), Wish("weather", "*", {"scope": "safe"}), Wish("weather", "*")),
    *(Wish("weather", "rain", {"scope": "safe"}), Wish("weather", "rain", {"columns": ["id"]})),
    *(Wish("sales", "people", {"scope": "safe"}), OF_A_TABLE[0]),
)
Flavour = tuple[Mapping[str, Callable[[World], None]], Sequence[Wish]]
"""What can change in a sequence, and what it asks for: where all is mixed, little of it meets."""
OF_WHOLES: Final[Sequence[Flavour]] = ((CHANGES, WHOLES),)
OF_PARTS: Final[Sequence[Flavour]] = (
    *[(CHANGES_OF_PARTS, OF_A_TABLE)] * 2,
    (CHANGES | CHANGES_OF_PARTS, OF_DATABASES),
)
FLAVOURS: Final[Sequence[Flavour]] = (
    *OF_WHOLES * 2,
    *OF_PARTS,
    (CHANGES | CHANGES_OF_PARTS, (*WHOLES, *OF_A_TABLE, *OF_DATABASES)),
)

which = st.integers(0, 5)
any_of_many = st.integers(0, 999)
moments = st.tuples(st.integers(1, 12), st.sampled_from(["before", "after"]))
strokes = st.sampled_from(["TryAgain", "AccessRefused", "Runtime.ExitError", "Sandbox.Timedout", "Lambda.Unknown"])
Misfortune = tuple[tuple[int, str], str] | None
misfortunes: st.SearchStrategy[Misfortune] = st.none() | st.none() | st.tuples(moments, strokes)
Trouble = tuple[str, tuple[int, str], str, int]
troubles: st.SearchStrategy[Trouble] = st.tuples(
    st.sampled_from(["Classify", "RequestApproval", "Notify", "Notify", "Grant", "Grant", "Close"]),
    moments,
    strokes,
    st.sampled_from([1, 1, 2, 8]),
)
"""Which function's next runs are struck, where, by what, and how many: eight in a row outlast all retries."""
