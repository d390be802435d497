"""Fifty decisions on one request in the same instant, half for and half against: one counts, the others are told."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from handlers import decide, decide_signed_in
from handlers.aws import clients
from handlers.aws.stepfunctions import StepFunctions
from handlers.sharing.approvers import Standings
from handlers.sharing.model.access import Groups
from handlers.sharing.model.parties import Parties, Producer
from tests.fakes.people import MemoryApproverFinder, MemoryPeople
from tests.proof.conftest import Figure
from tests.proof.sample import ONE_IN, fewer
from tests.proof.visitors.fifty import Round, Try, decide_one, half_signed_in
from tests.proof.visitors.traces import ENDS, State, crowd, ended_as_decided, tries, used
from tests.proof.visitors.wire import Pace, at_once, post
from tests.workflow.driver import OLGA, RETAIL, SELECT_AND_DESCRIBE, Mesh, wait_until
from tests.workflow.http_client import Reply
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL)
PARTIES = Parties({RETAIL: Producer(RETAIL)})
BORIS = "boris.second@example.org"
LOOKS = 4
"""How often somebody looks again after each round, about."""
SAID = "said as number"
"""How all comments begin."""
AT_ONCE = 50
ROUNDS = fewer(50)
"""Of each of two kinds."""
ROUNDS_AT_THE_ARBITER = 10
THANKS = {"approve": "Thank you. You approved this request.", "deny": "Thank you. You denied this request."}
TOLD = {"approve": "This request was already approved.", "deny": "This request was already denied."}
DID = {"approve": "approved", "deny": "denied"}
OVERTAKEN = "It is not known yet which decision counts."


def ready(mesh: Mesh, kind: str, number: int, approvers: Sequence[str]) -> list[Round]:
    """So many requests that wait, each with fifty decisions in an order of its own."""
    waiting = crowd(mesh, {f"{kind}-{count:02}": "retail.customer" for count in range(number)})
    return [
        Round(name, account, links, _tries(count, approvers))
        for count, (name, (account, links)) in enumerate(waiting.items())
    ]


def _tries(count: int, approvers: Sequence[str]) -> list[Try]:
    actions = ["approve", "deny"] * (AT_ONCE // 2)
    random.Random(count).shuffle(actions)
    return [
        Try(
            action,
            approvers[number % len(approvers)],
            f"{SAID} {number} of round {count}",
            # All from one address of the network, or each from its own.
            "127.0.0.1" if count % 2 else f"127.0.1.{1 + number}",
        )
        for number, action in enumerate(actions)
    ]


def all_at_once(round_: Round) -> list[Reply]:
    return at_once(
        [post(round_.link(each.action), each.source, email=each.email, comment=each.comment) for each in round_.tries]
    )


def winner_of(round_: Round, replies: Sequence[Reply]) -> Try:
    """The one that decided, after holding all replies to telling so."""
    (won,) = (number for number, reply in enumerate(replies) if reply.status == 200)
    winner = round_.tries[won]
    for each, reply in zip(round_.tries, replies, strict=True):
        if each.signed_in:
            _told_signed_in(each, reply, winner)
            continue
        if each is winner:
            assert reply.title == THANKS[winner.action]
            continue
        assert reply.status == 409, reply.text
        if reply.title != OVERTAKEN:
            assert reply.title == TOLD[winner.action]
            assert winner.email in reply.text
            assert winner.comment in reply.text
    return winner


def _told_signed_in(each: Try, reply: Reply, winner: Try) -> None:
    """Holds an answer of the portal's API to telling who won that they did, and all others what counts, if known."""
    answer = json.loads(reply.body)
    if each is winner:
        assert (answer["decision"]["action"], answer["decision"]["decided_by"]) == (winner.action, "signed-in")
        return
    assert (reply.status, answer["reason"]) in {(409, "DecidedBefore"), (503, "DecisionNotKnown")}, reply.body
    if reply.status == 409:
        assert f"This was {DID[winner.action]} on" in answer["detail"]
    assert winner.email not in reply.body


