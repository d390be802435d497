"""What somebody posts to the requests API, where nothing is wrong with it: the faults are in `test_texts.py`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.sharing.model.errors import RolesWithoutKit
from handlers.sharing.model.new_request import FieldFault, InvalidRequest, NewRequest, parse_new
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.request import ShareRequest, Source
from handlers.sharing.model.term import NO_END
from tests.fakes.world import CENTRAL, CONSUMER, input_of


@pytest.mark.parametrize(
    ("purpose", "kept"),
    [
        (None, None),
        ("  \n", None),
        (" One\r\ntwo\rthree\n\tfour\n", "One\ntwo\nthree\n\tfour"),
        (f" {'x' * 1000} ", "x" * 1000),
    ],
)
def test_a_right_one(purpose: str | None, kept: str | None) -> None:
    request = ShareRequest(Source("sales", "orders"), CONSUMER)
    posted = {"client_token": "token-0001", **input_of(), "purpose": purpose}
    assert parse_new(posted, CENTRAL, Parties({}), datetime.now(UTC)) == NewRequest("token-0001", request, kept, NO_END)


def test_roles_are_taken_where_the_account_has_a_kit() -> None:
    role, now = f"arn:aws:iam::{CONSUMER}:role/analyst", datetime.now(UTC)
    posted = {"client_token": "token-0001", **input_of(), "target": {"account_id": CONSUMER, "roles": [role]}}
    parties = Parties({}, kits=frozenset({CONSUMER}))
    assert parse_new(posted, CENTRAL, parties, now).request.roles == (role,)
    with pytest.raises(InvalidRequest) as raised:
        parse_new(posted, CENTRAL, Parties({}), now)
    assert raised.value.reason == RolesWithoutKit.__name__
    assert raised.value.faults == (FieldFault("target.roles", str(raised.value)),)
