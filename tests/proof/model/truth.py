"""What is true in a model of the workflow, kept apart from the register: what was read, mailed, decided and granted.

It hears of every call of every port as it happens, and writes down whatever goes against a promise.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.classification import Classification, Scope
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.request import Source
from handlers.sharing.model.transition import Applied, Transition
from tests.fakes.lake import Grant
from tests.fakes.world import World
from tests.proof.clean import is_clean


@dataclass(frozen=True)
class Basis:
    """A state of the data in plain words, never as a fingerprint: what was read, and how far a grant of it goes."""

    source: Source
    consumer: str
    database: Database
    tables: tuple[Table, ...]
    scope: Scope

    @property
    def clean(self) -> bool:
        return is_clean(self.database, self.tables, whole=self.source.is_database)

    def of_same_data(self, database: Database, tables: tuple[Table, ...]) -> bool:
        return _essence(self.source, self.database, self.tables) == _essence(self.source, database, tables)


def _essence(source: Source, database: Database, tables: tuple[Table, ...]) -> object:
    """All that an approver is told of, or a grant covers; whether a location is registered is neither."""
    flags = database.flags if source.is_database else ()
    told = sorted((replace(table, owner_name=None, description="", registered=True) for table in tables), key=str)
    return database.name, database.owner, database.location, flags, told


@dataclass(frozen=True)
class Mail:
    """A mail that went out: its request, the key in its links, what it was about."""

    request_id: str
    key: str
    basis: Basis
    account: str


@dataclass(frozen=True)
class Posting:
    """A decision that somebody posts: to which request, by which mail's key (`None`: one that was made up)."""

    request_id: str
    mail: Mail | None
    action: str
    address: str


@dataclass
class Invocation:
    """One run of a function. `loaded`: the basis of the classification that it found in the register, `open` or not."""

    function: str
    payload: dict[str, Any]
    posting: Posting | None = None
    calls: int = 0
    database: Database | None = None
    tables: tuple[Table, ...] = ()
    loaded: Basis | None = None
    open: bool = False


@dataclass
class Truth:
    """What happened, and `wrong`: what should not have."""

    world: World
    wrong: list[str] = field(default_factory=list[str])
    bases: dict[str, Basis] = field(default_factory=dict[str, Basis])
    mails: list[Mail] = field(default_factory=list[Mail])
    decided: dict[str, Posting] = field(default_factory=dict[str, Posting])
    granted: dict[str, set[Grant]] = field(default_factory=dict[str, set[Grant]])
    announced: list[RequestRecord] = field(default_factory=list[RequestRecord])
    ends: dict[str, RequestRecord] = field(default_factory=dict[str, RequestRecord])

    def after(self, run: Invocation, method: str, arguments: tuple[Any, ...], result: Any) -> None:  # noqa: PLR0912
        """Take note of a call that has had its effect."""
        match method, arguments:
            case "database", _:
                run.database = result
            case "table", _:
                run.tables = (result,)
            case "tables", _:
                run.tables = tuple(result)
            case "load", _:
                self._looked(run, result)
            case "apply", (name, Transition(sets={"classification": Classification(scope=scope)})) if isinstance(
                result, Applied
            ):
                record = result.record
                if run.database is None or record.source is None or record.consumer is None:
                    self.wrong.append(f"{name} was classified, and nothing was read")
                else:
                    self.bases[name] = Basis(record.source, record.consumer, run.database, run.tables, scope)
            case "apply", (_, Transition(sets={"status": Status.SHARING})) if isinstance(result, Applied):
                self._looked(run, result.record)
            case "publish", (account, _, body):
                self._mailed(run, account, body)
            case "send_decision", (_, action, decision_id) if result:
                self._decided(run, action, decision_id)
            case "grant_database", (database, consumer):
                self._granted(run, Grant(database, None, consumer))
            case "grant_table", (database, table, consumer):
                self._granted(run, Grant(database, table, consumer))
            case "grant_all_tables", (database, consumer):
                self._granted(run, Grant(database, "*", consumer))
            case "grant_tables", (database, tables, consumer):
                failed = {failure.table for failure in result}
                for table in (each for each in tables if each not in failed):
                    self._granted(run, Grant(database, table, consumer))
            case "announce", (_, RequestRecord() as record) if not record.status.is_open:
                self.announced.append(record)
            case _:
                return

    def _looked(self, run: Invocation, record: RequestRecord) -> None:
        run.loaded = self.bases.get(record.id)
        run.open = record.status.is_open

    def _mailed(self, run: Invocation, account: str, body: str) -> None:
        keys = {line.partition("&key=")[2].strip() for line in body.splitlines() if "&key=" in line}
        if len(keys) != 1 or run.loaded is None:
            self.wrong.append(f"a mail without one key, or about nothing: {sorted(keys)}")
            return
        self.mails.append(Mail(run.payload["request_id"], keys.pop(), run.loaded, account))

    def _decided(self, run: Invocation, action: str, decision_id: str) -> None:
        posting = run.posting
        if posting is None or posting.mail is None or posting.mail.request_id != posting.request_id:
            self.wrong.append(f"decided with a key that was not mailed for this request: {posting}")
            return
        allowed = self.world.producers.subscribers.get(posting.mail.account)
        if allowed is not None and posting.address not in allowed:
            self.wrong.append(f"{posting.address} decided, and is no approver")
        requester = self.world.register.records[posting.request_id].requester
        if requester is not None and requester.email == posting.address:
            self.wrong.append(f"{posting.address} decided on their own request")
        if action != posting.action:
            self.wrong.append(f"{posting.action} was posted, and {action} came of it")
        if not posting.mail.basis.of_same_data(
            self.bases[posting.request_id].database, self.bases[posting.request_id].tables
        ):
            self.wrong.append("decided on what is not what was classified last")
        self.decided[decision_id] = posting

    def _granted(self, run: Invocation, grant: Grant) -> None:
        name = run.payload.get("request_id", "")
        self.granted.setdefault(name, set()).add(grant)
        basis = run.loaded
        if run.function != "Grant" or basis is None or run.database is None:
            self.wrong.append(f"{grant} came of {run.function}, without a classification")
            return
        if not run.open:
            self.wrong.append(f"{grant} came of {name}, which had ended")
        if not basis.of_same_data(run.database, run.tables):
            self.wrong.append(f"{grant}: what Grant read is not what was classified")
        names = {table.name for table in run.tables}
        covered = {Scope.TABLE: names, Scope.TABLES_BY_NAME: {None, *names}, Scope.WILDCARD: {None, "*"}}[basis.scope]
        whole = basis.source.is_database
        if (grant.database, grant.consumer) != (basis.source.database, basis.consumer) or grant.table not in covered:
            self.wrong.append(f"{grant} is not what {name} asked for ({basis.source} for {basis.consumer})")
        if not whole and grant.table != basis.source.table:
            self.wrong.append(f"{grant} is not the table that {name} asked for")
        if is_clean(run.database, run.tables, whole=whole) and basis.scope is not Scope.WILDCARD:
            return
        decision = self.decided.get(run.payload["decision_id"] or "")
        if decision is None or (decision.request_id, decision.action) != (name, "approve") or decision.mail is None:
            self.wrong.append(f"{grant}: personal data, and nobody approved {name}")
        elif not decision.mail.basis.of_same_data(run.database, run.tables):
            self.wrong.append(f"{grant}: the approval was of another state of the data")
        elif decision.mail.basis.scope is not basis.scope:
            self.wrong.append(f"{grant}: the approval was of {decision.mail.basis.scope}, not {basis.scope}")
