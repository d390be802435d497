"""The ways of owners and operators who are signed in, on which the fault matrix makes AWS fail.

What they are told was done is done without a second call; what they are not told so, a second call does. Somebody who
may not is let do nothing, whatever fails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from tests.portal.portal import Portal, User
from tests.proof.matrix.copies import Original, grant
from tests.proof.matrix.ended import is_held, is_over, ledger_share, share_of, told_of_holds
from tests.proof.matrix.ending import Ending, other_account
from tests.proof.matrix.paths import Case, Path, Way, be_asked, wait, wait_for_end
from tests.proof.matrix.run import Tally
from tests.proof.matrix.told import must_be_well, note
from tests.workflow.driver import OLGA, RETAIL, REVIEWS, SELECT_AND_DESCRIBE, Grants, Mesh, wait_until
from tests.workflow.http_client import Reply
from tests.workflow.register import Item
from tests.workflow.test_drift import findings, let_drift_see, look

_DONE = frozenset({200, 202})
_REFUSED = frozenset({403, 404})
_UNKNOWN = 503
"""Nobody can say yet whether a decision was taken."""
_DECIDING = ("decide-signed-in",)
PAST_LAKESHARE: Grants = {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}
"""What somebody granted by hand."""
Do = Callable[[Case], None]


class Owners:
    """Calls the API as owners, as an operator, and as somebody who is neither; each call with the case's name.

    Args:
        portal: the portal.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._olga, self._rohan = portal.approver_of(RETAIL), portal.approver_of(REVIEWS)
        self._operator, self._stranger = portal.new_user(), portal.new_user()
        portal.join(self._operator, "operators")
        for user in (self._olga, self._rohan, self._operator, self._stranger):
            portal.tokens(user)

    # --- deciding -----------------------------------------------------------------------------------------------

    def deciding(self) -> Sequence[Path]:
        """The ways of decisions; the requests are judged as all are."""
        return (
            self._decided("approve", be_asked),
            self._decided("deny", _to_be_denied),
            Path(
                "somebody signed in approves who may not",
                self._decide_in_vain,
                _to_be_denied,
                self._deny_after_all,
                _DECIDING,
                "a stranger",
            ),
        )

    def _decided(self, action: str, before: Way) -> Path:
        act, after = partial(self._decide, action), partial(self._decide_again, action)
        return Path(f"somebody signed in says {action}", act, before, after, _DECIDING, "signed in")

    def _decide(self, action: str, mesh: Mesh, case: Case, user: User | None = None) -> None:
        del mesh
        path = f"/requests/{case.id}/decision"
        document = {"action": action, "round": 1, "comment": "A test."}
        usual = frozenset({200}) if user is None else _REFUSED
        note(case, self._call(case, path, document, user or self._olga), usual)

    def _decide_again(self, action: str, mesh: Mesh, case: Case) -> None:
        """Posted again until it is known, it counts: the first try, or this one."""

        def is_known() -> bool:
            self._decide(action, mesh, case)
            return case.replies[-1].status != _UNKNOWN

        wait(is_known, case, "answer that knows")
        if case.replies[-1].status != 200:
            case.wrong.append(f"the second try is answered {case.replies[-1].status}: {case.replies[-1].body[:200]}")
        wait_for_end(mesh, case)
        decision = mesh.register_item(case.id).get("decision", {})
        what = tuple(decision.get(name) for name in ("action", "approver", "decided_by"))
        if what != (action, OLGA, "signed-in"):
            case.wrong.append(f"the decision that counted is {what}")

    def _decide_in_vain(self, mesh: Mesh, case: Case) -> None:
        self._decide("approve", mesh, case, self._stranger)

    def _deny_after_all(self, mesh: Mesh, case: Case) -> None:
        if (status := mesh.register_item(case.id)["status"]) != "WAITING":
            case.wrong.append(f"it is {status} by who may not decide")
        self._decide_again("deny", mesh, case)

    # --- ending -------------------------------------------------------------------------------------------------

    def ending(self) -> Sequence[Path]:
        """The ways of shares that are ended, and of holds; what becomes of the shares is judged."""
        request, _ = self._portal.mesh.ask("transport", "yellow_tripdata", self._portal.mesh.new_account())
        copies = Ending({"table": Original.of(self._portal.mesh, request)})
        return (
            _path("a share that its owner revokes", self._revoke, copies.share),
            _path("data that are held with their share", self._revoke_and_hold, _held_so(copies.own_database)),
            _path("an account that is held", self._hold, _held_so(copies.share), _must_be_held),
            _path("a hold that is lifted", self._lift, _held_before(copies.share), self._must_be_lifted),
            _path("a look at what would end", self._look, copies.share, self._must_live),
            _path("somebody revokes who may not", self._revoke_in_vain, copies.share, self._must_live, "a stranger"),
        )

    def _revoke(self, case: Case, user: User | None = None, usual: Set[int] = _DONE, **more: object) -> None:
        path = f"/shares/{quote(share_of(case))}/revoke"
        note(case, self._call(case, path, {"reason": "A test.", **more}, user or self._rohan), usual)

    def _revoke_and_hold(self, case: Case) -> None:
        self._revoke(case, hold=True)

    def _hold(self, case: Case, **more: object) -> None:
        document = {"consumer": case.account, "reason": "A test.", **more}
        note(case, self._call(case, "/holds", document, self._operator), _DONE)

    def _lift(self, case: Case) -> None:
        document = {"consumer": other_account(case), "reason": "A test."}
        note(case, self._call(case, "/holds/lift", document, self._operator), _DONE)

    def _look(self, case: Case) -> None:
        self._revoke(case, dry_run=True)
        self._hold(case, dry_run=True)

    def _revoke_in_vain(self, case: Case) -> None:
        self._revoke(case, self._stranger, _REFUSED)

    def _must_be_lifted(self, mesh: Mesh, case: Case) -> None:
        other = other_account(case)
        wait(lambda: told_of_holds(mesh, other) == {"HoldLifted"}, case, "event that the hold is lifted")
        if is_held(mesh, other):
            case.wrong.append("the hold stands")
        self._must_live(mesh, case)

    def _must_live(self, mesh: Mesh, case: Case) -> None:
        """What ends nothing has ended nothing; and then the share is ended."""
        if (status := ledger_share(mesh, case)["status"]) != "ACTIVE":
            case.wrong.append(f"the share is {status}")
        self._revoke(case)
        if case.replies[-1].status not in _DONE:
            case.wrong.append(f"revoked after all, it is answered {case.replies[-1].status}")

    # --- settling -----------------------------------------------------------------------------------------------

    def settling(self) -> Sequence[Path]:
        """The ways of findings that an owner settles: copies of one that Drift made."""
        found = Found.by_drift(self._portal.mesh)
        return tuple(
            Path(
                f"what drift found, settled by {action}",
                partial(self._settle, found, action),
                partial(found.copy, action),
                partial(self._settle_again, found, action),
                ("findings-api",),
                "settling",
            )
            for action in ("adopt", "revoke")
        )

    def _settle(self, found: Found, action: str, mesh: Mesh, case: Case) -> None:
        del mesh
        document = {"action": action, "digest": found.digest, "reason": "A test."}
        note(case, self._call(case, f"/findings/{case.id}/settle", document, self._rohan), {200})

    def _settle_again(self, found: Found, action: str, mesh: Mesh, case: Case) -> None:
        """Posted again, what was cut off is done."""
        if case.replies[-1].status != 200:
            self._settle(found, action, mesh, case)
        must_be_well(case, 1)
        if action == "revoke":
            wait(lambda: all(map(is_over, mesh.shares(case.account).values())), case, "end of what was granted")

    # ------------------------------------------------------------------------------------------------------------

    def _call(self, case: Case, path: str, document: object, user: User) -> Reply:
        return self._portal.call("POST", path, user, document, {"X-Case": case.event})


