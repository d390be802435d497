"""The rules by which people take turns: they ask, go on, decide by link."""

from collections.abc import Mapping
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from handlers.sharing.model.clock import iso
from handlers.sharing.model.keys import WRONG_TRIES_A_KEY, hash_key
from handlers.sharing.model.record import Requester, RequestRecord, Status
from handlers.sharing.model.request import parse_renews, parse_request
from handlers.sharing.model.term import parse_term
from handlers.sharing.model.transition import submitted
from tests.asl.execution import Execution
from tests.fakes.register import taken
from tests.fakes.world import APPROVER, CONSUMER, input_of
from tests.proof.model.heard import Posting
from tests.proof.model.plant import Plan
from tests.proof.model.promises import Promises
from tests.proof.model.wishes import (
    ADDRESSES,
    CONSUMERS,
    Misfortune,
    Trouble,
    Wish,
    any_of_many,
    misfortunes,
    troubles,
    which,
)


class People(Promises):
    """The turns of people."""

    def execution(self, at: int) -> Execution:
        return self.plant.executions[-1 - at % len(self.plant.executions)]

    def running(self, at: int) -> Execution:
        there = [each for each in self.plant.executions if each.runs]
        return there[-1 - at % len(there)]

    def some_running(self) -> bool:
        return any(each.runs for each in self.plant.executions)

    def someone_waits(self) -> bool:
        return any(each.waits for each in self.plant.executions)

    def bad_luck(self) -> bool:
        return self.misfortunes > 0 and self.some_running()

    @initialize(
        misfortunes=st.sampled_from([0, 3, 6, 9]),
        flavour=any_of_many,
        ends=st.sampled_from([0, 0, 2, 4]),
        few=any_of_many,
        first=st.lists(st.tuples(any_of_many, st.sampled_from([0, 2, 4])), min_size=1, max_size=2),
    )
    def how_it_is(self, misfortunes: int, flavour: int, ends: int, few: int, first: list[tuple[int, int]]) -> None:
        """Where all goes wrong, little is decided: some sequences have much bad luck, some have none.

        Something is asked for at once: many sequences have no turn for it, and would be of sweeps only.
        """
        self.misfortunes, self.ends = misfortunes, ends
        changes, wishes = self.flavours[flavour % len(self.flavours)]
        some = Random(few)
        self.can_change = dict(some.sample(sorted(changes.items()), 6)) if few % 2 else changes
        self.wishes = some.sample(wishes, 3) if few % 3 else wishes
        self.plant.seconds_left = 5.0 if few % 5 == 0 else 900.0
        for wanted, steps in first:
            self.ask(self.wish(wanted), CONSUMER, steps=steps)

    def wish(self, number: int) -> Wish:
        return self.wishes[number % len(self.wishes)]

    def change(self, number: int) -> None:
        names = sorted(self.can_change)
        self.can_change[names[number % len(names)]](self.plant.world)

    def plan(self, misfortune: Misfortune) -> Plan | None:
        if misfortune is None or self.misfortunes <= 0:
            return None
        self.misfortunes -= 1
        return Plan(*misfortune[0], misfortune[1])

    # --- people -----------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.plant.executions) < 5)
    @rule(
        wanted=any_of_many,
        consumer=st.sampled_from([CONSUMERS[0], *CONSUMERS]),
        by=st.sampled_from(["", "", "", *ADDRESSES]),
        days=st.sampled_from([None, None, 30]),
        steps=st.sampled_from([0, 2, 4, 4]),
        trouble=st.none() | troubles,
    )
    def request(  # noqa: PLR0917 - Hypothesis names them
        self, wanted: int, consumer: str, by: str, days: int | None, steps: int, trouble: Trouble | None
    ) -> None:
        more = {} if days is None else {"days": days}
        self.ask(self.wish(wanted), consumer, by=by, steps=steps, trouble=trouble, more=more)

    def ask(
        self,
        wish: Wish,
        consumer: str,
        *,
        by: str = "",
        steps: int = 4,
        trouble: Trouble | None = None,
        more: Mapping[str, object] = {},
    ) -> None:
        name = f"r{len(self.plant.executions)}"
        document = {**input_of(wish.database, wish.table, consumer), **wish.part, **more}
        if by:
            self._written_down(name, document, by)
        execution = self.plant.start(name, document)
        self.trouble(execution, trouble)
        for _ in range(steps):
            self.plant.step(execution)
        self.count("requests")

    def _written_down(self, name: str, document: Mapping[str, Any], by: str) -> None:
        """As the requests API does before it starts the execution."""
        at = iso(self.plant.clock)
        request = parse_request(document)
        record = RequestRecord(
            *(name, Status.RECEIVED, at),
            source=request.source,
            part=request.part,
            consumer=request.consumer,
            requester=Requester("someone", by),
            asked=parse_term(document),
            renews=parse_renews(document),
        )
        self.plant.world.register.records[name] = taken(submitted(record), name, None)

    @precondition(bad_luck)
    @rule(wanted=any_of_many)
    def request_that_never_starts(self, wanted: int) -> None:
        self.misfortunes -= 1
        wish = self.wish(wanted)
        document = {**input_of(wish.database, wish.table, CONSUMER), **wish.part}
        self._written_down(f"never{len(self.plant.world.register.records)}", document, APPROVER)

    @precondition(some_running)
    @rule(at=which, steps=st.integers(1, 6))
    def go_on(self, at: int, steps: int) -> None:
        for _ in range(steps):
            self.plant.step(self.execution(at))

    @precondition(someone_waits)
    @rule(at=which, change=st.none() | any_of_many, steps=st.integers(0, 4))
    def approve(self, at: int, change: int | None, steps: int) -> None:
        """As it should go, but that the catalogue may change just before."""
        if change is not None:
            self.change(change)
        self.decide(at, False, "approve", APPROVER, None, steps)

    @precondition(lambda self: self.plant.truth.mails)
    @rule(
        at=which,
        any_mail=st.booleans(),
        action=st.sampled_from(["approve", "approve", "approve", "deny"]),
        address=st.sampled_from([APPROVER, APPROVER, *ADDRESSES]),
        misfortune=misfortunes,
        steps=st.sampled_from([0, 0, 1, 3]),
    )
    def decide(  # noqa: PLR0917 - Hypothesis names them
        self, at: int, any_mail: bool, action: str, address: str, misfortune: Misfortune, steps: int
    ) -> None:
        request_id = self.post(at, action, address, self.plan(misfortune), any_mail=any_mail)
        for execution in [each for each in self.plant.executions if each.name == request_id]:
            for _ in range(steps):
                self.plant.step(execution)

    def post(
        self, at: int, action: str, address: str, plan: Plan | None = None, *, any_mail: bool = False
    ) -> str | None:
        waiting = {each.name for each in self.plant.executions if each.waits}
        mails = [mail for mail in self.plant.truth.mails if any_mail or mail.request_id in waiting]
        if mails:
            mail = mails[-1 - at % len(mails)]
            status = self.plant.post(Posting(mail.request_id, mail, action, address), mail.key, plan)
            self.count(f"posts answered {status}")
            return mail.request_id
        return None

    @precondition(lambda self: len({mail.request_id for mail in self.plant.truth.mails}) > 1)
    @rule(at=which, other=which, action=st.sampled_from(["approve", "deny"]))
    def decide_with_anothers_key(self, at: int, other: int, action: str) -> None:
        mails = self.plant.truth.mails
        mail, victim = mails[-1 - at % len(mails)], mails[-1 - other % len(mails)]
        if mail.request_id != victim.request_id:
            status = self.plant.post(Posting(victim.request_id, mail, action, APPROVER), mail.key)
            assert status == 404, f"the key of {mail.request_id} opened {victim.request_id}: {status}"
            self.count("foreign keys tried")

    @precondition(lambda self: self.someone_waits() and self.bad_luck())
    @rule(at=which, misfortune=misfortunes)
    def a_key_dies(self, at: int, misfortune: Misfortune) -> None:
        """The hundredth wrong address is typed with the key of a mail; then the approver uses it."""
        self.misfortunes -= 1
        if not self.plant.truth.mails:
            return
        mail = self.plant.truth.mails[-1 - at % len(self.plant.truth.mails)]
        tries = self.plant.world.vault.tries
        place = mail.request_id, hash_key(mail.key)
        tries[place] = max(tries.get(place, 0), WRONG_TRIES_A_KEY - 1)
        plan = self.plan(misfortune)
        self.plant.post(Posting(mail.request_id, mail, "approve", "mallory@elsewhere.example"), mail.key, plan)
        self.plant.post(Posting(mail.request_id, mail, "approve", APPROVER), mail.key)
        self.plant.notify_called()
        self.count("keys that died")

    @precondition(lambda self: any(each.mail_due_at for each in self.plant.world.register.records.values()))
    @rule(misfortune=misfortunes, seconds=st.sampled_from([1, 60]))
    def mails_are_due(self, misfortune: Misfortune, seconds: int) -> None:
        self.plant.pass_time(seconds)
        self.plant.notify_due(self.plan(misfortune))

    def trouble(self, execution: Execution, trouble: Trouble | None) -> None:
        if trouble is not None and self.misfortunes > 0:
            self.misfortunes -= 1
            function, moment, stroke, times = trouble
            plans = self.plant.plans.setdefault((execution.name, function), [])
            plans.extend(Plan(*moment, stroke) for _ in range(times))
