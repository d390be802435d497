"""The input of the state machine that revokes: what it takes, and how it refuses the rest by name."""

from typing import Any

import pytest

from handlers.sharing.model.classification import Scope
from handlers.sharing.model.errors import InvalidInput, Refused, UnknownField
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.request import Source
from handlers.sharing.model.revocation import Revocation, parse_revocation
from handlers.sharing.model.share import Share, ShareStatus

ACCOUNT = "999999999999"
OF_SOURCE = {"database": "Sales", "table": "*"}


@pytest.mark.parametrize(
    ("given", "expected", "hold"),
    [
        ({"share": "r1:1"}, Revocation("why", share="r1:1"), None),
        ({"consumer": ACCOUNT}, Revocation("why", consumer=ACCOUNT), Hold("consumer", ACCOUNT)),
        ({"owner": ACCOUNT, "dry_run": True}, Revocation("why", owner=ACCOUNT, dry_run=True), Hold("owner", ACCOUNT)),
        (
            {"source": OF_SOURCE, "hold": True, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "x"},
            Revocation("why", source=Source("sales", "*"), hold=True),
            Hold("database", "sales", "*"),
        ),
        (
            {"consumer": ACCOUNT, "hold": False},
            Revocation("why", consumer=ACCOUNT, hold=False),
            Hold("consumer", ACCOUNT),
        ),
    ],
)
def test_what_is_wanted(given: dict[str, Any], expected: Revocation, hold: Hold | None) -> None:
    wish = parse_revocation({"reason": " why ", **given})
    assert (wish, wish.held) == (expected, hold)


BEGAN, LATER = "2026-11-24T10:00:00.000Z", "2026-11-24T10:00:00.001Z"
PEOPLE = Source("sales", "people")


@pytest.mark.parametrize(
    ("wish", "since", "reaches"),
    [
        ({"share": "r1:1"}, BEGAN, True),
        ({"share": "r1:1"}, LATER, False),
        ({"share": "r1:1", "hold": True}, LATER, True),
        ({"share": "r1:2"}, BEGAN, False),
        ({"consumer": ACCOUNT}, BEGAN, True),
        ({"consumer": "888888888888"}, BEGAN, False),
        ({"owner": "111111111111"}, BEGAN, True),
        ({"owner": ACCOUNT}, BEGAN, False),
        ({"source": PEOPLE}, BEGAN, True),
        ({"source": Source("sales", "*")}, BEGAN, True),
        ({"source": Source("sales", "orders")}, BEGAN, False),
        ({"source": Source("crm", "*")}, BEGAN, False),
    ],
)
def test_which_shares_it_reaches(wish: dict[str, Any], since: str, reaches: bool) -> None:
    share = Share(
        "r1:1", ACCOUNT, ShareStatus.ACTIVE, PEOPLE, Scope.TABLE, Owner("111111111111"), "f" * 64, since, live=True
    )
    assert Revocation("why", **wish).reaches(share, BEGAN) is reaches


@pytest.mark.parametrize(
    ("document", "kind", "field"),
    [
        ([], InvalidInput, ""),
        ({"reason": "why"}, InvalidInput, ""),
        ({"reason": "why", "share": "r1:1", "consumer": ACCOUNT}, InvalidInput, ""),
        ({"reason": "why", "consumer": ACCOUNT, "table": "x"}, UnknownField, "table"),
        ({"reason": "why", "source": {**OF_SOURCE, "column": "x"}}, UnknownField, "source.column"),
        ({"share": "r1:1"}, InvalidInput, "reason"),
        ({"share": "r1:1", "reason": "  "}, InvalidInput, "reason"),
        ({"share": "r1:1", "reason": "two\nlines"}, InvalidInput, "reason"),
        ({"share": "r1:1", "reason": "x" * 1001}, InvalidInput, "reason"),
        ({"share": 7, "reason": "why"}, InvalidInput, "share"),
        ({"share": "r1:1", "reason": "why", "hold": True}, InvalidInput, "hold"),
        ({"consumer": "12345", "reason": "why"}, InvalidInput, "consumer"),
        ({"owner": 111111111111, "reason": "why"}, InvalidInput, "owner"),
        ({"consumer": ACCOUNT, "reason": "why", "dry_run": "false"}, InvalidInput, "dry_run"),
        ({"consumer": ACCOUNT, "reason": "why", "hold": 1}, InvalidInput, "hold"),
        ({"source": "sales", "reason": "why"}, InvalidInput, "source"),
        ({"source": {"database": "*", "table": "*"}, "reason": "why"}, InvalidInput, "source.database"),
        ({"source": {"database": "sales"}, "reason": "why"}, InvalidInput, "source.table"),
    ],
)
def test_what_is_refused(document: object, kind: type[Refused], field: str) -> None:
    with pytest.raises(kind) as refused:
        parse_revocation(document)
    assert (type(refused.value), refused.value.field) == (kind, field)
