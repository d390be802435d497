"""No key, task token, address or credential in any log line, event, execution history or page.

Every mesh of every suite is held to that at its end (`tests.workflow.secrecy`). Here requests of all kinds go through
one mesh, everything that it wrote and showed is searched, for every spelling; and what is planted is found.
"""

from __future__ import annotations

import base64
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.portal.portal import Portal, User
from tests.proof.conftest import Figure
from tests.proof.matrix.copies import grant
from tests.proof.spellings import spellings
from tests.workflow.accounts import SELECT_AND_DESCRIBE
from tests.workflow.catalogue import column
from tests.workflow.driver import ALL_EVENTS, RETAIL, REVIEWS, Asked, Mesh, request_id, wait_until
from tests.workflow.http_client import Reply
from tests.workflow.running import ROOT, WITHOUT_PORTAL, MeshProcess, Options
from tests.workflow.secrecy import OF_PEOPLE, Place, leaks_in, places_of, secrets_of
from tests.workflow.test_drift import let_drift_see, look

OPTIONS = Options(config={"drift": True})
COMMENT = "Their contract says so; ask Jane in the legal department."
NO_USE = "The forecast for Jane's department is done; delete what is left."
SAID = {
    "comment": "Only until Jane from the works council has looked at it again.",
    "reason": "Jane in accounting found that they passed it on to a third party.",
    "search": "jane.confidential",
}
LOOKS = (
    *("/decisions", "/requests", f"/requests?view=owner&owner={RETAIL}", "/holds", f"/holds?owner={REVIEWS}"),
    *("/shares", "/shares?view=all", f"/shares?view=owner&owner={REVIEWS}", "/changes", "/findings"),
    *(f"/search?q={SAID['search']}"),
)
PLACES = {"log line", "event", "history", "page"}
KINDS = {"address", "credential", "external id", "key", "task token", "typed"}


def decide(mesh: Mesh, asked: Asked, action: str, comment: str = COMMENT) -> None:
    link = asked.approve if action == "approve" else asked.deny
    for page in (mesh.get(asked.approve), mesh.get(asked.deny), mesh.head(link)):
        assert page.status == 200
    assert mesh.post(link, email="mallory@example.com", comment=comment).status == 403
    assert mesh.post(link, email="no address", comment=comment).status == 400
    assert mesh.get(link.replace("key=", "key=x")).status in {400, 404}
    assert mesh.post(link, email=asked.mail["to"], comment=comment).status == 200
    mesh.finish(asked.arn)
    for again in (
        mesh.get(link),
        mesh.post(link, email="mallory@example.com"),
        mesh.post(link, email=asked.mail["to"]),
    ):
        assert again.status == 409


def ask(mesh: Mesh) -> Asked:
    return mesh.ask_owner("retail", "customer", mesh.new_account())


def all_kinds(mesh: Mesh) -> dict[str, str]:
    """Requests of all kinds; gives their ids by how they ended."""
    expires = ask(mesh)
    approved, denied, aborted = ask(mesh), ask(mesh), ask(mesh)
    decide(mesh, approved, "approve")
    decide(mesh, denied, "deny")
    mesh.client("stepfunctions").stop_execution(executionArn=aborted.arn, error="Ops", cause="Stopped by hand")
    ends = {"approved": approved.arn, "denied": denied.arn, "aborted": aborted.arn}
    ends["shared at once"], _ = mesh.ask("transport", "yellow_tripdata", mesh.new_account())
    ends["refused"], _ = mesh.ask("weather", "*", mesh.new_account())
    ends["malformed"] = mesh.start_with("[1, 2, 3]")
    with mesh.fault("lakeformation", "GrantPermissions", "AccessDeniedException", message="Insufficient permission(s)"):
        ends["failed"], _ = mesh.ask("transport", "yellow_tripdata", mesh.new_account())
    with mesh.fault("sns", "Publish", "InternalError", http_status=500, times=9, match="Publish"):
        ends["mailed with trouble"] = mesh.start("retail", "customer", mesh.new_account())
        wait_until(lambda: mesh.faults_used()[0] >= 2, what="a mail that fails")
    with mesh.fault("states", "SendTaskSuccess", "ServiceUnavailable", http_status=503):
        unlucky = ask(mesh)
        assert mesh.post(unlucky.approve, email=unlucky.mail["to"], comment=COMMENT).status == 503
    decide(mesh, unlucky, "approve")
    ends["decided at the second try"] = unlucky.arn
    mesh.control("POST", "/schedules/run")
    mesh.clock("+8d")
    assert mesh.finish(expires.arn).end == ("EXPIRED", "ApprovalTimedOut")
    ends["expired"] = expires.arn
    assert mesh.post(expires.approve, email=expires.mail["to"]).status == 410
    return {how: request_id(arn) for how, arn in ends.items()}


