"""The approval mail: what it says, and that nobody else can say it."""

import re
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.pages.mail import LONGEST_SUBJECT, Mail, approval_mail, portal_mail
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.record import RequestRecord
from tests.unit.pages_samples import (
    APPROVE,
    DENY,
    HOSTILE,
    PORTAL,
    RECORD,
    huge,
    leaving_out,
    of_rows,
    texts,
    written,
)


def mail_of(record: RequestRecord) -> Mail:
    return approval_mail(record, approve_url=APPROVE, deny_url=DENY)


def says(record: RequestRecord, *phrases: str) -> None:
    words = " ".join(mail_of(record).body.replace("\n  >   ", " ").split())
    for phrase in phrases:
        assert phrase in words


def test_says_which_roles_are_to_read_it_where_some_are_named() -> None:
    roles = tuple(f"arn:aws:iam::999999999999:role/{name}" for name in ("analyst", "team/reader"))
    says(replace(RECORD, roles=roles), f"FOR ACCOUNT > 999999999999 To be read by: > {roles[0]} > {roles[1]} WHAT")
    says(RECORD, "FOR ACCOUNT > 999999999999 WHAT")


def test_lists_what_fits_and_counts_the_rest() -> None:
    record = huge()
    assert record.classification is not None
    body = mail_of(record).body
    listed = len(re.findall(r"n{251}\d{3}[,\n]", body))
    rest = re.search(r"^and ([0-9,]+) more\.$", body, re.MULTILINE)
    assert rest
    assert int(rest[1].replace(",", "")) + listed == record.classification.grounds_total
    assert "10,000 tables" in body


@pytest.mark.parametrize("name", ["n" * 251, "漢" * 251, "\U0001d54f" * 251, "a " * 125 + "b", "://" * 83])
@pytest.mark.parametrize("scope", list(Scope))
def test_stays_within_what_sns_takes(name: str, scope: Scope) -> None:
    mail = mail_of(huge(scope, name))
    assert len(mail.body.encode()) <= 64 * 1024
    assert len(mail.subject) <= LONGEST_SUBJECT


@pytest.mark.parametrize("name", ["n" * 251, "漢" * 251, "\U0001d54f" * 251, "a " * 125 + "b", "://" * 83])
def test_tables_that_are_left_out_are_listed_as_far_as_there_is_room(name: str) -> None:
    body = mail_of(leaving_out(*(f"Table '{name}{at:03}' is a view." for at in range(150)), total=9_999)).body
    assert len(body.encode()) <= 64 * 1024
    (rest,) = re.findall(r"Tables that are left out:\n(?:  > .*\n)+and ([0-9,]+) more\.$", body, re.MULTILINE)
    listed = body.replace("\n  >   ", " ").count("is a view.")
    assert (listed > 10, int(rest.replace(",", "")) + listed) == (True, 9_999)
    says(leaving_out("Table 'a' is a view.", "Table 'b' is."), "left out: > Table 'a' is a view. > Table 'b' is. ")
    assert "left out" not in mail_of(RECORD).body


@pytest.mark.parametrize(
    "expression",
    [
        "name = 'A  B'",
        "name = 'A   B'\n  AND c = '\tx'\n\nOR d = 1",
        "name IN (" + ", ".join(f"'{at}{' ' * at}{at}'" for at in range(30)) + ")",
        "city = '" + "x" * 100 + "  " + "y" * 100 + "'",
    ],
)
def test_rows_are_shown_with_the_spaces_that_they_have(expression: str) -> None:
    _, _, after = mail_of(of_rows(expression)).body.partition("Only rows where:\n")
    shown, found, _ = after.partition("\nIts description in the catalogue:")
    assert found
    assert shown.replace("\n  > … ", "").replace("\n  > ", "\n").removeprefix("  > ") == expression


@given(texts(3000))
@example(HOSTILE[4])
@example(HOSTILE[5])
@example(HOSTILE[8])
@example("a\x1fb\tc")
def test_no_expression_adds_a_line_or_a_link(expression: str) -> None:
    body = mail_of(of_rows(f"x{expression}")).body
    assert [line for line in body.split("\n") if "://" in line] == [APPROVE, DENY]
    assert _ours(body) == _ours(mail_of(of_rows("x")).body)
    assert all(character in "\n\t" or not _unseen(character) for character in body)


def test_needs_a_classified_request() -> None:
    with pytest.raises(ValueError, match="no classification"):
        mail_of(replace(RECORD, classification=None))
    with pytest.raises(ValueError, match="no source"):
        mail_of(replace(RECORD, source=None))
    with pytest.raises(ValueError, match="no term"):
        mail_of(replace(RECORD, term=None))


@given(texts(), texts(), texts(3000), texts(), st.integers(1, 2))
@example(*HOSTILE[:4], 1)
@example(*HOSTILE[4:8], 2)
@example(HOSTILE[9], HOSTILE[4], HOSTILE[5], HOSTILE[8], 1)
def test_nobody_else_can_add_a_line_or_a_link(database: str, table: str, prose: str, name: str, round_: int) -> None:
    record = replace(written(database, table, prose, name), round=round_)
    mail = mail_of(record)

    assert re.findall(r"\w+://\S*", mail.body) == [APPROVE, DENY]
    assert [line for line in mail.body.split("\n") if "://" in line] == [APPROVE, DENY]
    if table != "*" and all(text.split() for text in (database, table, prose, name)):
        # But for the quoted lines it is the mail about anything else. What is blank is left out, and not announced.
        assert _ours(mail.body) == _ours(mail_of(replace(RECORD, round=round_)).body)
    led = portal_mail(record, portal_url=PORTAL)
    assert [line for line in led.body.split("\n") if "://" in line] == [PORTAL]
    assert led.subject == mail.subject
    assert all(character == "\n" or not _unseen(character) for character in mail.body + led.body)
    mail.body.encode()

    assert len(mail.subject) < 100
    assert all(" " <= character <= "~" for character in mail.subject)
    assert mail.subject.startswith("Data access request")
    assert mail.subject.endswith("for account 999999999999")


def _ours(body: str) -> list[str]:
    return [line for line in body.split("\n") if not line.startswith("  > ")]


def _unseen(character: str) -> bool:
    return ord(character) < 0x20 or character in "\x7f\x85\u2028\u2029\u202e\u2066\u200b\ufeff"


@given(st.datetimes(datetime(1970, 1, 1), datetime(2999, 12, 31)))  # noqa: DTZ001
def test_tells_the_time_in_utc(at: datetime) -> None:
    says(replace(RECORD, expires_at=f"{at.isoformat()}+00:00"), f"{at:%H:%M} UTC")
