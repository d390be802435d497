"""The rules by which shares have their turns: decided signed in, renewed, ended, held, over; the rest is asked for."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from handlers.sharing.model.hold import Hold
from handlers.sharing.model.share import Share, ShareStatus
from tests.fakes.world import APPROVER
from tests.proof.model.heard import Posting
from tests.proof.model.people import People
from tests.proof.model.wishes import ADDRESSES, CONSUMERS, Misfortune, Wish, any_of_many, misfortunes, which

SOURCES = (("sales", "clients"), ("sales", "*"), ("weather", "*"))


class Sharing(People):
    """The turns of shares."""

    def active(self) -> list[Share]:
        return [each for each in self.plant.world.ledger.shares.values() if each.status is ShareStatus.ACTIVE]

    def some_share(self) -> bool:
        return bool(self.active())

    def some_share_may_end(self) -> bool:
        return self.ends > 0 and self.some_share()

    def room_to_ask(self) -> bool:
        return len(self.plant.executions) < 6

    @precondition(People.someone_waits)
    @rule(
        at=which,
        action=st.sampled_from(["approve", "approve", "approve", "deny"]),
        address=st.sampled_from([*[APPROVER] * 6, *ADDRESSES]),
        kept=st.integers(0, 63),
        change=st.none() | st.none() | any_of_many,
        misfortune=misfortunes,
        steps=st.integers(0, 4),
    )
    def decide_signed_in(  # noqa: PLR0917 - Hypothesis names them
        self,
        at: int,
        action: str,
        address: str,
        kept: int,
        change: int | None,
        misfortune: Misfortune,
        steps: int,
    ) -> None:
        """An approver looks, perhaps the data change, and they give some of the columns, or all."""
        waiting = [each for each in self.plant.executions if each.waits]
        execution = waiting[at % len(waiting)]
        record, basis = self.plant.world.register.records[execution.name], self.plant.truth.bases[execution.name]
        columns: tuple[str, ...] = ()
        if action == "approve" and not basis.source.is_database and record.classification is not None:
            there = record.classification.columns or tuple(each.name for each in basis.tables[0].columns or ())
            some = tuple(sorted(name for bit, name in enumerate(there) if kept >> bit & 1))
            columns = some if len(some) < len(there) else ()
        if change is not None:
            self.change(change)
        posting = Posting(execution.name, None, action, address, basis, columns)
        came = self.plant.decide_signed_in(posting, record.round, self.plan(misfortune))
        self.count(f"decided signed in, {'some columns' if columns else 'all of it'}: {came.lower()}")
        for _ in range(steps):
            self.plant.step(execution)

    @precondition(lambda self: self.room_to_ask() and self.some_share())
    @rule(at=which, steps=st.sampled_from([2, 4, 6]))
    def the_rest(self, at: int, steps: int) -> None:
        """Who got the safe subset asks for what was left out of it."""
        records = self.plant.world.register.records
        safe = [each for each in self.active() if each.part.safe and each.request_id in records]
        found = records[safe[at % len(safe)].request_id].classification if safe else None
        if not safe or found is None or not found.left_out:
            return
        share, table = safe[at % len(safe)], found.left_out[0].table
        columns = [each.column for each in found.left_out if each.table == table and each.column]
        if table is not None and columns:
            self.ask(Wish(share.source.database, table, {"columns": columns}), share.consumer, steps=steps)
            self.count("requests for the rest")

    @precondition(lambda self: self.room_to_ask() and self.some_share())
    @rule(at=which, days=st.sampled_from([30, 60]), steps=st.sampled_from([0, 4, 6]))
    def renew(self, at: int, days: int, steps: int) -> None:
        active = self.active()
        share = active[-1 - at % len(active)]
        wish = Wish(share.source.database, share.source.table, share.part.fields)
        self.ask(wish, share.consumer, steps=steps, more={"renews": share.id, "days": days})
        self.count("requests that renew")

    @precondition(some_share_may_end)
    @rule(at=which, misfortune=misfortunes)
    def revoke_share(self, at: int, misfortune: Misfortune) -> None:
        self.ends -= 1
        active = self.active()
        wish = {"share": active[-1 - at % len(active)].id, "reason": "a proof"}
        self.plant.revoke(wish, self.plan(misfortune))
        self.count("shares revoked")

    def revoke(self, at: int) -> None:
        """The same, in the middle of something else."""
        active = self.active()
        if active:
            self.plant.revoke({"share": active[-1 - at % len(active)].id, "reason": "a proof"})

    @precondition(some_share_may_end)
    @rule(source=st.sampled_from(SOURCES), account=st.none() | st.sampled_from(CONSUMERS), misfortune=misfortunes)
    def hold(self, source: tuple[str, str], account: str | None, misfortune: Misfortune) -> None:
        """Data or an account is held: all that this reaches ends."""
        self.ends -= 1
        database, table = source
        on = {"consumer": account} if account else {"source": {"database": database, "table": table}}
        hold = Hold("consumer", account) if account else Hold("database", database, table)
        if self.plant.revoke({**on, "reason": "a proof", "hold": True}, self.plan(misfortune)):
            live = [each for each in self.active() if account in {None, each.consumer} and hold.stops(each.source)]
            assert not live, f"{hold} stands, and these go on: {[each.id for each in live]}"
        self.count("holds")

    @precondition(lambda self: self.plant.world.ledger.holds)
    @rule()
    def lift(self) -> None:
        for hold in list(self.plant.world.ledger.holds):
            on = {"source": {"database": hold.name, "table": hold.table}}
            self.plant.revoke({**({"consumer": hold.name} if hold.kind == "consumer" else on), **LIFTED})

    @precondition(lambda self: self.ends > 0 and any(each.until for each in self.active()))
    @rule(misfortune=misfortunes)
    def a_month_passes(self, misfortune: Misfortune) -> None:
        self.ends -= 1
        self.plant.clock += timedelta(days=31)
        self.plant.sweep()
        self.plant.revoke_started(self.plan(misfortune))
        self.count("months passed")


LIFTED = {"reason": "a proof", "hold": False}