LITERAL = "Jane Confidential of Elm Street 7788"
"""In the rows that are asked for: approvers and who asks see it, and no log does."""


def parts(mesh: Mesh) -> dict[str, str]:
    """Requests of parts of a table, all kinds of them, whose row filters name a person; gives how each ended."""
    rows = {"jane": f"name = '{LITERAL}'", "broken": f"name = '{LITERAL}' AND", "endless": LITERAL * 100}
    columns = [column("id", "bigint"), column("name", pii_flag="true"), column("city")]
    mesh.catalogue.add_database("sliced", owner=RETAIL)
    for table in ("people", "moving"):
        parameters = {f"lakeshare_filter_{name}": expression for name, expression in rows.items()}
        mesh.catalogue.add_table("sliced", table, columns, Parameters=parameters)
    mesh.let_grant("sliced")

    def started(table: str = "people", **part: object) -> str:
        source, target = {"database": "sliced", "table": table}, {"account_id": mesh.new_account()}
        return mesh.start_with({"source": source, "target": target, **part})

    def asked(arn: str) -> Asked:
        mail = mesh.mail_about(arn)
        assert LITERAL in mail["body"], "who decides sees what rows these are"
        links = mesh.links(mail)
        assert LITERAL in mesh.get(links.approve).text
        return Asked(arn, mail, links.approve, links.deny)

    waits = {action: asked(started(filter="jane")) for action in ("approve", "deny")}
    for action, each in waits.items():
        decide(mesh, each, action)
    arns = {action: each.arn for action, each in waits.items()}
    arns |= {name: started(columns=["id"], filter=name) for name in (*rows, "unheard")}
    arns |= {"safe": started(scope="safe", filter="jane"), "all safe": started("*", scope="safe")}
    changed = asked(started("moving", filter="jane"))
    mesh.catalogue.change_table("sliced", "moving", lambda entry: entry["StorageDescriptor"]["Columns"].pop())
    link = changed.approve
    assert mesh.post(link, email=changed.mail["to"], comment=COMMENT).status == 200
    ends = {how: str(mesh.finish(arn).output.get("status")) for how, arn in arns.items()}
    # Only who is given the expression can repeat it.
    words = {"CreateDataCellsFilter": f"Expression name = '{LITERAL}' is malformed", "BatchGrantPermissions": "No."}
    for operation, message in words.items():
        # A filter that is there is not made again.
        with mesh.fault("lakeformation", operation, "InvalidInputException", message=message):
            ends[operation] = str(mesh.finish(started(columns=["city"], filter="jane")).end[0])
    return ends


def people(mesh: Mesh) -> None:
    """The portal's users ask, look, and look at what is not theirs."""
    portal = Portal(mesh)
    alice, eve, auditor = portal.new_user(), portal.new_user(), portal.new_user(auditor=True)
    for action in ("approve", "deny"):
        made = portal.ask(alice, "retail", "customer", mesh.new_account(), "For the yearly report.")
        portal.wait_for(alice, made["id"], "WAITING")
        portal.decide(made["id"], action, COMMENT)
        wait_until(lambda id_=made["id"]: portal.request(alice, id_)["decision"], what="the decision")
        assert portal.call("GET", f"/requests/{made['id']}", eve).status == 404
        assert portal.request(auditor, made["id"])["decision"]["comment"] == COMMENT
    made = portal.ask(alice, "transport", "yellow_tripdata", mesh.new_account())
    share = portal.wait_for(alice, made["id"], "SHARED")["share"]["id"]
    mesh.kept.typed.add(NO_USE)
    assert portal.call("POST", f"/shares/{share}/give-back", eve, {"reason": NO_USE}).status == 404
    assert portal.call("POST", f"/shares/{share}/give-back", alice, {"reason": NO_USE}).status == 200
    wait_until(lambda: portal.request(alice, made["id"])["share"]["status"] == "REVOKED", what="the end of the share")
    assert portal.request(auditor, made["id"])["share"]["note"] == NO_USE
    for user, path in ((alice, "/requests"), (auditor, "/requests?scope=all"), (eve, "/requests"), (None, "/requests")):
        portal.call("GET", path, user)
    wanted = {"source": {"database": "retail", "table": "customer"}, "target": {"account_id": RETAIL}}
    portal.call("POST", "/requests/preview", alice, wanted)
    portal.call("POST", "/requests", alice, {"client_token": "short"})
    portal.call("GET", "/requests", f"{portal.tokens(alice)['access_token']}x")


