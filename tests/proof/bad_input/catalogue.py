"""Bad entries of the catalogue: what cannot be read asks a person or is refused by name; nothing shares itself."""

from __future__ import annotations

from typing import Any

from tests.proof.bad_input.case import Case, Door, Entry

OWNER = "111111111111"
CENTRAL = "123456789012"
UNREGISTERED = "333333333333"
VIEW = {"TableType": "VIRTUAL_VIEW", "StorageDescriptor": {}, "ViewOriginalText": "SELECT 1"}
EMAIL = '{"type": "struct", "fields": [{"name": "id", "type": "long"}, {"name": "email", "type": "string"}]}'
STORAGE = {"Columns": [{"Name": "id", "Type": "bigint"}], "Location": "s3://retail-lake/bad/"}


def entry(name: str, expected: str, *words: str, **given: Any) -> Case:
    """A table and its database."""
    return Case(f"catalogue: {name}", Door.CATALOGUE, Entry(**given), expected, words)


def asks(name: str, rule: str, *words: str, **table: object) -> Case:
    """A table of which somebody is asked; its fields are Glue's."""
    return entry(name, f"ASKS {rule}", *words, table=table)


def flag(name: str, value: object, rule: str = "UnreadableFlag") -> Case:
    """A column's flag that does not plainly say no."""
    return columns(f"flag {name}", rule, [{"Name": "a", "Type": "string", "Parameters": {"pii_flag": value}}])


def pii_columns(name: str, rule: str, value: str, *words: str) -> Case:
    """A table's `pii_columns`; it has a column `id` and a partition key `day`."""
    keys = [{"Name": "day", "Type": "date"}]
    return asks(f"pii_columns {name}", rule, *words, Parameters={"pii_columns": value}, PartitionKeys=keys)


def schema(name: str, rule: str, *words: str, **parameters: str) -> Case:
    """A schema in the parameters; dots in their names stand as two underscores."""
    given = {key.replace("__", "."): value for key, value in parameters.items()}
    return asks(f"schema {name}", rule, *words, Parameters=given)


def columns(name: str, rule: str, value: object, *words: str) -> Case:
    """A table's columns; whoever is asked reads which of them it was."""
    return asks(name, rule, *words, StorageDescriptor={**STORAGE, "Columns": value})


def owner(name: str, value: str, reason: str, *words: str) -> Case:
    """Whom a table names as the owner of its data."""
    return entry(f"owner {name}", f"REFUSED {reason}", *words, table={"Parameters": {"data_owner": value}})


def link(name: str, target: dict[str, str], words: str = "") -> Case:
    """A table that is a link."""
    table = {"TargetTable": target, "StorageDescriptor": None}
    return entry(f"table that is a link {name}", "REFUSED ResourceLink", words, table=table)


def of_database(
    name: str, expected: str, ask: str | None = None, without_table: bool = False, **database: object
) -> Case:
    """A database that is wrong; its fields are Glue's."""
    return entry(f"database {name}", expected, database=database, ask=ask, without_table=without_table)


FLAGS = (
    flag("maybe", "maybe"),
    flag("of a blank and a word", " not at all "),
    flag("of punctuation", "false;true"),
    flag("in another language", "nein"),
    flag("of a wide letter", "ｎ"),  # noqa: RUF001
    flag("with a null byte", "false\x00"),
    flag("that is a list in JSON", '["false"]'),
    flag("that is 2", "2"),
    flag("that is 0.0", "0.0"),
    flag("that is -0", "-0"),
    flag("that is null in words", "null"),
    flag("of 10,000 letters", "f" * 10_000),
    flag("with a space of no width", "false\u200b"),
    flag("that turns the writing around", "\u202eeslaf"),
    flag("with an expression", "{{ false }}"),
    flag("with markup", "<b>false</b>"),
    flag("TRUE", "TRUE", "ColumnFlagged"),
    flag("true with spaces around it", "  True\t", "ColumnFlagged"),
    columns("flag under a name in capitals", "ColumnFlagged", [{"Name": "a", "Parameters": {"PII_FLAG": "yes"}}]),
    columns("flag under a name with spaces", "ColumnFlagged", [{"Name": "a", "Parameters": {" pii_flag ": "1"}}]),
    columns("flags of two minds", "ColumnFlagged", [{"Name": "a", "Parameters": {"pii_flag": "no", "Pii_Flag": "y"}}]),
    columns(
        "flag on the last of 1,000 columns",
        "ColumnFlagged",
        [*({"Name": f"c{n}", "Type": "int"} for n in range(999)), {"Name": "last", "Parameters": {"pii_flag": "true"}}],
        "last",
    ),
    asks("flag of the table that cannot be read", "UnreadableFlag", Parameters={"pii_flag": "perhaps"}),
    asks("flag of the table", "TableFlagged", Parameters={"pii_flag": "YES"}),
    pii_columns("of a partition key", "ColumnFlagged", "day", "day"),
    pii_columns("in capitals", "ColumnFlagged", " ID ", "id"),
    pii_columns("of a column that is not there", "PiiColumnsUnreadable", "email"),
    pii_columns("of two, one not there", "PiiColumnsUnreadable", "id,email", "id"),
    pii_columns("with semicolons", "PiiColumnsUnreadable", "id;day"),
    pii_columns("that is a list in JSON", "PiiColumnsUnreadable", '["id"]'),
    pii_columns("that says none and a name", "PiiColumnsUnreadable", "none,id"),
    pii_columns("that says no", "PiiColumnsUnreadable", "no"),
    pii_columns("of 10,000 letters", "PiiColumnsUnreadable", "f" * 10_000),
    asks("pii_columns twice", "PiiColumnsUnreadable", Parameters={"pii_columns": "none", "PII_Columns": "id"}),
    of_database("flag binds a table", "ASKS DatabaseFlagged", Parameters={"data_owner": OWNER, "pii_flag": "y"}),
    of_database("flag unread binds a table", "ASKS UnreadableFlag", Parameters={"data_owner": OWNER, "pii_flag": "?"}),
    of_database("flag unread", "ASKS UnreadableFlag", "*", Parameters={"data_owner": OWNER, "pii_flag": "?"}),
)

