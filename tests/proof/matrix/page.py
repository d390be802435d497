"""The ways of people to the decision page and the requests API on which the fault matrix makes AWS fail."""

from __future__ import annotations

from functools import partial

from handlers.sharing.model.keys import WRONG_TRIES_A_KEY
from tests.proof.matrix.ends import cannot_close, stop
from tests.proof.matrix.paths import Case, Path, answer_all, be_asked, mails, post, wait, wait_for_end
from tests.workflow.driver import OLGA, Mesh

_WRONG = "nobody@example.org"
_TRIES = 10
_AGAIN = 503


# --- looking ----------------------------------------------------------------------------------------------------


def _asked(mesh: Mesh, case: Case) -> None:
    case.usual = "DENIED"
    be_asked(mesh, case)


def _look(mesh: Mesh, case: Case) -> None:
    reply = mesh.get(mesh.links(mails(mesh, case)[0]).deny)
    case.replies.append(reply)
    _must_help(case, {200})


def _look_again(mesh: Mesh, case: Case) -> None:
    reply = mesh.get(mesh.links(mails(mesh, case)[0]).deny)
    if reply.status != 200:
        case.wrong.append(f"a second look is answered {reply.status}")
    answer_all(mesh, case, "deny")


# --- deciding ---------------------------------------------------------------------------------------------------


def _post(mesh: Mesh, case: Case, action: str = "approve") -> None:
    post(mesh, case, action)
    _must_help(case, {200})


def _post_again(mesh: Mesh, case: Case, action: str = "approve") -> None:
    """A second try decides, or finds the first one's decision."""
    if case.replies[-1].status != 200:
        reply = post(mesh, case, action)
        known = {409, 410} if _sent(mesh, case) else set[int]()
        if reply.status not in {200, *known}:
            case.wrong.append(f"the second try is answered {reply.status}: {reply.title}")
    wait_for_end(mesh, case)


def _sent(mesh: Mesh, case: Case) -> bool:
    """Whether a decision reached the workflow, though its poster was not told."""
    wait_for_end(mesh, case)
    return not [each for each in case.wrong if "no end" in each]


def _must_help(case: Case, usual: set[int]) -> None:
    """A page tells people what to do; only who kills the function leaves API Gateway's own answer."""
    reply = case.replies[-1]
    if case.fault is not None and case.fault.what.startswith("killed"):
        expected = {500, *usual}
    else:
        expected = {_AGAIN, *usual}
        if reply.status == _AGAIN and "Nothing is lost" not in reply.text:
            case.wrong.append(f"the page does not say what to do: {reply.title}")
    if reply.status not in expected:
        case.wrong.append(f"the first try is answered {reply.status}: {reply.title or reply.body[:100]}")


# --- guessing ---------------------------------------------------------------------------------------------------


def _nine_guesses(mesh: Mesh, case: Case) -> None:
    """One wrong address is typed, and is counted as nine."""
    _asked(mesh, case)
    post(mesh, case, "deny", email=_WRONG)
    counted = [name for name in mesh.approval_item(case.id) if name.startswith("tries_")]
    assert len(counted) == 2, f"expected the tries of one place and with one key, got {counted}"
    mesh.change_item(f"approval#{case.id}", **{name: {"N": str(_TRIES - 1)} for name in counted})


def _tenth_guess(mesh: Mesh, case: Case) -> None:
    post(mesh, case, "deny", email=_WRONG)
    _must_help(case, {403, 429})


def _ninety_nine_guesses(mesh: Mesh, case: Case) -> None:
    """One wrong address is typed, and is counted as all but the last that its key takes."""
    _asked(mesh, case)
    post(mesh, case, "deny", email=_WRONG)
    (counted,) = [name for name in mesh.approval_item(case.id) if name.startswith("tries_key_")]
    mesh.change_item(f"approval#{case.id}", **{counted: {"N": str(WRONG_TRIES_A_KEY - 1)}})


def _new_key(mesh: Mesh, case: Case) -> None:
    """A new key is mailed in place of the dead one, at the latest when somebody opens the dead link."""
    wait(lambda: post(mesh, case, "deny", email=_WRONG).status == 410, case, "death of the key")
    if wait(lambda: len(mails(mesh, case)) > 1, case, "mail with a new key"):
        reply = post(mesh, case, "deny", 1)
        if reply.status != 200:
            case.wrong.append(f"the new key is answered {reply.status}")
    wait_for_end(mesh, case)


def _right_address(mesh: Mesh, case: Case) -> None:
    reply = post(mesh, case, "deny", email=OLGA)
    if reply.status != 200:
        case.wrong.append(f"the right address is answered {reply.status}")
    wait_for_end(mesh, case)


# --- too late ---------------------------------------------------------------------------------------------------


def _stopped_in_silence(mesh: Mesh, case: Case) -> None:
    """The execution is gone, and the register does not know yet."""
    case.usual = "FAILED"
    be_asked(mesh, case)
    case.granted = {}
    cannot_close(mesh, case)
    stop(mesh, case)


def _post_too_late(mesh: Mesh, case: Case) -> None:
    post(mesh, case, "approve")
    _must_help(case, {409, 410})


def _still_too_late(mesh: Mesh, case: Case) -> None:
    reply = post(mesh, case, "approve")
    if reply.status not in {409, 410}:
        case.wrong.append(f"a decision that comes too late is answered {reply.status}")


DECIDING = (
    Path("a look at the page", _look, _asked, _look_again, ("decide",), "page"),
    Path("a denial", partial(_post, action="deny"), _asked, partial(_post_again, action="deny"), ("decide",), "form"),
    Path("an approval", _post, be_asked, _post_again, ("decide",), "form"),
    Path("a tenth wrong address", _tenth_guess, _nine_guesses, _right_address, ("decide",), "form"),
    Path("a hundredth wrong address", _tenth_guess, _ninety_nine_guesses, _new_key, ("decide",), "form"),
    Path("a decision that comes too late", _post_too_late, _stopped_in_silence, _still_too_late, ("decide",), "form"),
)
