"""Grants what was classified: reads the catalogue again first, and grants only if it is still the same."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from handlers.sharing.classify import examine
from handlers.sharing.model.classification import Classified, Scope
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import (
    DecisionMismatch,
    LakeshareError,
    RegisterUnreadable,
    RequestClosed,
    TryAgain,
)
from handlers.sharing.model.parties import Rules
from handlers.sharing.model.record import Decision, Granted, RequestRecord
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.transition import advanced, changed, granted, sharing
from handlers.sharing.ports import Catalogue, GrantFailure, Lake, Register, Vault

TABLES_A_BATCH = 20
"""Lake Formation's limit for one batch is 20 entries."""
SECONDS_TO_SPARE = 60.0
"""An invocation stops granting when less than this is left of it, and the next one goes on."""
_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)


class Progress(StrEnum):
    """How an invocation of Grant ended."""

    SHARED = "shared"
    MORE = "more"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Shared:
    """What an invocation did.

    `after`: the last table granted, for the next invocation to go on behind it. `message`: what was shared, for people.
    """

    progress: Progress
    after: str | None = None
    message: str = ""


def grant(
    request_id: str,
    decision_id: str | None,
    after: str | None,
    *,
    rules: Rules,
    register: Register,
    vault: Vault,
    catalogue: Catalogue,
    lake: Lake,
    seconds_left: Callable[[], float],
    pause: Callable[[float], None] = time.sleep,
) -> Shared:
    """Grant what `request_id` asks for.

    Args:
        request_id: the request.
        decision_id: the approval's decision id; `None` where no approval was needed.
        after: where an earlier invocation stopped.
        rules: of the stack; a change of them since the classification is a change.
        register, vault, catalogue, lake: ports.
        seconds_left: of this invocation.
        pause: waits some seconds between retries.

    Raises:
        DecisionMismatch: no approval, or one of something else: nothing is granted.
        RequestClosed: the request has ended.
        Refused, GrantRefused: AWS will not grant this; what was granted before stands in the register.
        TryAgain: an outage; granting again completes the grants.
    """
    record = register.load(request_id)
    if not record.status.is_open:
        raise RequestClosed(f"Request {request_id} ended as {record.status}; ask again with a new request.")
    decision = _matching_decision(record, decision_id, vault)
    if after is None:
        record = advanced(register.apply(request_id, sharing(decision, iso(now()))))
    request, before = _classified_request(record)
    current = examine(request, rules, catalogue)
    # The second condition holds whatever the register says, and whatever rule an earlier release classified by.
    if current.classification.fingerprint != before or (current.classification.needs_approval and decision is None):
        advanced(register.apply(request_id, changed(iso(now()))))
        return Shared(Progress.CHANGED)
    return _Granter(record, request, current, register, lake, seconds_left, pause).grant(after)


def _classified_request(record: RequestRecord) -> tuple[ShareRequest, str]:
    """What a record asks for, and the fingerprint that it was classified with."""
    if record.source is None or record.consumer is None or record.classification is None:
        raise RegisterUnreadable(f"Request {record.id} is to be shared, but its register item lacks what is asked for.")
    return ShareRequest(record.source, record.consumer), record.classification.fingerprint


def _matching_decision(record: RequestRecord, decision_id: str | None, vault: Vault) -> Decision | None:
    """The approval of just this request and fingerprint, or `None` where none is needed."""
    _, fingerprint = _classified_request(record)
    if decision_id is None:
        if record.classification is None or record.classification.needs_approval:
            raise DecisionMismatch("This request needs an approval, and none came with it. Nothing was granted.")
        return None
    decision = vault.decision(decision_id)
    if decision is None or decision.request_id != record.id or decision.action != "approve":
        raise DecisionMismatch("The decision that arrived is no approval of this request. Nothing was granted.")
    if decision.fingerprint != fingerprint:
        raise DecisionMismatch("The approval that arrived is of another state of the data. Nothing was granted.")
    return decision


@dataclass(frozen=True, slots=True)
class _Batch:
    """What became of a batch: the tables that were granted, and what kept the others from it."""

    granted: Sequence[str]
    error: LakeshareError | None = None


