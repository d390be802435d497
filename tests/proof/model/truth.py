"""What is true in a model of the workflow, kept apart from the register: what was read, mailed, decided and granted.

It hears of every call of every port as it happens, and writes down whatever goes against a promise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from handlers.sharing.model.applied import Applied
from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.classification import FILTERED, Classification, Scope
from handlers.sharing.model.keys import WRONG_TRIES_A_KEY
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.transition import Transition
from tests.fakes.lake import Grant
from tests.fakes.world import World
from tests.proof.clean import flag_is_clean, is_clean, says_no
from tests.proof.model.cells import asked, covered_by, seen_flagged
from tests.proof.model.heard import Basis, Invocation, Mail, Posting
from tests.proof.model.opened import Opened
from tests.proof.parts.opinion import denied, named_by


@dataclass
class Truth:
    """What happened, and `wrong`: what should not have."""

    world: World
    wrong: list[str] = field(default_factory=list[str])
    bases: dict[str, Basis] = field(default_factory=dict[str, Basis])
    mails: list[Mail] = field(default_factory=list[Mail])
    decided: dict[str, Posting] = field(default_factory=dict[str, Posting])
    granted: dict[str, set[Grant]] = field(default_factory=dict[str, set[Grant]])
    shared: dict[str, Basis] = field(default_factory=dict[str, Basis])
    """What was granted, by the share's id."""
    announced: list[RequestRecord] = field(default_factory=list[RequestRecord])
    ends: dict[str, RequestRecord] = field(default_factory=dict[str, RequestRecord])
    once: dict[tuple[str, str | None], frozenset[str | None]] = field(
        default_factory=dict[tuple[str, str | None], frozenset[str | None]]
    )
    """What was seen flagged, by database and table: what a classification must remember, and all that is remembered."""

    def __post_init__(self) -> None:
        self.opened = Opened(self.world, self.wrong)

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
            case "apply", (name, Transition(sets={"classification": Classification() as found})) if isinstance(
                result, Applied
            ):
                record = result.record
                if run.database is None or record.source is None or record.consumer is None:
                    self.wrong.append(f"{name} was classified, and nothing was read")
                else:
                    self._seen_flagged(run.database, run.tables)
                    self.bases[name] = Basis(
                        *(record.source, record.consumer, run.database, run.tables),
                        *(found.scope, record.part, frozenset(named_by(found))),
                    )
            case "apply", (_, Transition(sets={"status": Status.SHARING})) if isinstance(result, Applied):
                self._looked(run, result.record)
            case "apply", (name, Transition(sets={"shared_by": str(share_id)})) if isinstance(result, Applied):
                self._found_shared(run, name, self.world.ledger.shares[share_id])
            case "publish", (account, _, body):
                self._mailed(run, account, body)
            case "remember", (database, news):
                self._remembered(run, database, news)
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
            case "grant_filters", (_, _):
                for grant in self.opened.filters(run, arguments, result, self._approval(run), self.once):
                    self._granted(run, grant)
            case "revoke", (what, consumer):
                self.opened.revoked(what, consumer, result)
            case "announce", (_, RequestRecord() as record) if not record.status.is_open:
                self.announced.append(record)
            case _:
                return

    def _found_shared(self, run: Invocation, name: str, share: Share) -> None:
        """Nobody is asked, so the account must have just this already, by a share that was granted as it should."""
        mine, theirs = self.bases[name], self.shared[share.id]
        # One that ends in that moment stood when it was found, and one that this renewed when it did.
        stood = share.status is ShareStatus.ACTIVE or (share.ended_at or "") >= run.began or share.renewed_by == name
        if not stood or (share.holds and not covered_by(share, self.world.ledger) <= self.world.lake.grants):
            self.wrong.append(f"{name} is shared already by {share.id}, which is {share.status}")
        if (mine.source, mine.consumer, mine.scope) != (share.source, share.consumer, share.scope):
            self.wrong.append(f"{name} is shared already by {share.id}, which is of something else")
        if not mine.of_same_data(theirs.database, theirs.tables):
            self.wrong.append(f"{name} is shared already by {share.id}, and the data have changed since")
        if share.scope in FILTERED and share.holds:
            self.opened.found(name, share, mine, self.once)

    def shares_of(self, name: str) -> list[Share]:
        """The shares of a request, as the ledger has them."""
        return [each for each in self.world.ledger.shares.values() if each.request_id == name]

    def _seen_flagged(self, database: Database, tables: tuple[Table, ...]) -> None:
        self._note((database.name, None), [] if all(map(flag_is_clean, database.flags)) else [None])
        for table in tables:
            self._note((database.name, table.name), seen_flagged(database, table))

    def _note(self, place: tuple[str, str | None], flagged: Iterable[str | None]) -> None:
        self.once[place] = self.once.get(place, frozenset()) | frozenset(flagged)

    def _remembered(self, run: Invocation, database: str, news: Mapping[str | None, frozenset[str | None]]) -> None:
        """What may be remembered: flags that this run saw, also if it then dies, or goes back as the data changed."""
        for name, marks in news.items():
            if name is None:
                flags = run.database.flags if run.database is not None else ()
                saw = set[str | None]() if all(map(flag_is_clean, flags)) else {None}
            else:
                saw = seen_flagged(Database(database), run.seen[name]) if name in run.seen else set[str | None]()
            if not marks <= saw:
                self.wrong.append(f"{name} of {database} was remembered, and nobody saw it: {sorted(map(str, marks))}")
            self._note((database, name), marks)

    def _forgotten(self, run: Invocation, database: str, withdrawn: Mapping[str | None, frozenset[str | None]]) -> None:
        """What may be forgotten: flags that say no now, by an approval that speaks for them."""
        decision, basis = self._approval(run), run.loaded
        for name, marks in withdrawn.items():
            table = run.seen.get(name or "")
            may = set[str | None]()
            if table is not None and basis is not None and run.database is not None:
                may = denied(table)
                if decision is not None and (decision.columns or not basis.part.is_whole):
                    may &= asked(basis.part, run.database, table, self.once, decision.columns).keys()
            elif run.database is not None and basis is not None and basis.source.is_database:
                may = {None} if says_no(run.database.flags) else may
            if decision is None or not marks <= may:
                self.wrong.append(f"{name} of {database} was forgotten, and nobody said no: {sorted(map(str, marks))}")
            self.once[database, name] = self.once.get((database, name), frozenset()) - marks

    def _approval(self, run: Invocation) -> Posting | None:
        """The approval of its request that a run of Grant came with."""
        decision = self.decided.get(run.payload.get("decision_id") or "")
        mine = decision is not None and decision.request_id == run.payload.get("request_id")
        return decision if decision is not None and mine and decision.action == "approve" else None

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
        basis = posting.basis if posting else None
        if posting is None or basis is None or (posting.mail and posting.mail.request_id != posting.request_id):
            self.wrong.append(f"decided with a key that was not mailed for this request: {posting}")
            return
        record = self.world.register.records[posting.request_id]
        account = record.owner.account_id if record.owner else ""
        if posting.mail:
            account = posting.mail.account
            approval = self.world.vault.approvals.get(posting.request_id)
            sent = approval and approval.key(posting.mail.key)
            # Read past the fake's ports: what strikes the function must not strike the truth about it.
            tries = 0 if sent is None else self.world.vault.tries.get((posting.request_id, sent.hash), 0)
            if sent is None or tries >= WRONG_TRIES_A_KEY:
                self.wrong.append(f"decided with a key that is dead: {posting}")
        allowed = self.world.producers.subscribers.get(account)
        if allowed is not None and posting.address not in allowed:
            self.wrong.append(f"{posting.address} decided, and is no approver")
        if record.requester is not None and record.requester.email == posting.address:
            self.wrong.append(f"{posting.address} decided on their own request")
        if action != posting.action:
            self.wrong.append(f"{posting.action} was posted, and {action} came of it")
        classified = self.bases[posting.request_id]
        if not basis.of_same_data(classified.database, classified.tables):
            self.wrong.append("decided on what is not what was classified last")
        self.decided[decision_id] = posting

    def _granted(self, run: Invocation, grant: Grant) -> None:
        name = run.payload.get("request_id", "")
        self.granted.setdefault(name, set()).add(grant)
        self.opened.stands.add(grant)
        basis = run.loaded
        mine = [each for each in self.shares_of(name) if each.busy_until]
        mine = [each for each in mine if grant in covered_by(each, self.world.ledger)]
        if not mine:
            self.wrong.append(f"{grant} is of no share that {name} is being granted for")
        if run.function != "Grant" or basis is None or run.database is None:
            self.wrong.append(f"{grant} came of {run.function}, without a classification")
            return
        self.shared |= {each.id: basis for each in mine}
        if not run.open:
            self.wrong.append(f"{grant} came of {name}, which had ended")
        if not basis.of_same_data(run.database, run.tables):
            self.wrong.append(f"{grant}: what Grant read is not what was classified")
        names = {table.name for table in run.tables}
        by_name = names if grant.filter else {None, *names}
        scopes = {Scope.TABLES_BY_NAME: by_name, Scope.WILDCARD: {None, "*"}}
        whole = basis.source.is_database
        is_of_it = grant.table in scopes.get(basis.scope, names)
        if (grant.database, grant.consumer) != (basis.source.database, basis.consumer) or not is_of_it:
            self.wrong.append(f"{grant} is not what {name} asked for ({basis.source} for {basis.consumer})")
        if not whole and grant.table != basis.source.table:
            self.wrong.append(f"{grant} is not the table that {name} asked for")
        decision = self._approval(run)
        if not grant.filter and (basis.scope in FILTERED or (decision and decision.columns)):
            self.wrong.append(f"{grant} is of all columns, and {name} asked for some, or was given some")
        if decision is None:
            clean = is_clean(*self._as_known(run, run.database), whole=whole) and basis.scope is not Scope.WILDCARD
            # What filters open is looked at column by column.
            if not clean and not grant.filter:
                self.wrong.append(f"{grant}: personal data, and nobody approved {name}")
        elif decision.basis is None or not decision.basis.of_same_data(run.database, run.tables):
            self.wrong.append(f"{grant}: the approval was of another state of the data")
        elif decision.basis.scope is not basis.scope:
            self.wrong.append(f"{grant}: the approval was of {decision.basis.scope}, not {basis.scope}")