def who_looks_again_is_told(mesh: Mesh, round_: Round, winner: Try) -> None:
    """Also whoever heard no more than that it is not known yet."""
    for link in (round_.links.approve, round_.links.deny):
        wait_until(lambda link=link: mesh.get(link).title == TOLD[winner.action], what=TOLD[winner.action])


def all_ended_as_decided(mesh: Mesh, winners: Sequence[tuple[Round, Try]], before: State) -> None:
    """Holds requests to one decision, at most one grant, and the events and the history that belong to it."""
    for round_, _ in winners:
        mesh.finish(mesh.machine.replace(":stateMachine:", ":execution:") + f":{round_.name}", 60)
    names = {round_.name for round_, _ in winners}
    closing = {(round_.name, ENDS[winner.action].event) for round_, winner in winners}
    expected = before.events.keys() | closing
    # Events, mails and notes come at least once, and more than once only where the mesh saw something tried again.
    wait_until(lambda: len(State.of(mesh).events) >= len(expected), what="the closing events")
    state = State.of(mesh)
    assert state.events.keys() == expected
    assert state.mails.keys() == before.mails.keys()
    again = {each for told in (state.events, state.mails) for each, number in told.items() if number > 1}
    assert all(mesh.was_repeated(request) for request, _ in again), again
    shared = {round_.account for round_, winner in winners if winner.action == "approve"}
    assert state.grants == {**before.grants, **{each: {"retail.customer": SELECT_AND_DESCRIBE} for each in shared}}
    assert {status for name, status in state.executions.items() if name in names} == {"SUCCEEDED"}
    for round_, winner in winners:
        item = mesh.register_item(round_.name)
        wanted = (winner.action, winner.email, winner.comment, winner.source)
        ended_as_decided(mesh, round_.name, item, wanted)
        # All addresses were right: of those that were counted before they were compared, none is left, but for what
        # the SDK counted once more when the register was silent.
        counted_again = mesh.tried_again(round_.name)["dynamodb:UpdateItem"]
        assert 0 <= tries(mesh.approval_item(round_.name)) <= counted_again


def race(mesh: Mesh, figure: Figure, kind: str, approvers: Sequence[str]) -> None:
    rounds = ready(mesh, kind, ROUNDS, approvers)
    mesh.kept.typed.update([*approvers, SAID])
    before = State.of(mesh)
    winners: list[tuple[Round, Try]] = []
    told: Counter[str] = Counter()
    pace = Pace()
    with used(mesh) as did:
        for round_ in rounds:
            pace.wait(AT_ONCE + LOOKS)
            replies = all_at_once(round_)
            winners.append((round_, winner_of(round_, replies)))
            told.update("overtaken" if reply.title == OVERTAKEN else str(reply.status) for reply in replies)
            who_looks_again_is_told(mesh, *winners[-1])
        all_ended_as_decided(mesh, winners, before)
        done = did()
    won = Counter(winner.action for _, winner in winners)
    assert ONE_IN > 1 or sorted(won) == ["approve", "deny"]
    # Decisions that had passed all checks raced to Step Functions, which took one a request, and granted once each.
    assert done["states:SendTaskSuccess"] > ROUNDS
    grants, approved = done["lakeformation:GrantPermissions"], won["approve"]
    shared_again = [round_.name for round_, _ in winners if grants > approved and mesh.was_repeated(round_.name)]
    assert grants == approved or (grants > approved and shared_again)
    figure(f"{kind}: rounds of {AT_ONCE} decisions in the same instant, by the decision that counted", dict(won))
    figure(f"{kind}: answers (200 counted, 409 told what was decided)", dict(told))
    figure(f"{kind}: decisions that reached Step Functions, of which it took {ROUNDS}", done["states:SendTaskSuccess"])
    figure(f"{kind}: grants made", done["lakeformation:GrantPermissions"])


@pytest.mark.timeout(900)
def test_one_approver(mesh: Mesh, figure: Figure) -> None:
    race(mesh, figure, "one-approver", [OLGA])


@pytest.mark.timeout(900)
def test_two_approvers(mesh: Mesh, figure: Figure) -> None:
    topic = f"arn:aws:sns:{mesh.region}:{RETAIL}:DataLakeSharingApproval"
    mesh.client("sns", RETAIL).subscribe(TopicArn=topic, Protocol="email", Endpoint=BORIS)
    race(mesh, figure, "two-approvers", [OLGA, BORIS])