def owners(mesh: Mesh) -> None:
    """Owners and an operator decide, revoke, hold and settle in the portal, and everybody looks at what came of it."""
    portal = Portal(mesh)
    alice, eve, auditor, operator = (
        *(portal.new_user() for _ in range(2)),
        portal.new_user(auditor=True),
        portal.new_user(),
    )
    olga, rohan = portal.approver_of(RETAIL), portal.approver_of(REVIEWS)
    portal.join(operator, "operators")
    mesh.kept.typed.update(SAID.values())
    why = {"reason": SAID["reason"]}

    def post(who: User | None, path: str, document: Mapping[str, object]) -> int:
        return portal.call("POST", path, who, document).status

    for action, status in (("approve", "SHARED"), ("deny", "DENIED")):
        made = portal.ask(alice, "retail", "customer", mesh.new_account())["id"]
        portal.wait_for(alice, made, "WAITING")
        path, document = f"/requests/{made}/decision", {"action": action, "round": 1, "comment": SAID["comment"]}
        assert [post(who, path, document) for who in (None, eve, alice, operator)] == [401, 404, 403, 403]
        assert post(olga, path, document) == 200
        portal.wait_for(alice, made, status)
        assert post(olga, path, {**document, "action": "deny" if action == "approve" else "approve"}) == 409
        assert portal.request(auditor, made)["decision"]["comment"] == SAID["comment"]
    account = mesh.new_account()
    made = portal.ask(alice, "transport", "yellow_tripdata", account)["id"]
    portal.wait_for(alice, made, "SHARED")
    revoke = f"/shares/{made}:1/revoke"
    assert [post(who, revoke, why) for who in (None, eve, alice, auditor)] == [401, 404, 403, 403]
    with mesh.fault("dynamodb", "UpdateItem", "AccessDeniedException", role="shares-api"):
        assert post(rohan, revoke, why) == 500
    assert post(rohan, revoke, {**why, "dry_run": True}) == post(rohan, revoke, why) == 200
    wait_until(lambda: mesh.grants(account) == {}, 60, "the end of the share")
    on = {"consumer": account, **why}
    assert [post(operator, path, on) for path in ("/holds", "/holds/lift")] == [202, 202]
    assert [post(eve, path, on) for path in ("/holds", "/holds/lift")] == [403, 403]
    grant(mesh, account, {"transport.yellow_tripdata": SELECT_AND_DESCRIBE})
    let_drift_see(mesh)
    look(mesh)
    listed = json.loads(portal.call("GET", "/findings", rohan).body)["findings"]
    (found,) = [each for each in listed if each["principal"] == account]
    settle = {"action": "accept", "digest": found["digest"], **why}
    assert [post(who, f"/findings/{found['id']}/settle", settle) for who in (eve, rohan)] == [404, 200]
    for who in (alice, eve, olga, rohan, auditor, operator, None):
        for path in LOOKS:
            portal.call("GET", path, who)


def everything(mesh: Mesh) -> Iterator[Place]:
    """All that is searched usually, and what else the stack is told and tells."""
    yield from places_of(mesh)
    states, functions = mesh.client("stepfunctions"), mesh.client("lambda")
    for machine in [each["stateMachineArn"] for each in states.list_state_machines()["stateMachines"]]:
        for page in states.get_paginator("list_executions").paginate(stateMachineArn=machine):
            for each in page["executions"]:
                described = states.describe_execution(executionArn=each["executionArn"])
                yield Place("execution", each["name"], json.dumps(described, default=str))
        described = states.describe_state_machine(stateMachineArn=machine)
        yield Place("configuration", "state machine", json.dumps(described, default=str))
    for page in functions.get_paginator("list_functions").paginate():
        for each in page["Functions"]:
            yield Place("configuration", each["FunctionName"], json.dumps(each, default=str))


@pytest.mark.timeout(240)
def test_what_rows_are_of_stands_in_no_log(mesh: Mesh, figure: Figure) -> None:
    ends = parts(mesh)
    assert (ends["approve"], ends["deny"], ends["jane"], ends["safe"], ends["all safe"]) == (
        *("SHARED", "DENIED"),
        *(["SHARED"] * 3),
    )
    assert {ends[each] for each in ("broken", "endless", "unheard")} == {"REFUSED"}
    assert not {ends["CreateDataCellsFilter"], ends["BatchGrantPermissions"]} & {"SHARED"}
    logs = [place for place in everything(mesh) if place.kind == "log line"]
    assert leaks_in(logs, {LITERAL: "row filter"}, spellings) == []
    assert any("people" in place.text or "lakeshare" in place.text for place in logs)
    figure("log lines searched for what rows are of", len(logs))


