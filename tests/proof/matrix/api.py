"""The ways of people through the requests API on which the fault matrix makes AWS fail."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence

from tests.portal.portal import Portal, User
from tests.proof.matrix.paths import Case, Path, wait_for_end
from tests.workflow.accounts import SELECT_AND_DESCRIBE
from tests.workflow.driver import Mesh
from tests.workflow.http_client import Reply

_USERS = 12
"""Nobody may ask for more than a hundred tables an hour."""
_KILLED = 500


class Callers:
    """Calls the API as one of several people, each with the case's name in a header, by which faults find the call.

    Args:
        portal: the portal.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        users = [portal.new_user() for _ in range(_USERS)]
        for user in users:
            portal.tokens(user)
        self._users = itertools.cycle(users)
        self._of: dict[str, User] = {}

    def paths(self) -> Sequence[Path]:
        """The ways, each with who goes it."""
        return (
            Path("a request that is made", self._ask, self._nobody_yet, self._ask_again, ("requests-api",), "API"),
            Path("a look at a request", self._look, self._asked, self._look_again, ("requests-api",), "look"),
            Path("a preview", self._preview, self._asked, self._preview_again, ("catalogue-api",), "preview"),
        )

    # --- asking -------------------------------------------------------------------------------------------------

    def _nobody_yet(self, mesh: Mesh, case: Case) -> None:
        self._of[case.event] = next(self._users)
        case.account = mesh.new_account()
        case.granted = {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}

    def _ask(self, mesh: Mesh, case: Case) -> None:
        del mesh
        document = {**_document(case), "client_token": f"{case.event}-token", "purpose": "For a test."}
        self._note(case, self._call(case, "POST", "/requests", document), {200, 201})

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
        self._nobody_yet(mesh, case)
        self._ask_again(mesh, case)

    def _look(self, mesh: Mesh, case: Case) -> None:
        del mesh
        for path in (f"/requests/{case.id}", "/requests"):
            self._note(case, self._call(case, "GET", path), {200})

    def _look_again(self, mesh: Mesh, case: Case) -> None:
        self._look(mesh, case)
        self._must_be_well(case, 2)

    def _preview(self, mesh: Mesh, case: Case) -> None:
        del mesh
        self._note(case, self._call(case, "POST", "/requests/preview", _document(case)), {200})

    def _preview_again(self, mesh: Mesh, case: Case) -> None:
        self._preview(mesh, case)
        self._must_be_well(case, 1)

    # ------------------------------------------------------------------------------------------------------------

    def _call(self, case: Case, method: str, path: str, document: object = None) -> Reply:
        return self._portal.call(method, path, self._of[case.event], document, {"X-Case": case.event})

    @staticmethod
    def _note(case: Case, reply: Reply, usual: set[int]) -> None:
        """People are told what the matter is, in words; only who kills the function leaves API Gateway's own."""
        case.replies.append(reply)
        killed = case.fault is not None and case.fault.what.startswith("killed")
        problem: Mapping[str, object] = json.loads(reply.body)
        named = bool(problem.get("reason") and problem.get("detail"))
        if reply.status not in usual and not (reply.status in {500, 503} and (named or killed)):
            case.wrong.append(f"a call is answered {reply.status}: {reply.body[:200]}")

    @staticmethod
    def _must_be_well(case: Case, calls: int) -> None:
        statuses = [reply.status for reply in case.replies[-calls:]]
        if statuses != [200] * calls:
            case.wrong.append(f"the second calls are answered {statuses}")


def _document(case: Case) -> dict[str, object]:
    return {
        "source": {"database": "transport", "table": "yellow_tripdata"},
        "target": {"account_id": case.account},
    }