def test_a_note_that_was_written_twice_changes_nothing(mesh: Mesh) -> None:
    """The register's answer is lost, so the SDK writes once more what stands there: as on a slow machine."""
    # After the producer's pace and the new key: that the mail is out.
    note = {"function": "notify-function", "event": "noted-twice-00", "invocation": 0, "nth": 2}
    with mesh.fault("dynamodb", "UpdateItem", drop=True, after=True, times=1, **note):
        (round_,) = ready(mesh, "noted-twice", 1, [OLGA])
        assert mesh.faults_used() == [1]
    mesh.kept.typed.update([OLGA, SAID])
    before = State.of(mesh)
    winner = winner_of(round_, all_at_once(round_))
    noted = [entry["event"] for entry in mesh.register_item(round_.name)["history"]]
    assert noted.count("ApprovalRequested") == 1
    all_ended_as_decided(mesh, [(round_, winner)], before)


@pytest.mark.timeout(600)
def test_all_pass_every_check_before_any_is_sent(mesh: Mesh, figure: Figure, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worst case: fifty that all found the request open, and then all go to Step Functions.

    Half of them come by the link of the mail, the others are signed in: the first of all of them counts.
    """
    together = Barrier(AT_ONCE)

    class Together(StepFunctions):
        def send_decision(self, token: str, action: Any, decision_id: str) -> bool:
            together.wait(60)
            return super().send_decision(token, action, decision_id)

    for name, value in (("REGISTER", mesh.table), ("VAULT", mesh.vault), ("LEDGER", mesh.ledger)):
        monkeypatch.setenv(f"{name}_TABLE", value)
    monkeypatch.setenv("NOTIFY_FUNCTION", "notify")
    # Fifty instances share one process here: they would wait longer for each other than for AWS.
    monkeypatch.setattr(clients, "_SECONDS_TO_ANSWER", dict.fromkeys(("dynamodb", "stepfunctions"), 60))
    for name, value in (("ENDPOINT_URL", mesh.description["aws_endpoint_url"]), ("DEFAULT_REGION", mesh.region)):
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "test")
    people = {f"owner-{number:02}": f"owner.{number:02}@example.org" for number in range(AT_ONCE)}
    standings = Standings(
        Groups(), PARTIES, MemoryPeople(dict(people)), MemoryApproverFinder({RETAIL: set(people.values())})
    )
    monkeypatch.setattr(decide_signed_in, "standings", lambda _parties: standings)
    for module in (decide, decide_signed_in):
        monkeypatch.setattr(module, "StepFunctions", Together)
    # What the program puts into the archives.
    monkeypatch.setattr(decide, "load_signed_in", frozenset)
    monkeypatch.setattr(decide_signed_in, "load_parties", lambda: PARTIES)
    clients.client.cache_clear()
    for service in ("dynamodb", "stepfunctions", "events"):
        clients.client(service)  # boto3 makes no clients in threads
    try:
        rounds = [
            half_signed_in(each, people) for each in ready(mesh, "all-at-the-arbiter", ROUNDS_AT_THE_ARBITER, [OLGA])
        ]
        mesh.kept.typed.update([OLGA, SAID, *people.values()])
        before = State.of(mesh)
        winners: list[tuple[Round, Try]] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for round_ in rounds:
                replies = list(pool.map(partial(decide_one, round_), range(AT_ONCE)))
                winners.append((round_, winner_of(round_, replies)))
        all_ended_as_decided(mesh, winners, before)
    finally:
        clients.client.cache_clear()
    for round_, winner in winners:
        how = mesh.register_item(round_.name)["decision"]["decided_by"]
        assert how == ("signed-in" if winner.signed_in else "mailbox")
    won = Counter(f"{winner.action}, {'signed in' if winner.signed_in else 'by link'}" for _, winner in winners)
    figure(f"rounds in which all {AT_ONCE} came to Step Functions together, by the decision that counted", dict(won))
