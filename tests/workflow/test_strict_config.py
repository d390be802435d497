"""A stack whose config says more than the demo's: who owns which database, who may get data and how long."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.workflow.catalogue import column
from tests.workflow.driver import DESCRIBE, RETAIL, REVIEWS, ROHAN, SELECT_AND_DESCRIBE, UNREGISTERED, Mesh, wait_until
from tests.workflow.refusing import refused, was_refused
from tests.workflow.running import Options

NO_KIT = "666666666666"
CONSUMERS = [str(900_000_000_000 + number) for number in range(50)]
OPTIONS = Options(
    config={
        "producers": [
            {"accountId": RETAIL, "externalId": "not-what-its-role-asks-for", "databases": ["retail", "sales_*"]},
            {"accountId": REVIEWS, "defaultShare": "7d", "longestShare": "14d"},
            {"accountId": UNREGISTERED, "databases": ["weather"]},
            {"accountId": NO_KIT, "databases": ["kitless"]},
        ],
        "consumerAccounts": CONSUMERS,
        "defaultShare": "30d",
        "longestShare": "90d",
        "wildcardOnApproval": False,
    },
)


@pytest.fixture(scope="module", autouse=True)
def catalogue(mesh: Mesh) -> None:
    for database, owner in {
        "retail_copy": RETAIL,
        "sales_2026": RETAIL,
        "sales_stolen": REVIEWS,
        "weather": UNREGISTERED,
        "weather_copy": UNREGISTERED,
        "kitless": NO_KIT,
        "unlisted": REVIEWS,
    }.items():
        mesh.catalogue.add_database(database, owner=owner)
        mesh.catalogue.add_table(database, "plain")
        mesh.catalogue.add_table(database, "personal", [column("mail", pii_flag="true")])


# --- owners -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["plain", "personal", "*"])
@pytest.mark.parametrize("database", ["retail_copy", "sales_stolen", "weather_copy"])
def test_who_is_not_the_owner_of_that_database_by_config_is_not_asked(mesh: Mesh, database: str, table: str) -> None:
    refused(mesh, lambda: mesh.start(database, table, mesh.new_account()), "OwnerNotOfDatabase")


@pytest.mark.parametrize("database", ["sales_2026", "weather", "unlisted"])
def test_the_owner_of_that_database_by_config_is(mesh: Mesh, database: str) -> None:
    account = mesh.new_account()
    assert mesh.ask(database, "plain", account)[1].output["status"] == "SHARED"
    assert mesh.grants(account) == {f"{database}.plain": SELECT_AND_DESCRIBE}


def test_a_table_that_names_a_registered_account_which_does_not_own_the_database(mesh: Mesh) -> None:
    mesh.catalogue.add_table("sales_2026", "claimed", Parameters={"data_owner": REVIEWS})
    refused(mesh, lambda: mesh.start("sales_2026", "claimed", mesh.new_account()), "OwnerNotOfDatabase")


@pytest.mark.parametrize("database", ["kitless", "sales_2026"])
def test_a_role_that_is_missing_or_asks_for_another_external_id_is_a_refusal_by_name(mesh: Mesh, database: str) -> None:
    account = mesh.new_account()
    with mesh.recorded() as actions:
        request, finished = mesh.ask(database, "personal", account)
        assert actions("AssumeRole")
    was_refused(mesh, finished, "CannotReachProducer")
    assert mesh.mails(about=request) == []
    assert mesh.grants(account) == {}


# --- consumers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("database", "table"), [("transport", "yellow_tripdata"), ("amazon", "*")])
def test_an_account_that_is_no_consumer_of_this_data_lake(mesh: Mesh, database: str, table: str) -> None:
    refused(mesh, lambda: mesh.start(database, table, "999999999999"), "ConsumerNotAllowed")


# --- what an approval of a database covers ----------------------------------------------------------------------


def test_without_wildcards_an_approved_database_is_granted_by_name(mesh: Mesh) -> None:
    account = mesh.new_account()
    asked = mesh.ask_owner("unlisted", "*", account)
    assert mesh.decide(asked, "approve", ROHAN).end == ("SHARED", None)
    assert mesh.grants(account) == {
        "unlisted": DESCRIBE,
        "unlisted.personal": SELECT_AND_DESCRIBE,
        "unlisted.plain": SELECT_AND_DESCRIBE,
    }


# --- when it ends -----------------------------------------------------------------------------------------------


def today(mesh: Mesh) -> date:
    return datetime.fromisoformat(mesh.control("GET", "/clock")["now"]).date()


def asking(mesh: Mesh, database: str, table: str, **more: object) -> str:
    """An execution that says when it ends."""
    source, target = {"database": database, "table": table}, {"account_id": mesh.new_account()}
    return mesh.start_with({"source": source, "target": target, **more})


@pytest.mark.parametrize(
    ("database", "more", "holds"),
    [
        ("sales_2026", {}, {"days": 30}),
        ("sales_2026", {"days": 90}, {"days": 90}),
        ("sales_2026", {"until": None}, {"days": 30}),
        ("unlisted", {}, {"days": 7}),
        ("unlisted", {"days": 14}, {"days": 14}),
    ],
    ids=str,
)
def test_what_holds_by_config(mesh: Mesh, database: str, more: dict[str, object], holds: dict[str, object]) -> None:
    item = mesh.register_item(mesh.finish(asking(mesh, database, "plain", **more)).output["request_id"])
    assert (item["status"], item["term"]) == ("SHARED", holds)
    assert item["asked"] == {name: value for name, value in more.items() if value is not None}


@pytest.mark.parametrize(
    ("database", "more", "reason"),
    [
        ("sales_2026", {"days": 91}, "EndTooLate"),
        ("unlisted", {"days": 15}, "EndTooLate"),
        ("unlisted", {"until": "2030-12-31"}, "EndTooLate"),
        ("unlisted", {"until": "2026-01-01"}, "EndDatePassed"),
        ("unlisted", {"until": "9999-12-31"}, "InvalidInput"),
        ("unlisted", {"until": "31.12.2026"}, "InvalidInput"),
        ("unlisted", {"days": 7, "until": "2026-12-31"}, "InvalidInput"),
    ],
    ids=str,
)
def test_an_end_that_may_not_be_is_refused(mesh: Mesh, database: str, more: dict[str, object], reason: str) -> None:
    refused(mesh, lambda: asking(mesh, database, "personal", **more), reason)


def test_mail_and_page_say_how_long_and_an_approver_shortens_it(mesh: Mesh) -> None:
    arn = asking(mesh, "unlisted", "personal", days=10)
    mail = mesh.mail_about(arn)
    assert "HOW LONG\nFor 10 days.\n" in mail["body"]
    link = mesh.links(mail).approve
    first, last = today(mesh), today(mesh) + timedelta(days=10)
    page = mesh.get(link).body
    assert "<dd>For 10 days.</dd>" in page
    assert f'type="date" id="until" name="until" min="{first}" max="{last}"' in page
    for day, says in {
        f"{last + timedelta(days=2)}": "too late",
        "2026-01-01": "is over",
        "soon": "year, month and day",
    }.items():
        reply = mesh.post(link, email=ROHAN, until=day)
        assert (reply.status, says in reply.body) == (400, True)
    assert mesh.register_item(arn)["status"] == "WAITING"
    day = first + timedelta(days=3)
    reply = mesh.post(link, email=ROHAN, until=f"{day}")
    assert reply.status == 200
    assert f"Until the end of {day.day} {day:%B %Y} (UTC) at the latest." in reply.body
    assert mesh.finish(arn).end == ("SHARED", None)
    item = mesh.register_item(arn)
    assert (item["term"], item["decision"]["until"]) == ({"days": 10}, f"{day}")


# --- time -------------------------------------------------------------------------------------------------------


def test_an_end_that_passes_while_a_request_waits_grants_nothing(mesh: Mesh) -> None:
    arn = asking(mesh, "unlisted", "personal", until=f"{today(mesh) + timedelta(days=1)}")
    link = mesh.links(mesh.mail_about(arn)).approve
    mesh.clock("+3d")
    assert mesh.post(link, email=ROHAN).status == 200
    finished = mesh.finish(arn)
    assert finished.end == ("REFUSED", "EndDatePassed")
    item = was_refused(mesh, finished, "EndDatePassed")
    assert item["decision"]["approver"] == ROHAN
    assert mesh.grants(item["consumer_account"]) == {}


def test_a_request_that_nobody_decides_expires_after_seven_days(mesh: Mesh) -> None:
    def surveys() -> int:
        return sum("-survey-" in each["function"] for each in mesh.control("GET", "/functions/log"))

    asked = mesh.ask_owner("unlisted", "personal", mesh.new_account())
    before = surveys()
    ran = mesh.clock("+6d")
    assert [sum(name in each for each in ran) for name in ("sweep", "mails", "survey")] == [1, 1, 1]
    wait_until(lambda: surveys() > before, what="the survey of six nights")
    assert mesh.register_item(asked.arn)["status"] == "WAITING"
    assert mesh.get(asked.approve).status == 200
    mesh.clock("+2d")
    finished = mesh.finish(asked.arn)
    assert finished.status == "SUCCEEDED"
    assert finished.end == ("EXPIRED", "ApprovalTimedOut")
    item = mesh.register_item(asked.arn)
    assert (item["status"], item["reason"]) == ("EXPIRED", "ApprovalTimedOut")
    received, closed = (datetime.fromisoformat(item[name]) for name in ("received_at", "closed_at"))
    assert timedelta(days=8) <= closed - received < timedelta(days=8, hours=1)
    assert mesh.grants(item["consumer_account"]) == {}
    assert mesh.event_types(asked.arn) == ["RequestReceived", "ApprovalRequested", "RequestExpired"]
    assert "token" not in mesh.approval_item(asked.arn)
    for link in (asked.approve, asked.deny):
        for reply in (mesh.get(link), mesh.post(link, email=ROHAN)):
            assert (reply.status, reply.title) == (410, "This request has expired.")
        assert mesh.head(link).status == 410
    wait_until(lambda: surveys() - before >= 2, what="the survey of the last two nights")
    assert surveys() - before == 2, "one for each move, however many nights it passed"
