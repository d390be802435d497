"""The evaluator of access, held to AWS's pages: each case cites the one that it follows."""

from collections.abc import Sequence
from typing import Any

import pytest

from localmesh.reading import Lake, Reading, Table, UnknownGrantError, lake_of, readable
from mesh_tests.granted import GUIDE, LOCATION, OTHER, OWNER, ROLE, SHARE, THEIRS, columns, entry, on_filter, table
from mesh_tests.harness import CENTRAL, RunningMesh

ANYBODY = "IAM_ALLOWED_PRINCIPALS"
PEOPLE = Table("shop", "people", frozenset({"id", "mail"}), frozenset({"day"}), "s3://lake/shop/people/")
ORDERS = Table("shop", "orders", frozenset({"id"}), frozenset(), "s3://lake/shop/orders/")
ELSEWHERE = Table("attic", "people", frozenset({"id"}), frozenset(), "s3://lakeside/people/")
ALL_OF_PEOPLE, ALL_OF_ORDERS = frozenset({"id", "mail", "day"}), frozenset({"id"})


EVERY_TABLE = {"Table": {"CatalogId": OWNER, "DatabaseName": "shop", "TableWildcard": {}}}
LISTED_EVERY_TABLE = columns("ALL_TABLES", ColumnWildcard={})
DATABASE = {"Database": {"CatalogId": OWNER, "Name": "shop"}}

INSIDE: list[tuple[str, str, Sequence[Any], dict[str, frozenset[str]]]] = [
    ("nothing was granted", "implicit-permissions.html", [], {}),
    ("SELECT", "lf-permissions-reference.html", [entry(ROLE, table())], {"people": ALL_OF_PEOPLE}),
    ("Super", "lf-permissions-reference.html", [entry(ROLE, table(), "ALL")], {"people": ALL_OF_PEOPLE}),
    ("DESCRIBE", "lf-permissions-reference.html", [entry(ROLE, table(), "DESCRIBE", "INSERT")], {}),
    ("Super on the database", "lf-permissions-reference.html", [entry(ROLE, DATABASE, "ALL")], {}),
    ("of somebody else", "lf-permissions-reference.html", [entry(f"{ROLE}s", table())], {}),
    ("another database", "lf-permissions-reference.html", [entry(ROLE, table(database="cellar"))], {}),
    (
        "all tables", "granting-table-permissions.html", [entry(ROLE, EVERY_TABLE)],
        {"people": ALL_OF_PEOPLE, "orders": ALL_OF_ORDERS},
    ),
    (
        "all tables, as they are listed", "granting-table-permissions.html", [entry(ROLE, LISTED_EVERY_TABLE)],
        {"people": ALL_OF_PEOPLE, "orders": ALL_OF_ORDERS},
    ),
    (
        "columns; partition keys cannot be filtered", "data-filtering-notes.html",
        [entry(ROLE, columns(ColumnNames=["Mail", "gone"]))], {"people": frozenset({"mail", "day"})},
    ),
    (
        "all columns but some", "data-filtering-notes.html",
        [entry(ROLE, columns(ColumnWildcard={"ExcludedColumnNames": ["mail", "day"]}))],
        {"people": frozenset({"id", "day"})},
    ),
    (
        "grants add up", "data-filtering-notes.html",
        [entry(ROLE, columns(ColumnNames=["mail"])), entry(ROLE, columns(ColumnNames=["id"]))],
        {"people": ALL_OF_PEOPLE},
    ),
    (
        "everybody in the account", " (pulumi_aws.lakeformation.Permissions, `ALLIAMPrincipals` group)",
        [entry(f"{OWNER}:IAMPrincipals", table())], {"people": ALL_OF_PEOPLE},
    ),
    ("a grant to an account is none to its own roles", "cross-account-read-data.html", [entry(OTHER, table())], {}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "page", "grants", "expected"), INSIDE, ids=[case[0] for case in INSIDE])
def test_inside_an_account(why: str, page: str, grants: Sequence[Any], expected: dict[str, frozenset[str]]) -> None:
    lake = Lake(OWNER, (PEOPLE, ORDERS, ELSEWHERE), grants, {LOCATION: False})
    found = {f"shop.{name}": Reading(names) for name, names in expected.items()}
    assert readable(lake, ROLE) == found, f"{why}: {GUIDE}{page}"