@dataclass(slots=True)
class _Granter:
    """Makes the grants of one invocation and keeps the register's count of them."""

    record: RequestRecord
    request: ShareRequest
    current: Classified
    register: Register
    lake: Lake
    seconds_left: Callable[[], float]
    pause: Callable[[float], None]

    def grant(self, after: str | None) -> Shared:
        source, consumer = self.request.source, self.request.consumer
        match self.current.classification.scope:
            case Scope.TABLE:
                self._retried(lambda: self.lake.grant_table(source.database, source.table, consumer))
                self._note(Granted(tables=1, names=(source.table,)))
            case Scope.WILDCARD:
                self._retried(lambda: self.lake.grant_database(source.database, consumer))
                so_far = Granted(database=True)
                try:
                    self._retried(lambda: self.lake.grant_all_tables(source.database, consumer))
                    names = self.current.tables
                    so_far = Granted(len(names), names, database=True, wildcard=True)
                finally:
                    self._note(so_far)
            case Scope.TABLES_BY_NAME:
                if after is None:
                    self._retried(lambda: self.lake.grant_database(source.database, consumer))
                return self._grant_by_name(after)
        return self._shared()

    def _grant_by_name(self, after: str | None) -> Shared:
        names = self.current.tables
        at = start = next((at for at, name in enumerate(names) if name > after), len(names)) if after else 0
        done = list(names[:start])
        try:
            while at < len(names):
                # One batch at least, or a slow catalogue would keep the workflow going round for nothing.
                if at > start and self.seconds_left() < SECONDS_TO_SPARE:
                    return Shared(Progress.MORE, names[at - 1])
                batch = self._grant_batch(names[at : at + TABLES_A_BATCH])
                done += batch.granted
                if batch.error is not None:
                    raise batch.error
                at += TABLES_A_BATCH
        finally:
            # However this invocation ends, the register says how far it came.
            self._note(Granted(len(done), tuple(done), database=True))
        return self._shared()

    def _note(self, so_far: Granted) -> None:
        """Note what was granted, over what earlier attempts and rounds granted: that stands too."""
        request_id = self.record.id
        advanced(self.register.apply(request_id, granted(so_far.over(self.record.granted))))

    def _shared(self) -> Shared:
        classification = self.current.classification
        match classification.scope:
            case Scope.TABLE:
                what = f"Table {self.request.source}"
            case Scope.TABLES_BY_NAME:
                total = classification.tables_total
                tables = "one table" if total == 1 else f"{total:,} tables"
                what = f"Database {self.request.source.database} with {tables}, by name,"
            case Scope.WILDCARD:
                what = f"Database {self.request.source.database} with all its tables, those added later too,"
        why = "The owner of the data approved. " if classification.needs_approval else "No approval was needed. "
        message = f"{what} is shared with account {self.request.consumer}. {why}{classification.summary}"
        return Shared(Progress.SHARED, message=f"{message} {classification.warning}".rstrip())

    def _grant_batch(self, tables: Sequence[str]) -> _Batch:
        database, consumer = self.request.source.database, self.request.consumer
        left = list(tables)
        failures: list[GrantFailure] = []
        for seconds in (*_PAUSES, None):
            try:
                failures = self.lake.grant_tables(database, left, consumer)
            except LakeshareError as error:
                failures = [GrantFailure(table, error) for table in left]
            final = next((failure.error for failure in failures if not isinstance(failure.error, TryAgain)), None)
            if final is not None or not failures:
                return _Batch(_without(failures, tables), final)
            left = list(dict.fromkeys(failure.table for failure in failures))
            if seconds is not None:
                self.pause(seconds * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
        return _Batch(_without(failures, tables), failures[0].error)

    def _retried(self, grant: Callable[[], None]) -> None:
        for seconds in _PAUSES:
            try:
                return grant()
            except TryAgain:
                self.pause(seconds * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
        return grant()


def _without(failures: Sequence[GrantFailure], tables: Sequence[str]) -> Sequence[str]:
    """Those of `tables` that did not fail."""
    failed = {failure.table for failure in failures}
    return [table for table in tables if table not in failed]
