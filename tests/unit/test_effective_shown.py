"""What an account can read with what it has: in register, mail, page, preview and API, for who may know of it."""

from dataclasses import replace
from typing import Any

import pytest

from handlers.api.shapes import detail, prospect
from handlers.aws.dynamodb.classification_items import read_classification, write_classification
from handlers.pages.decision import form
from handlers.pages.mail import approval_mail
from handlers.sharing.examine import examine
from handlers.sharing.filters import beside_others, read_with
from handlers.sharing.model.access import Standing
from handlers.sharing.model.clock import now
from handlers.sharing.model.effective import Effective, Reach
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import Requester
from handlers.sharing.model.request import parse_request
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.term import NO_END
from handlers.sharing.preview import preview
from tests.fakes.pace import MemoryPace
from tests.fakes.world import CONSUMER, World, input_of

ALEX = Requester("sub-alex", "alex@consumer.example")
READ = Effective(1, False, (Reach(("email",), ("id > 7",)), Reach(("id",))), 2, True)
TOLD = (
    "The account has another part of this table. With this one, it can read: email: in rows where id > 7; id: in all "
    "rows. In a row that several parts let through, their columns can be read side by side: no part alone does that."
)
MAILS = {"columns": ["email"], "filter": "eu"}


@pytest.fixture
def world() -> World:
    """The account can read column `id` of all rows of `sales.people`."""
    world = World()
    table = world.catalogue.entries["sales"]["people"]
    world.catalogue.put(world.catalogue.databases["sales"], replace(table, row_filters=(("eu", "id > 7"),)))
    world.classify("r0", of_people(columns=["id"]))
    world.grant("r0")
    return world


def of_people(**part: Any) -> dict[str, Any]:
    return {**input_of("sales", "people"), **part}


def previewed(world: World, standing: Standing, renews: str | None = None, **part: Any) -> dict[str, Any]:
    request = parse_request(of_people(**part))
    return prospect(
        preview(
            request,
            NO_END,
            renews,
            standing,
            rules=world.rules,
            catalogue=world.catalogue,
            ledger=world.ledger,
            lake=world.lake,
            pace=MemoryPace(),
            at=now(),
        )
    )


def test_who_decides_sees_what_comes_of_it(world: World) -> None:
    found = world.classify("r1", of_people(**MAILS))
    assert found.effective == READ
    record = world.register.records["r1"]
    assert record.classification == found == read_classification(write_classification(found))
    mail = approval_mail(record, approve_url="https://a.example", deny_url="https://d.example").body
    assert "The account has another part of this table." in mail
    assert "\n  > email: in rows where id > 7\n  > id: in all rows\n" in mail
    assert "can be read side by side" in " ".join(mail.split())
    page = form(record, "approve", at=now()).html
    reads = ("email: in rows where id &gt; 7", "id: in all rows")
    assert "".join(f'<li><bdi class="exact">{each}</bdi></li>' for each in reads) in page
    assert "can be read side by side" in page
    shown = detail(record, None, None, Person("sub", "somebody"))["classification"]["effective"]
    assert shown["text"] == TOLD
    assert shown["reaches"][0] == {"columns": ("email",), "rows": ("id > 7",), "more_columns": 0, "more_rows": 0}


@pytest.mark.parametrize("part", [{"columns": ["email"]}, {}])
def test_nothing_is_said_where_there_is_nothing_else(part: dict[str, Any]) -> None:
    """Of a table that the account has no part of; nor of a whole table, whatever parts of it the account has."""
    found = World().classify("r1", of_people(**part))
    assert found.effective is None
    assert "effective" not in write_classification(found)


def test_all_of_a_table_is_no_part(world: World) -> None:
    assert world.classify("r1", of_people()).effective is None


def test_other_tables_and_accounts_and_what_has_ended_do_not_count(world: World) -> None:
    (share,) = world.ledger.shares.values()
    request = parse_request(of_people(**MAILS))
    found = examine(request, world.rules, world.remembering)
    changes: list[dict[str, Any]] = [
        {"consumer": "888888888888"},
        {"source": replace(share.source, table="orders")},
        {"status": ShareStatus.REVOKING},
    ]
    for change in changes:
        world.ledger.shares[share.id] = replace(share, **change)
        assert beside_others(request, found, world.ledger).effective is None, change
    world.ledger.shares[share.id] = replace(share, status=ShareStatus.GRANTING)
    assert beside_others(request, found, world.ledger).effective == READ


def test_what_is_renewed_is_not_counted_twice(world: World) -> None:
    (share,) = world.ledger.shares.values()
    world.ledger.shares[share.id] = replace(share, until="2099-01-01T00:00:00Z", row_filter="id = 1", fingerprint="x")
    found = world.classify("r1", of_people(columns=["id"], renews=share.id))
    assert found.effective is None


def test_a_preview_tells_only_of_what_one_may_know(world: World) -> None:
    (share,) = world.ledger.shares.values()
    assert previewed(world, Standing("sub-alex", frozenset({CONSUMER})), **MAILS)["effective"]["text"] == TOLD
    assert "effective" not in previewed(world, Standing("sub-alex", None), **MAILS)
    world.ledger.shares[share.id] = replace(share, requester=ALEX)
    assert previewed(world, Standing("sub-alex", None), **MAILS)["effective"]["text"] == TOLD


def shared(world: World, name: str, **part: Any) -> Share:
    found = world.classify(name, of_people(**part))
    decision = None
    if found.needs_approval:
        decision = world.post(world.follow(world.request_approval(name), name)).decision
    world.grant(name, decision.id if decision else None)
    return world.ledger.shares[f"{name}:1"]


def test_a_share_says_what_its_account_reads_by_now(world: World) -> None:
    mails = shared(world, "r1", **MAILS)
    first = world.ledger.shares["r0:1"]
    assert read_with(mails, world.ledger.shares.values(), world.ledger) == READ
    assert read_with(mails, [mails], world.ledger) is None
    assert read_with(replace(mails, status=ShareStatus.REVOKING), world.ledger.shares.values(), world.ledger) is None
    assert read_with(mails, [mails, replace(first, status=ShareStatus.REVOKING)], world.ledger) is None
    whole = shared(world, "r2")
    assert read_with(mails, world.ledger.shares.values(), world.ledger) == Effective(0, whole=True)
    assert read_with(whole, world.ledger.shares.values(), world.ledger) is None
