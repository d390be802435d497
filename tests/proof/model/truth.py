"""What is true in a model of the workflow, kept apart from the register: what was read, mailed, decided and granted.

It hears of every call of every port as it happens, and writes down whatever goes against a promise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from handlers.sharing.model.applied import Applied
from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.classification import Classification, Scope
from handlers.sharing.model.grants import covered
from handlers.sharing.model.keys import WRONG_TRIES_A_KEY
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.transition import Transition
from tests.fakes.lake import Grant
from tests.fakes.world import World
from tests.proof.clean import flag_is_clean, is_clean, says_no


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
        return _essence(self.database, self.tables) == _essence(database, tables)


def _essence(database: Database, tables: tuple[Table, ...]) -> object:
    """All that an approver is told of, or a grant covers."""
    told = sorted((replace(table, owner_name=None, description="") for table in tables), key=str)
    return database.name, database.owner, database.location, database.flags, told


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
    """One run of a function.

    `seen`: each table as it was read last. `about`: the request that it looked at last; `loaded`: the basis of the
    classification that it found there, `open` or not.
    """

    function: str
    payload: dict[str, Any]
    posting: Posting | None = None
    calls: int = 0
    database: Database | None = None
    seen: dict[str, Table] = field(default_factory=dict[str, Table])
    about: str = ""
    loaded: Basis | None = None
    open: bool = False

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(self.seen.values())


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
    once: dict[tuple[str, str | None], frozenset[str | None]] = field(
        default_factory=dict[tuple[str, str | None], frozenset[str | None]]
    )
    """What a classification that was written down saw flagged, by database and table."""

    def after(self, run: Invocation, method: str, arguments: tuple[Any, ...], result: Any) -> None:  # noqa: PLR0912
        """Take note of a call that has had its effect."""
        match method, arguments:
            case "database", _:
                run.database = result
            case "table", _:
                run.seen[result.name] = result
            case "page", _:
                run.seen.update({table.name: table for table in result})
            case "load", _:
                self._looked(run, result)
            case "apply", (name, Transition(sets={"classification": Classification(scope=scope)})) if isinstance(
                result, Applied
            ):
                record = result.record
                if run.database is None or record.source is None or record.consumer is None:
                    self.wrong.append(f"{name} was classified, and nothing was read")
                else:
                    self._seen_flagged(run.database, run.tables)
                    self.bases[name] = Basis(record.source, record.consumer, run.database, run.tables, scope)
            case "apply", (_, Transition(sets={"status": Status.SHARING})) if isinstance(result, Applied):
                self._looked(run, result.record)
            case "apply", (name, Transition(sets={"shared_by": str(share_id)})) if isinstance(result, Applied):
                self._found_shared(name, self.world.ledger.shares[share_id])
            case "publish", (account, _, body):
                self._mailed(run, account, body)
            case "forget", (database, withdrawn):
                self._forgotten(run, database, withdrawn)
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

    def _found_shared(self, name: str, share: Share) -> None:
        """Nobody is asked, so the account must have just this already, by a share that was granted as it should."""
        mine, theirs = self.bases[name], self.bases[share.request_id]
        if share.status is not ShareStatus.ACTIVE or not self.covered(share) <= self.world.lake.grants:
            self.wrong.append(f"{name} is shared already by {share.id}, which is {share.status}")
        if (mine.source, mine.consumer, mine.scope) != (theirs.source, theirs.consumer, theirs.scope):
            self.wrong.append(f"{name} is shared already by {share.id}, which is of something else")
        if not mine.of_same_data(theirs.database, theirs.tables):
            self.wrong.append(f"{name} is shared already by {share.id}, and the data have changed since")

    def shares_of(self, name: str) -> list[Share]:
        """The shares of a request, as the ledger has them."""
        return [each for each in self.world.ledger.shares.values() if each.request_id == name]

    def covered(self, share: Share) -> set[Grant]:
        """What a share says that it covers."""
        whole = covered(share.source, share.scope, self.world.ledger.covered.get(share.id, ()))
        return {Grant(each.database, each.table or None, share.consumer) for each in whole}

    def _seen_flagged(self, database: Database, tables: tuple[Table, ...]) -> None:
        self._note((database.name, None), [] if all(map(flag_is_clean, database.flags)) else [None])
        for table in tables:
            own: list[str | None] = [] if all(map(flag_is_clean, table.flags)) else [None]
            dirty = [each.name for each in table.columns or () if not all(map(flag_is_clean, each.flags))]
            self._note((database.name, table.name), [*own, *dirty])

    def _note(self, place: tuple[str, str | None], flagged: Iterable[str | None]) -> None:
        self.once[place] = self.once.get(place, frozenset()) | frozenset(flagged)

    def _forgotten(self, run: Invocation, database: str, withdrawn: Mapping[str | None, frozenset[str | None]]) -> None:
        """What may be forgotten: flags that say no now, by an approval."""
        decision = self.decided.get(run.payload["decision_id"] or "")
        whole = run.loaded is not None and run.loaded.source.is_database
        of_database: dict[str | None, tuple[object, ...]] = {}
        if run.database is not None and whole:
            of_database[None] = run.database.flags
        for name, marks in withdrawn.items():
            table = run.seen.get(name or "")
            said = of_database
            if table is not None:
                said = {None: table.flags, **{each.name: each.flags for each in table.columns or ()}}
            if (
                decision is None
                or decision.action != "approve"
                or not all(says_no(said.get(mark, ())) for mark in marks)
            ):
                self.wrong.append(f"{name} of {database} was forgotten, and nobody said no: {sorted(map(str, marks))}")
            self.once[database, name] = self.once.get((database, name), frozenset()) - marks

    def _as_known(self, run: Invocation, database: Database) -> tuple[Database, list[Table]]:
        """What a run read, with what was seen flagged before."""
        once = {name: self.once.get((database.name, name), frozenset()) for name in (None, *run.seen)}
        tables = [replace(table, once_flagged=once[table.name]) for table in run.tables]
        return replace(database, once_flagged=once[None]), tables

    def _looked(self, run: Invocation, record: RequestRecord) -> None:
        run.about = record.id
        run.loaded = self.bases.get(record.id)
        run.open = record.status.is_open

    def _mailed(self, run: Invocation, account: str, body: str) -> None:
        keys = {line.partition("&key=")[2].strip() for line in body.splitlines() if "&key=" in line}
        if len(keys) != 1 or run.loaded is None:
            self.wrong.append(f"a mail without one key, or about nothing: {sorted(keys)}")
            return
        if run.function != "Notify":
            self.wrong.append(f"{run.function} sent a mail")
        self.mails.append(Mail(run.about, keys.pop(), run.loaded, account))

    def _decided(self, run: Invocation, action: str, decision_id: str) -> None:
        posting = run.posting
        if posting is None or posting.mail is None or posting.mail.request_id != posting.request_id:
            self.wrong.append(f"decided with a key that was not mailed for this request: {posting}")
            return
        approval = self.world.vault.approvals.get(posting.request_id)
        sent = approval and approval.key(posting.mail.key)
        # Read past the fake's ports: what strikes the function must not strike the truth about it.
        tries = 0 if sent is None else self.world.vault.tries.get((posting.request_id, sent.hash), 0)
        if sent is None or tries >= WRONG_TRIES_A_KEY:
            self.wrong.append(f"decided with a key that is dead: {posting}")
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
        if not any(each.busy_until and grant in self.covered(each) for each in self.shares_of(name)):
            self.wrong.append(f"{grant} is of no share that {name} is being granted for")
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
        if is_clean(*self._as_known(run, run.database), whole=whole) and basis.scope is not Scope.WILDCARD:
            return
        decision = self.decided.get(run.payload["decision_id"] or "")
        if decision is None or (decision.request_id, decision.action) != (name, "approve") or decision.mail is None:
            self.wrong.append(f"{grant}: personal data, and nobody approved {name}")
        elif not decision.mail.basis.of_same_data(run.database, run.tables):
            self.wrong.append(f"{grant}: the approval was of another state of the data")
        elif decision.mail.basis.scope is not basis.scope:
            self.wrong.append(f"{grant}: the approval was of {decision.mail.basis.scope}, not {basis.scope}")