@pytest.mark.timeout(240)
def test_nothing_that_is_secret_leaks(mesh: Mesh, figure: Figure) -> None:
    mesh.listen(ALL_EVENTS, "aws.states")
    ends = all_kinds(mesh)
    with_portal = mesh.description["portal_url"] is not None
    if with_portal:
        people(mesh)
        owners(mesh)
    places = list(everything(mesh))
    secrets = secrets_of(mesh)
    assert leaks_in(places, secrets, spellings) == []
    ledger = [Place("ledger", each["pk"], json.dumps(each)) for each in mesh.ledger_items()]
    kept = {text: kind for text, kind in secrets.items() if kind not in OF_PEOPLE}
    assert leaks_in(ledger, kept, spellings) == []
    kinds = Counter(secrets.values())
    assert KINDS | ({"password", "requester", "token"} if with_portal else set()) == set(kinds)
    assert kinds["task token"] >= 6, "each attempt at asking has one"
    searched = Counter(place.kind for place in places)
    assert set(searched) == {"log line", "event", "history", "page", "execution", "configuration"}
    figure("kinds of request", f"{len(ends)}{' and those of the portal' if with_portal else ''}")
    for kind, number in searched.items():
        figure(f"searched, {kind}", number)
    figure("searched, ledger item", len(ledger))
    for kind, number in kinds.items():
        figure(f"searched for, {kind}", number)
    figure("spellings searched for", sum(len(spellings(secret)) for secret in secrets))


# --- what is planted is found -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """A mesh of its own: it would not pass what every other is held to at its end."""
    process = MeshProcess(Options(config=WITHOUT_PORTAL), tmp_path_factory.mktemp("sown"))
    try:
        mesh = Mesh(process.wait_until_ready())
        mesh.listen()
        decide(mesh, ask(mesh), "approve")
        yield mesh
    finally:
        process.stop()


def plant(mesh: Mesh, secret: str, number: int) -> None:
    """Puts something into each kind of place: a function's log, an event, an execution's input, a page."""
    text = f"planted {secret}"
    logs = mesh.client("logs")
    group = next(
        each["logGroupName"] for each in logs.describe_log_groups()["logGroups"] if "classify" in each["logGroupName"]
    )
    logs.create_log_stream(logGroupName=group, logStreamName=f"planted-{number}")
    line = {"timestamp": int(time.time() * 1000), "message": text}
    logs.put_log_events(logGroupName=group, logStreamName=f"planted-{number}", logEvents=[line])
    detail = json.dumps({"request_id": "planted", "text": text})
    mesh.client("events").put_events(Entries=[{"Source": "lakeshare", "DetailType": "Planted", "Detail": detail}])
    mesh.finish(mesh.start_with(json.dumps({"planted": text})))
    mesh.kept.page("http://somewhere/", Reply(200, {}, f"<p>{text}</p>"))


def test_what_is_planted_is_found(sown: Mesh, figure: Figure) -> None:
    list(places_of(sown))  # finds the task tokens
    secrets = secrets_of(sown)
    one_of_each: Mapping[str, str] = {kind: secret for secret, kind in secrets.items()} | {"typed": COMMENT}
    assert set(one_of_each) == KINDS
    found = 0
    for number, (kind, secret) in enumerate(sorted(one_of_each.items())):
        assert not leaks(sown, secret), "not planted yet"
        # As it is, or hidden in base64 with something before and after it.
        hidden = base64.b64encode(f"{number * 'x'}{secret} and more".encode()).decode()
        plant(sown, hidden if number % 2 else secret, number)
        assert set(leaks(sown, secret)) == PLACES, f"the {kind} that was planted in each of these was not found in all"
        found += len(PLACES)
    figure("planted and found", found)


def leaks(mesh: Mesh, secret: str) -> dict[str, list[str]]:
    """What is found of a secret, by the kind of place."""
    mesh.kept.read.clear()
    by_kind: dict[str, list[Place]] = {}
    for place in places_of(mesh):
        by_kind.setdefault(place.kind, []).append(place)
    kinds = secrets_of(mesh)
    # With the addresses, since what a page may show depends on whose address was typed there.
    wanted = {text: kind for text, kind in kinds.items() if text == secret or kind == "address"}
    found = {
        kind: [told for told in leaks_in(places, wanted, spellings) if f" holds the {kinds[secret]} {secret}: " in told]
        for kind, places in by_kind.items()
    }
    return {kind: told for kind, told in found.items() if told}


def test_the_task_token_stands_in_histories_where_step_functions_writes_it_and_nowhere_else(sown: Mesh) -> None:
    states = sown.client("stepfunctions")
    asked = ask(sown)
    history: Any = states.get_execution_history(executionArn=asked.arn)
    list(places_of(sown))
    holding = {
        event["type"]
        for event in history["events"]
        for token in sown.kept.tokens
        if token in json.dumps(event, default=str)
    }
    assert holding == {"TaskScheduled"}


def test_evidence_of_this_kind_is_not_committed() -> None:
    """What meshes leave behind holds external ids."""
    assert ".build/" in Path(ROOT / ".gitignore").read_text().split()