OPEN = entry(ANYBODY, table(), "ALL")
GRANTED = entry(ROLE, columns(ColumnNames=["mail"]))
SOME, EVERYTHING = frozenset({"mail", "day"}), ALL_OF_PEOPLE
GUARDS: list[tuple[str, str, Sequence[Any], dict[str, bool], bool, Reading | None]] = [
    ("registered", "access-control-underlying-data.html", [GRANTED], {LOCATION: False}, False, Reading(SOME)),
    ("not registered", "access-control-underlying-data.html", [GRANTED], {}, False, Reading(SOME, if_iam=True)),
    (
        "a location of a similar name", "access-control-underlying-data.html", [GRANTED],
        {"arn:aws:s3:::lak": False, "arn:aws:s3:::lake/shop/peop": False}, False, Reading(SOME, if_iam=True),
    ),
    (
        "open to whom IAM lets in", "metadata-permissions.html", [OPEN, GRANTED], {LOCATION: False}, False,
        Reading(EVERYTHING, if_iam=True),
    ),
    (
        "hybrid, not opted in", "hybrid-access-workflow.html", [OPEN, GRANTED], {LOCATION: True}, False,
        Reading(EVERYTHING, if_iam=True),
    ),
    ("hybrid, opted in", "hybrid-access-workflow.html", [OPEN, GRANTED], {LOCATION: True}, True, Reading(SOME)),
    ("hybrid, opted in, not granted", "hybrid-access-workflow.html", [OPEN], {LOCATION: True}, True, None),
    ("hybrid, not open", "hybrid-access-workflow.html", [GRANTED], {LOCATION: True}, False, Reading(SOME)),
]  # fmt: skip


@pytest.mark.parametrize("case", GUARDS, ids=[case[0] for case in GUARDS])
def test_what_guards_the_data(case: tuple[str, str, Sequence[Any], dict[str, bool], bool, Reading | None]) -> None:
    why, page, grants, locations, opted_in, expected = case
    opted = frozenset({(ROLE, "shop.people")} if opted_in else ())
    found = readable(Lake(OWNER, (PEOPLE,), grants, locations, opted), ROLE)
    assert found == ({} if expected is None else {"shop.people": expected}), f"{why}: {GUIDE}{page}"


