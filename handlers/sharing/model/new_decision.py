"""What somebody posts who decides signed in, and its check."""

from dataclasses import dataclass
from datetime import date
from typing import Final, cast

from handlers.sharing.model.checks import LONGEST_COMMENT, came, checked_text, is_object, kind_of, refuse_unknown
from handlers.sharing.model.errors import InvalidInput, Refused
from handlers.sharing.model.new_request import FieldFault, InvalidRequest, fault_of
from handlers.sharing.model.part import parse_columns
from handlers.sharing.model.record import Action
from handlers.sharing.model.term import parse_day

OF_DECISION: Final = ("action", "round", "until", "columns", "comment")
"""What is posted with a decision."""


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A checked decision. `round`: of what its maker saw. `until`: the last day that they give, if they name one.

    `columns`: those that they give, of those that were asked for; empty: all of these.
    """

    action: Action
    round: int
    until: date | None = None
    comment: str = ""
    columns: tuple[str, ...] = ()


def parse_decision(document: object) -> NewDecision:
    """Check a posted decision: `{"action", "round", "until", "columns", "comment"}`.

    Who decides is what the sign-in says.

    Raises:
        InvalidRequest: one or more of the fields are wrong.
    """
    if not is_object(document):
        raise InvalidRequest((FieldFault("", f"the input must be an object, got {kind_of(document)}."),))
    faults: list[FieldFault] = []
    reasons: list[str] = []
    action, round_, until, comment = document.get("action"), document.get("round"), None, ""
    try:
        refuse_unknown([name for name in document if name not in OF_DECISION], OF_DECISION, "a decision")
    except Refused as refused:
        reasons.append(refused.reason)
        faults.append(fault_of(refused))
    if action not in ("approve", "deny"):
        faults.append(FieldFault("action", f"action must be 'approve' or 'deny', got {came(action)}."))
    if not isinstance(round_, int) or isinstance(round_, bool) or round_ < 1:
        faults.append(FieldFault("round", f"round must be that of the request as it was shown, got {came(round_)}."))
    try:
        until = None if document.get("until") is None else parse_day(document["until"], "until")
    except InvalidInput as invalid:
        faults.append(fault_of(invalid))
    if until is not None and action == "deny":
        faults.append(FieldFault("until", "until must not be given with a denial, which gives nothing."))
    columns: tuple[str, ...] = ()
    try:
        columns = () if document.get("columns") is None else parse_columns(document["columns"])
    except InvalidInput as invalid:
        faults.append(fault_of(invalid))
    if columns and action == "deny":
        faults.append(FieldFault("columns", "columns must not be given with a denial, which gives nothing."))
    try:
        comment = checked_text(document.get("comment") or "", "comment", LONGEST_COMMENT)
    except InvalidInput as invalid:
        faults.append(fault_of(invalid))
    if faults:
        raise InvalidRequest(tuple(faults), *reasons)
    return NewDecision(cast("Action", action), cast("int", round_), until, comment, columns)
