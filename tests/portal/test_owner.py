"""Who has what, by each list that there is, and a hold, by programs; test_signed_in.py has owners in a browser."""

from __future__ import annotations

import json

from tests.portal.portal import Portal, User


def test_every_list_and_a_hold_on_the_mesh(portal: Portal, user: User) -> None:
    account = portal.mesh.new_account()
    asked = portal.ask(user, "transport", "yellow_tripdata", account)["id"]
    portal.wait_for(user, asked, "SHARED")
    share = f"{asked}:1"
    owner = json.loads(portal.call("GET", f"/shares/{share}", user).body)["owner"]["account_id"]
    jane, auditor = portal.approver_of(owner), portal.new_user(auditor=True)
    for query, caller in {
        "": user,
        f"?view=owner&owner={owner}&account_id={account}": jane,
        f"?view=all&account_id={account}": auditor,
        f"?view=all&database=transport&account_id={account}": auditor,
        f"?view=account&account_id={account}": auditor,
        "?view=all&limit=100": auditor,
    }.items():
        reply = portal.call("GET", f"/shares{query}", caller)
        assert share in [each["id"] for each in json.loads(reply.body)["shares"]], (query, reply.body)
    # The data of nobody else in these tests: what is held here is shared with nobody meanwhile.
    on = {"source": {"database": "transport", "table": "held_in_this_test"}}
    assert portal.call("POST", "/holds", user, {**on, "reason": "x"}).status == 403
    operator = portal.new_user()
    portal.join(operator, "operators")
    held = portal.call("POST", "/holds", operator, {**on, "reason": "A leak."})
    assert held.status == 202, held.body
    assert "transport.held_in_this_test" in portal.call("GET", "/holds", auditor).body
    assert portal.call("POST", "/holds/lift", operator, {**on, "reason": "It was none."}).status == 202
    assert "HoldLifted" in portal.call("GET", "/changes?days=90&limit=100", auditor).body