WITH_OPTION = entry(OTHER, table(), on=True, share=SHARE)
SOME_WITH_OPTION = entry(OTHER, columns(ColumnNames=["mail"]), on=True, share=SHARE)
HANDED_ON = entry(THEIRS, table())
ACROSS: list[tuple[str, str, Sequence[Any], Sequence[Any], str, bool, frozenset[str] | None]] = [
    ("an account", "cross-account-read-data.html", [WITH_OPTION], [], OTHER, True, EVERYTHING),
    ("an account that has not accepted", "cross-account-read-data.html", [WITH_OPTION], [], OTHER, False, None),
    ("its role without a grant there", "cross-account-read-data.html", [WITH_OPTION], [], THEIRS, True, None),
    ("its role with one", "cross-account-read-data.html", [WITH_OPTION], [HANDED_ON], THEIRS, True, EVERYTHING),
    ("... not accepted", "cross-account-read-data.html", [WITH_OPTION], [HANDED_ON], THEIRS, False, None),
    (
        "without the grant option nothing is handed on", "cross-account-read-data.html", [entry(OTHER, table())],
        [HANDED_ON], THEIRS, True, None,
    ),
    (
        "all columns of some are these", "data-filtering-notes.html", [SOME_WITH_OPTION], [HANDED_ON], THEIRS, True,
        SOME,
    ),
    (
        "a grant there on a table of the same name", "cross-account-read-data.html", [WITH_OPTION],
        [entry(THEIRS, {"Table": {"CatalogId": OTHER, "DatabaseName": "shop", "Name": "people"}})], THEIRS, True, None,
    ),
    (
        "a role, granted to directly", "cross-account-overview.html", [entry(THEIRS, table(), share=SHARE)], [], THEIRS,
        True, EVERYTHING,
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", ACROSS, ids=[case[0] for case in ACROSS])
def test_across_accounts(
    case: tuple[str, str, Sequence[Any], Sequence[Any], str, bool, frozenset[str] | None],
) -> None:
    why, page, grants, theirs, principal, accepted, expected = case
    own = Lake(OTHER, (), theirs, {}, unaccepted=frozenset(() if accepted else {SHARE}))
    found = readable(Lake(OWNER, (PEOPLE,), grants, {LOCATION: False}), principal, own)
    assert found == ({} if expected is None else {"shop.people": Reading(expected)}), f"{why}: {GUIDE}{page}"


@pytest.mark.parametrize(
    ("granted", "opted_in", "expected"),
    [
        (True, True, Reading(EVERYTHING)),
        (True, False, Reading(EVERYTHING, if_iam=True)),
        (False, False, None),
    ],
)
def test_across_accounts_in_hybrid_mode(granted: bool, opted_in: bool, expected: Reading | None) -> None:
    """The consumer's principals are opted in in their own account: hybrid-access-mode-cross-account.html."""
    owner = Lake(
        OWNER, (PEOPLE,), [OPEN, *([WITH_OPTION] if granted else [])], {LOCATION: True, f"{LOCATION}/shop": False}
    )
    own = Lake(OTHER, (), [HANDED_ON], {}, frozenset({(THEIRS, "shop.people")} if opted_in else ()))
    assert readable(owner, THEIRS, own) == ({} if expected is None else {"shop.people": expected}), GUIDE


@pytest.mark.parametrize(
    ("resource", "text"),
    [
        ({"LFTagPolicy": {}}, "LFTagPolicy"),
        (on_filter("ended"), "ended of shop.people is not there"),
        (columns(ColumnNames=["mail.domain"]), "nested"),
        (columns(ColumnWildcard={"ExcludedColumnNames": ['"mail"."domain"']}), "nested"),
    ],
)
def test_it_does_not_guess(resource: dict[str, Any], text: str) -> None:
    lake = Lake(OWNER, (PEOPLE,), [entry(ROLE, resource)], {LOCATION: False})
    with pytest.raises(UnknownGrantError, match=text):
        readable(lake, ROLE)
    assert readable(lake, THEIRS) == {}


def test_it_reads_a_lake_as_it_is_listed(mesh: RunningMesh) -> None:
    glue, lake = mesh.client("glue"), mesh.client("lakeformation")
    glue.create_database(DatabaseInput={"Name": "read"})
    storage = {
        "Columns": [{"Name": name, "Type": "string"} for name in ("id", "mail")],
        "Location": "s3://read-lake/p/",
    }
    keys = [{"Name": "day", "Type": "date"}]
    for name in ("people", "others"):
        glue.create_table(
            DatabaseName="read", TableInput={"Name": name, "StorageDescriptor": storage, "PartitionKeys": keys}
        )
    lake.register_resource(ResourceArn="arn:aws:s3:::read-lake", UseServiceLinkedRole=True)
    who = {"DataLakePrincipalIdentifier": OTHER}
    named_filter = {"TableCatalogId": CENTRAL, "DatabaseName": "read", "TableName": "others", "Name": "some"}
    body = {"ColumnNames": ["mail"], "RowFilter": {"FilterExpression": "id = 'a'"}}
    lake.create_data_cells_filter(TableData={**named_filter, **body})
    for resource in (
        {"Database": {"Name": "read"}},
        {"Table": {"DatabaseName": "read", "Name": "people"}},
        {"TableWithColumns": {"DatabaseName": "read", "Name": "others", "ColumnNames": ["id"]}},
        {"DataCellsFilter": named_filter},
    ):
        may = ["DESCRIBE"] if "Database" in resource else ["SELECT"]
        lake.grant_permissions(Principal=who, Resource=resource, Permissions=may, PermissionsWithGrantOption=may)
    assert readable(lake_of(glue, lake, CENTRAL), OTHER) == {
        "read.people": Reading(ALL_OF_PEOPLE),
        "read.others": Reading(ALL_OF_PEOPLE, rows={"mail": frozenset({"id = 'a'"})}),
    }
    glue.delete_database(Name="read")
