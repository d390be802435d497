"""The register of requests on DynamoDB. Every change is conditional; nothing that was closed is ever reopened."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta

from handlers.aws.dynamodb.items import (
    approval_key,
    decision_key,
    is_known,
    read_approval,
    read_decision,
    read_ended,
    read_record,
    without_none,
    write_classification,
    write_granted,
)
from handlers.aws.dynamodb.store import Change, ConditionFailed, Table
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.clock import iso, moment, now
from handlers.sharing.model.errors import DuplicateRequest, LakeshareError, RegisterUnreadable, RequestClosed
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.record import OPEN, VERSION, Decision, Ending, Granted, RequestRecord, Status

KEEP = timedelta(days=90)
"""How long approvals and decisions outlive their request: as long as Step Functions keeps an execution's name."""

LONGEST_DETAIL = 500
"""Characters of a summary or comment in the history, which retries lengthen; both stand in full elsewhere."""

_DUE = "DUE"
"""Value of `announcement` from the moment a request is closed until its event is out."""

_IS_OPEN = "#status IN (:received, :waiting, :sharing)"
_OPEN_VALUES = {f":{status.value.lower()}": status.value for status in OPEN}


class DynamoRegister:
    """`Register` on DynamoDB. The items' shapes: `handlers.aws.dynamodb.items`."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    # --- requests ---------------------------------------------------------------------------------------------

    def receive(self, record: RequestRecord) -> RequestRecord:
        """Write a request down, or take up what the requests API wrote before it started the execution."""
        change = Change(
            set=without_none(
                {
                    "version": VERSION,
                    "status": Status.RECEIVED.value,
                    "source": asdict(record.source) if record.source else None,
                    "target": {"account_id": record.consumer} if record.consumer else None,
                    "consumer_account": record.consumer,
                    "execution_arn": record.execution_arn,
                    "started_at": record.started_at,
                }
            ),
            # The requests API has noted both when it came.
            keep={"received_at": record.received_at, **_history("Received")},
            condition="attribute_not_exists(pk) OR (attribute_not_exists(started_at) AND #status = :open"
            " AND #version <= :version)",
            values={":open": Status.RECEIVED.value},
        )
        try:
            return read_record(self._table.change(record.id, change))
        except ConditionFailed as failed:
            there = failed.item or {}
            if not is_known(there) or (there.get("execution_arn"), there.get("started_at")) == (
                record.execution_arn,
                record.started_at,
            ):
                return read_record(there)
            raise DuplicateRequest(
                f"A request named {record.id} exists already and stays as it is. Start the execution under a new name."
            ) from failed

    def load(self, request_id: str) -> RequestRecord:
        """Read a request, consistently."""
        record = self.find(request_id)
        if record is None:
            raise RegisterUnreadable(f"The register has no item for request {request_id}.")
        return record

    def find(self, request_id: str) -> RequestRecord | None:
        """Read a request, consistently; `None` if there is none."""
        item = self._table.get(request_id)
        return None if item is None else read_record(item)

    def absent(self, request_ids: Iterable[str]) -> list[str]:
        """Those of these requests that are not there."""
        return self._table.absent(request_ids)

    def unfinished(self) -> Iterable[RequestRecord]:
        """All requests that are open or not announced, oldest first within each, as the indexes show them."""
        places = [("by_status", "status", status.value) for status in OPEN]
        for index, attribute, value in (*places, ("by_announcement", "announcement", _DUE)):
            for item in self._table.by_index(index, attribute, value):
                # An index carries only what lists show, and not the version: what lists show is read in any.
                yield read_record({"version": VERSION, **item})

    def classified(self, record: RequestRecord, round_: int, classification: Classification) -> RequestRecord:
        """Write a classification down."""
        attributes: dict[str, object] = {
            "status": Status.RECEIVED.value,
            "round": round_,
            "classification": write_classification(classification),
            "fingerprint": classification.fingerprint,
            "owner_account": classification.owner.account_id,
            "owner_name": classification.owner.name,
        }
        return self._advance(record.id, attributes, _history("Classified", detail=classification.summary))

    def waiting(self, record: RequestRecord, expires_at: str, approvers: int | None) -> RequestRecord:
        """Note that the mail is out."""
        asked = "to the topic's subscribers" if approvers is None else f"to {approvers} approver(s)"
        change = Change(
            set={"status": Status.WAITING.value, "expires_at": expires_at},
            append=_history("ApprovalRequested", detail=f"A mail went {asked}."),
            condition="#status IN (:received, :waiting)",
            values={":received": Status.RECEIVED.value, ":waiting": Status.WAITING.value},
        )
        try:
            return read_record(self._table.change(record.id, change))
        except ConditionFailed as failed:
            # Somebody may have decided before this was written: what came of it stands.
            if failed.item is not None and failed.item.get("status") == Status.SHARING.value:
                return read_record(failed.item)
            raise _not_open(record.id, failed) from failed

    def sharing(self, record: RequestRecord, decision: Decision | None) -> RequestRecord:
        """Note that sharing begins, adopting the decision if there is one."""
        attributes: dict[str, object] = {"status": Status.SHARING.value}
        if decision is None:
            return self._advance(record.id, attributes, _history("AutomaticallyApproved"))
        attributes["decision"] = asdict(decision)
        return self._advance(
            record.id, attributes, _history("Approved", by=decision.approver, detail=decision.comment or None)
        )

    def changed(self, record: RequestRecord) -> None:
        """Note that the catalogue changed; a decision on what it was before no longer stands."""
        attributes = {"status": Status.RECEIVED.value}
        self._advance(record.id, attributes, _history("CatalogueChanged"), remove=("decision",))

    def granted(self, request_id: str, granted: Granted) -> None:
        """Note what was granted so far, also for a request that was closed meanwhile."""
        self._table.change(
            request_id, Change(set={"granted": write_granted(granted)}, condition="attribute_exists(pk)")
        )

    def close(self, request_id: str, started_at: str | None, ending: Ending) -> RequestRecord | None:
        """Close a request, once: also one that a newer release wrote down, or it would stay open for ever."""
        at = iso(now())
        decision = ending.decision
        attributes = without_none(
            {
                "status": ending.status.value,
                "reason": ending.reason,
                "message": ending.message,
                "closed_at": at,
                "announcement": _DUE,
                "decision": asdict(decision) if decision else None,
            }
        )
        history = _history(
            ending.status.value.capitalize(),
            by=decision.approver if decision else None,
            detail=(decision.comment or None) if decision else ending.reason,
        )
        mine = {"started_at": started_at} if started_at is not None else {}
        # What the requests API wrote has no start time if its execution died before Classify took it up.
        condition = _IS_OPEN + (" AND (attribute_not_exists(started_at) OR started_at = :started_at)" if mine else "")
        try:
            change = Change(set=attributes, keep=mine, append=history, condition=condition, values=_OPEN_VALUES)
            return read_ended(self._table.change(request_id, change))
        except ConditionFailed as failed:
            there = failed.item
        if there is None:
            # Never written down: it ends here all the same, so that somebody sees it.
            attributes |= without_none({"version": VERSION, "started_at": started_at, "received_at": started_at or at})
            try:
                change = Change(set=attributes, append=history, condition="attribute_not_exists(pk)")
                return read_record(self._table.change(request_id, change))
            except ConditionFailed as failed:
                there = failed.item or {}
        same_execution = started_at is None or there.get("started_at") == started_at
        return read_ended(there) if same_execution else None

    def announced(self, request_id: str) -> None:
        """Forget the task token, and note that the closing event is out: once that is noted, nobody comes back."""
        with contextlib.suppress(ConditionFailed):
            self._table.change(approval_key(request_id), Change(remove=("token",), condition="attribute_exists(pk)"))
        noted = {"announced_at": iso(now())}
        self._table.change(request_id, Change(set=noted, remove=("announcement",), condition="attribute_exists(pk)"))

    # --- approvals and decisions ------------------------------------------------------------------------------

    def approval(self, request_id: str) -> Approval | None:
        """Read what guards the decision on a request."""
        item = self._table.get(approval_key(request_id))
        return None if item is None else read_approval(item)

    def prepare_approval(self, request_id: str, approval: Approval, key: SentKey) -> None:
        """Store the live token and the approvers' hashes, and add the key to those that may have been mailed."""
        attributes: dict[str, object] = {
            "version": VERSION,
            "token": approval.token,
            "salt": approval.salt,
            "approvers": None if approval.approvers is None else list(approval.approvers),
            "expires_at": approval.expires_at,
            "ttl": int((moment(approval.expires_at) + KEEP).timestamp()),
        }
        change = Change(
            set=attributes,
            append={"keys": [asdict(key)]},
            condition="attribute_not_exists(pk) OR #version <= :version",
        )
        try:
            self._table.change(approval_key(request_id), change)
        except ConditionFailed as failed:
            read_approval(failed.item or {})  # says which version it has
            raise

    def count_try(self, request_id: str, who: str) -> tuple[int, int]:
        """Count one more address typed by `who`; returns the tries of `who` and of all."""
        item = self._add_try(request_id, who, 1)
        return item[f"tries_{who}"], item["tries_total"]

    def forgive_try(self, request_id: str, who: str) -> None:
        """Take one counted try back."""
        self._add_try(request_id, who, -1)

    def save_decision(self, decision: Decision) -> None:
        """Store a decision's particulars under its random id."""
        ttl = int((moment(decision.at) + KEEP).timestamp())
        self._table.put(decision_key(decision.id), {"version": VERSION, "decision": asdict(decision), "ttl": ttl})

    def decision(self, decision_id: str) -> Decision | None:
        """Read a decision's particulars."""
        item = self._table.get(decision_key(decision_id))
        return None if item is None else read_decision(item)

    # ----------------------------------------------------------------------------------------------------------

    def _add_try(self, request_id: str, who: str, number: int) -> Mapping[str, int]:
        change = Change(add={f"tries_{who}": number, "tries_total": number}, condition="attribute_exists(pk)")
        return self._table.change(approval_key(request_id), change)

    def _advance(
        self,
        request_id: str,
        attributes: Mapping[str, object],
        history: Mapping[str, list[object]],
        remove: tuple[str, ...] = (),
    ) -> RequestRecord:
        """Change a request that must be open."""
        change = Change(set=attributes, append=history, remove=remove, condition=_IS_OPEN, values=_OPEN_VALUES)
        try:
            return read_record(self._table.change(request_id, change))
        except ConditionFailed as failed:
            raise _not_open(request_id, failed) from failed


def _not_open(request_id: str, failed: ConditionFailed) -> LakeshareError:
    if failed.item is None:
        return RegisterUnreadable(f"The register has no item for request {request_id}.")
    return RequestClosed(f"Request {request_id} ended as {failed.item.get('status')} meanwhile; it stays as it is.")


def _history(event: str, by: str | None = None, detail: str | None = None) -> Mapping[str, list[object]]:
    cut = None if detail is None else detail[:LONGEST_DETAIL]
    return {"history": [without_none({"at": iso(now()), "event": event, "by": by, "detail": cut})]}