# --- what stood before, and what is promised ----------------------------------------------------------------------


def _to_be_denied(mesh: Mesh, case: Case) -> None:
    be_asked(mesh, case)
    case.usual, case.granted = "DENIED", {}


def _held_so(before: Way) -> Way:
    """The same, of a share whose end is told to be a hold."""

    def way(mesh: Mesh, case: Case) -> None:
        before(mesh, case)
        case.usual = "Held"

    return way


def _held_before(before: Way) -> Way:
    """The same, while there is a hold on another account."""

    def way(mesh: Mesh, case: Case) -> None:
        before(mesh, case)
        mesh.hold(f"consumer#{other_account(case)}")

    return way


def _must_be_held(mesh: Mesh, case: Case) -> None:
    if not is_held(mesh, case.account):
        case.wrong.append("no hold stands")
    wait(lambda: told_of_holds(mesh, case.account) == {"HoldPut"}, case, "event that it is held")


def _path(name: str, do: Do, before: Way, then: Way | None = None, entry: str = "API") -> Path:
    """What was not answered as done is done by a second call; in the end the share is over."""

    def again(mesh: Mesh, case: Case) -> None:
        told = case.replies[-1].status
        if told not in (_REFUSED if entry == "a stranger" else _DONE):
            do(case)
            told = case.replies[-1].status
        if told not in (_REFUSED if entry == "a stranger" else _DONE):
            case.wrong.append(f"the second call is answered {told}: {case.replies[-1].body[:200]}")
        if then is not None:
            then(mesh, case)
        wait(lambda: is_over(ledger_share(mesh, case)), case, "end of the share")

    return Path(name, lambda _mesh, case: do(case), before, again, ("shares-api",), entry)


