"""The ways of people through the portal's API on which the fault matrix makes AWS fail."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from handlers.sharing.model.classification import Rule
from tests.portal.portal import Portal, User
from tests.proof.matrix.copies import Original
from tests.proof.matrix.ended import is_over, ledger_share, share_of
from tests.proof.matrix.paths import Case, Path, wait, wait_for_end
from tests.proof.matrix.told import is_denied, must_be_well, note
from tests.workflow.accounts import SELECT_AND_DESCRIBE
from tests.workflow.driver import REVIEWS, Mesh
from tests.workflow.http_client import Reply

_USERS = 12
"""Nobody may ask for more than a hundred tables an hour."""


@dataclass(frozen=True)
class Look:
    """A way of somebody who only looks.

    Attributes:
        name: for people.
        function: who answers.
        calls: the paths that are read, `{id}` being the case's request; of a list that grows, one entry.
        hidden: what a denied call says here: that Lake Formation hides the entry, so for people it is not there.
        by_owner: whether an approver of the request's data looks.
        says_less: whether an answer says itself that it does not show all.
    """

    name: str
    function: str
    calls: Sequence[str]
    hidden: str = ""
    by_owner: bool = False
    says_less: Callable[[Mapping[str, Any]], bool] = lambda _: False


_TABLES = Look(
    "the tables of a database", "catalogue-api", ("/catalogue/tables?database=transport",), "DatabaseNotFound"
)
_TABLE = Look(
    "a table of the catalogue",
    "catalogue-api",
    ("/catalogue/table?database=transport&name=yellow_tripdata",),
    "TableNotFound",
)
_OF_DATABASE = {"GetDatabase", "BatchGetItem"}
"""What reads a table's database, and what is remembered of it."""
_NO_DATABASE = {
    "reason": "DatabaseNotFound",
    "message": "There is no database 'transport', or it is not shown here.",
}
LOOKS = (
    Look("a look at a request", "requests-api", ("/requests/{id}", "/requests?limit=1")),
    Look("a look at an execution", "requests-api", ("/executions/{id}", "/executions?limit=1")),
    Look("the databases of the catalogue", "catalogue-api", ("/catalogue/databases",)),
    Look("a database of the catalogue", "catalogue-api", ("/catalogue/database?name=transport",), "DatabaseNotFound"),
    _TABLES,
    _TABLE,
)
OF_OWNERS = (
    Look(
        "what waits for an owner",
        "decide-signed-in",
        ("/decisions",),
        by_owner=True,
        says_less=lambda found: found["unknown"] != [],
    ),
    Look(
        "a request as its owner sees it",
        "decide-signed-in",
        ("/requests/{id}/decision",),
        by_owner=True,
        says_less=lambda found: found["has"] is None,
    ),
    Look(
        "shares and holds of an owner",
        "shares-api",
        (f"/shares?view=owner&owner={REVIEWS}&limit=1", "/shares/{id}:1", f"/holds?owner={REVIEWS}"),
        by_owner=True,
    ),
    Look("shares and changes of everybody", "shares-api", ("/shares?view=all&limit=1", "/changes?limit=1")),
    Look("what drift found", "findings-api", ("/findings",)),
)
_GROWING = ("requests", "executions", "shares", "holds", "changes")
"""Lists of which only the number of entries stays."""