SHAPES = (
    columns("no columns", "ColumnsUnreadable", []),
    asks("columns left out", "ColumnsUnreadable", StorageDescriptor={"Location": "s3://retail-lake/x/"}),
    asks("storage left out", "ColumnsUnreadable", StorageDescriptor=None),
    asks("view without columns", "View", **VIEW),
    asks("view with columns", "View", **{**VIEW, "StorageDescriptor": STORAGE}),
    asks("view of many dialects", "View", ViewDefinition={"Definer": "arn:aws:iam::123456789012:role/x"}),
    columns("placeholder of Spark", "ColumnsUnreadable", [{"Name": "col", "Type": "array<string>"}]),
    schema("of Spark", "SchemaElsewhere", spark__sql__sources__schema=EMAIL),
    schema("of Avro", "SchemaElsewhere", avro__schema__literal=EMAIL),
    schema("of Avro at an address", "ColumnsUnreadable", avro__schema__url="https://example.com/x.avsc"),
    schema("that is no JSON", "ColumnsUnreadable", spark__sql__sources__schema="{"),
    schema("nested too deep", "ColumnsUnreadable", spark__sql__sources__schema="[" * 100_000),
    schema("of parts that are not all there", "ColumnsUnreadable", spark__sql__sources__schema__part__1=EMAIL),
    columns("column without a name", "ColumnsUnreadable", [{"Type": "string"}]),
    asks("partition key without a name", "ColumnsUnreadable", PartitionKeys=[{"Type": "date"}]),
    asks("storage that is empty", "ColumnsUnreadable", StorageDescriptor={}),
    entry("one table of nothing in a database", "ASKS ColumnsUnreadable", ask="*", table={"StorageDescriptor": None}),
)

OWNERS = (
    entry("no owner anywhere", "REFUSED OwnerMissing", "has the parameter data_owner", database={"Parameters": {}}),
    owner("that is empty", "", "OwnerMalformed"),
    owner("that is blank", "   ", "OwnerMalformed"),
    owner("of 11 digits", "1" * 11, "OwnerMalformed", "'11111111111'"),
    owner("of 13 digits", "1" * 13, "OwnerMalformed"),
    owner("with a space behind it", f"{OWNER} ", "OwnerMalformed"),
    owner("that is a name", "Store Operations", "OwnerMalformed", "Store Operations"),
    owner("that is an ARN", f"arn:aws:iam::{OWNER}:root", "OwnerMalformed"),
    owner("of Arabic digits", "\u0661" * 12, "OwnerMalformed"),
    owner("of two accounts", f"{OWNER},222222222222", "OwnerMalformed"),
    owner("with markup", "<script>alert(1)</script>", "OwnerMalformed"),
    owner("of 10,000 letters", "o" * 10_000, "OwnerMalformed", "…"),
    owner("that is not registered", UNREGISTERED, "OwnerNotRegistered", UNREGISTERED),
    owner("that is the central account", CENTRAL, "OwnerNotRegistered", CENTRAL),
    owner("that nobody has heard of", "555555555555", "OwnerNotRegistered", "555555555555"),
    of_database("of no owner", "REFUSED OwnerMalformed", Parameters={"data_owner": "me"}),
    of_database("of an owner off the list", "REFUSED OwnerNotRegistered", "*", Parameters={"data_owner": UNREGISTERED}),
)

RETAIL = {"CatalogId": CENTRAL, "DatabaseName": "retail"}
PRIVATE = {"CatalogId": OWNER, "DatabaseName": "private"}
ENTRIES = (
    entry("no table", "REFUSED NothingToShare", "has no table that Lakeshare can see", without_table=True, ask="*"),
    entry("table that is none", "REFUSED TableNotFound", "There is no table 'other'", ask="other"),
    link("to another account", {**PRIVATE, "Name": "salaries"}, "belongs to another account"),
    link("inside the account", {**RETAIL, "Name": "customer"}),
    of_database("that is a link", "REFUSED ResourceLink", "*", TargetDatabase=RETAIL),
    of_database("that is a link to another account's", "REFUSED ResourceLink", "*", True, TargetDatabase=PRIVATE),
)

CASES = (*FLAGS, *SHAPES, *OWNERS, *ENTRIES)