@dataclass(frozen=True)
class Found:
    """What Drift found of one account, to be copied for others."""

    item: Item
    account: str
    digest: str

    @classmethod
    def by_drift(cls, mesh: Mesh) -> Found:
        """Has Drift look at what somebody granted past Lakeshare."""
        account = mesh.new_account()
        grant(mesh, account, PAST_LAKESHARE)
        let_drift_see(mesh)

        def seen() -> Item | None:
            # Where Drift looks already, for an event say, it looks no second time meanwhile.
            look(mesh)
            return findings(mesh, account).get("UNEXPLAINED")

        found = wait_until(seen, what="finding")
        key = {"pk": {"S": found["pk"]}, "entry": {"S": found["entry"]}}
        item = mesh.client("dynamodb").get_item(TableName=mesh.ledger, Key=key)["Item"]
        return cls(item, account, found["digest"])

    def copy(self, action: str, mesh: Mesh, case: Case) -> None:
        """Another account to which the same was granted, and what Drift found of that."""
        case.account, case.usual = mesh.new_account(), action
        item = {**self.item, "entry": {"S": case.id}, "principal": {"S": case.account}}
        mesh.client("dynamodb").put_item(TableName=mesh.ledger, Item=item)
        grant(mesh, case.account, PAST_LAKESHARE)
        case.granted = PAST_LAKESHARE if action == "adopt" else {}


def judge_settled(mesh: Mesh, cases: Sequence[Case], tally: Tally) -> None:
    """What was adopted is one share that lives, granted as before; what was revoked is granted no more."""
    ended = [each["detail"]["share_id"] for each in mesh.told() if each["detail-type"] == "ShareEnded"]
    grants = mesh.all_grants()
    for case in cases:
        shares = mesh.shares(case.account)
        states = [each["status"] for each in shares.values()]
        if states != ["ACTIVE" if case.usual == "adopt" else "REVOKED"]:
            case.wrong.append(f"its shares are {states}")
        if (has := grants.get(case.account, {})) != case.granted:
            case.wrong.append(f"granted is {has}, not {case.granted}")
        told = [each for each in ended if each in shares]
        if len(set(told)) != (case.usual == "revoke"):
            case.wrong.append(f"ends were told of {told}")
        tally.ends[case.usual] += 1
        tally.twice += len(told) > 1
        tally.pages.update(reply.status for reply in case.replies)
        tally.wrong += [f"{case}: {what}" for what in case.wrong]