class Callers:
    """Calls the API as one of several people, each with the case's name in a header, by which faults find the call.

    Args:
        portal: the portal.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        users = [portal.new_user(auditor=True) for _ in range(_USERS)]
        for user in users:
            portal.tokens(user)
        self._users = itertools.cycle(users)
        self._owner = portal.approver_of(REVIEWS)
        self._of: dict[str, User] = {}
        self._made: Case | None = None
        self._lock = threading.Lock()

    def paths(self) -> Sequence[Path]:
        """The ways, each with who goes it."""
        return (
            Path("a request that is made", self._ask, self._nobody_yet, self._ask_again, ("requests-api",), "API"),
            Path("a preview", self._preview, self._asked, self._preview_again, ("catalogue-api",), "preview"),
            *(self._way_of(look) for look in LOOKS),
        )

    def of_owners(self) -> Sequence[Path]:
        """The ways of owners and auditors who look."""
        return [self._way_of(look) for look in OF_OWNERS]

    def giving_back(self) -> Path:
        """The way of who gives back what their request was granted: each time a copy of one share of theirs."""
        user, mesh = next(self._users), self._portal.mesh
        made = self._portal.ask(user, "transport", "yellow_tripdata", mesh.new_account())["id"]
        self._portal.wait_for(user, made, "SHARED")
        before = partial(self._given, Original.of(mesh, made), user)
        return Path(
            "a share that is given back", self._give_back, before, self._give_back_again, ("requests-api",), "API"
        )

    def _given(self, original: Original, user: User, mesh: Mesh, case: Case) -> None:
        case.account, case.usual, self._of[case.event] = mesh.new_account(), "GivenBack", user
        original.copy(mesh, case.id, case.account)

    def _give_back(self, mesh: Mesh, case: Case) -> None:
        del mesh
        path = f"/shares/{quote(share_of(case))}/give-back"
        note(case, self._call(case, "POST", path, {"reason": "A test."}), {200})

    def _give_back_again(self, mesh: Mesh, case: Case) -> None:
        """Called once more, it is taken back, whatever came of the first call."""
        self._give_back(mesh, case)
        must_be_well(case, 1)
        wait(lambda: is_over(ledger_share(mesh, case)), case, "end of the share")

    # --- asking -------------------------------------------------------------------------------------------------

    def _nobody_yet(self, mesh: Mesh, case: Case) -> None:
        self._of[case.event] = next(self._users)
        case.account = mesh.new_account()
        case.granted = {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}

    def _ask(self, mesh: Mesh, case: Case) -> None:
        del mesh
        document = {**_document(case), "client_token": f"{case.event}-token", "purpose": "For a test."}
        note(case, self._call(case, "POST", "/requests", document), {200, 201})

    def _ask_again(self, mesh: Mesh, case: Case) -> None:
        """The same call once more finds the request, or makes it."""
        self._ask(mesh, case)
        reply = case.replies[-1]
        if reply.status not in {200, 201}:
            case.wrong.append(f"the second call is answered {reply.status}")
            return
        case.id = str(json.loads(reply.body)["id"])
        wait_for_end(mesh, case)

    # --- looking ------------------------------------------------------------------------------------------------

    def _asked(self, mesh: Mesh, case: Case) -> None:
        """One request is looked at in all cases: a look must not change it. Another waits for its owner."""
        with self._lock:
            if self._made is None:
                mesh.ask_owner("amazon", "productreviews", mesh.new_account())
                self._nobody_yet(mesh, case)
                self._ask_again(mesh, case)
                self._made = case
        case.id, case.account, case.granted = self._made.id, self._made.account, self._made.granted
        self._of[case.event] = self._of[self._made.event]

    def _way_of(self, look: Look) -> Path:
        again = partial(self._look_again, look)
        return Path(look.name, partial(self._look, look), self._asked, again, (look.function,), look.name)

    def _look(self, look: Look, mesh: Mesh, case: Case) -> None:
        del mesh
        who = self._owner if look.by_owner else None
        for path in look.calls:
            note(case, self._call(case, "GET", path.format(id=case.id), user=who), {200}, look.hidden)

    def _look_again(self, look: Look, mesh: Mesh, case: Case) -> None:
        """The second look shows everything, and the first one showed either that or an error."""
        self._look(look, mesh, case)
        calls = len(look.calls)
        must_be_well(case, calls)
        for first, second in zip(case.replies[-2 * calls : -calls], case.replies[-calls:], strict=True):
            if not first.status == second.status == 200 or look.says_less(json.loads(first.body)):
                continue
            if _extent(first) != self._expected(look, case, second):
                case.wrong.append(f"answered 200 with less than is there: {first.body[:200]}")

    @staticmethod
    def _expected(look: Look, case: Case, whole: Reply) -> object:
        """A table is shown without its database, where that is hidden: it has no owner then, and asks, all of it.

        Nobody can tell whether the database is flagged, or was once.
        """
        expected = _extent(whole)
        if look in (_TABLE, _TABLES) and is_denied(case) and case.site and case.site.operation in _OF_DATABASE:
            for table in expected["tables"] if look is _TABLES else [expected["table"]]:
                table["owner"] = None
                table["rules"] = list(dict.fromkeys([Rule.UNREADABLE_FLAG.value, *table["rules"]]))
                table["personal"] = "unreadable" if table["personal"] == "no" else table["personal"]
            if look is _TABLE:
                parts = expected["parts"]
                parts |= {"refusal": _NO_DATABASE, "safe": {"columns": None, "refusal": _NO_DATABASE}}
                parts["filters"] = [{**each, "expression": None, "refusal": _NO_DATABASE} for each in parts["filters"]]
        return expected

    def _preview(self, mesh: Mesh, case: Case) -> None:
        del mesh
        # One person looks only so often a minute.
        reply = self._call(case, "POST", "/requests/preview", _document(case), next(self._users))
        note(case, reply, {200})

    def _preview_again(self, mesh: Mesh, case: Case) -> None:
        self._preview(mesh, case)
        must_be_well(case, 1)

    # ------------------------------------------------------------------------------------------------------------

    def _call(self, case: Case, method: str, path: str, document: object = None, user: User | None = None) -> Reply:
        return self._portal.call(method, path, user or self._of[case.event], document, {"X-Case": case.event})


def _document(case: Case) -> dict[str, object]:
    return {
        "source": {"database": "transport", "table": "yellow_tripdata"},
        "target": {"account_id": case.account},
    }


def _extent(reply: Reply) -> Any:
    """How much an answer shows: all of it, or how many entries of a list that grows meanwhile."""
    document = json.loads(reply.body)
    return {name: len(document[name]) for name in _GROWING if name in document} or document
