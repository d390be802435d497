"""Row filter expressions: what AWS's page allows, and what it does not.

https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html
"""

import pytest

from localmesh.aws.lf_rows import Columns, ExpressionError, check

TYPES = {
    "country": "string",
    "code": "varchar(2)",
    "id": "bigint",
    "total": "decimal(10,2)",
    "active": "boolean",
    "Date": "string",
    "born": "date",
    "tags": "array<string>",
    "notes": "map<string,string>",
    "address": "struct<zip:string>",
    "small": "smallint",
    "year": "int",
    "month": "int",
}
COLUMNS = Columns(TYPES, frozenset({"year", "month"}))


@pytest.mark.parametrize(
    "expression",
    [
        # The page's own.
        "year > 2010 and country != 'US'",
        "(year > 2010 and country = 'US') or (month < 8 and id > 23)",
        "(country between 'Z' and 'U') and (year = 2018)",
        "(country like '%ited%') and (year > 2000)",
        # Each operator.
        "id=1 OR id<>2 OR id<=-3 OR id>=+4.5e3 OR total < .5",
        "country IN ('a', 'it''s') AND id NOT IN (1)",
        "country NOT LIKE 'a%' AND id NOT BETWEEN 1 AND 2",
        "country IS NULL OR id IS NOT NULL",
        "NOT (country = 'a') AND NOT NOT active = true",
        "  COUNTRY = 'a'\n\tAND (((active <> FALSE)))  ",
        "\"Date\" = 'a' and \"country\" = 'b'",
        f"country = '{'x' * 2035}'",
    ],
)
def test_what_is_possible(expression: str) -> None:
    check(expression, COLUMNS)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("", "expected a column"),
        ("TRUE", "expected a column"),
        ("country", "expected an operator for country"),
        ("country = ", "got the end"),
        ("country = 'a' AND", "got the end"),
        ("country = 'a' country = 'b'", "expected AND, OR or the end"),
        ("country = 'a'; DROP TABLE x", "got ';"),
        ("country = 'a' -- all", "got '"),
        ("(country = 'a'", r"expected \)"),
        ("country = 'a')", "expected AND, OR or the end"),
        ("id IN ()", "a constant that is a number"),
        ("id IN (1, 2", r"expected \)"),
        ("id BETWEEN 1 OR 2", "expected AND"),
        ("id NOT = 1", "got ="),
        ("country IS 'a'", "expected NULL"),
        ("country == 'a'", "got ="),
        ("lower(country) = 'a'", "functions are not possible"),
        ("upper = 'a'", "reserved word"),
        ("trim2(country) = 'a'", "functions"),
        ("country = lower('a')", "constant"),
        ("country = code", "constant"),
        ("'a' = country", "expected a column"),
        ("id + 1 = 2", r"got '\+"),
        ("id = '1'", "constant that is a number"),
        ("country = 1", "constant that is a string"),
        ('country = "a"', "constant that is a string"),
        ("country = NULL", "constant that is a string"),
        ("active = 1", "constant that is a boolean"),
        ("id LIKE '1%'", "got LIKE"),
        ("nowhere = 1", "no column nowhere"),
        ("date = 'a'", "reserved word"),
        ("\"date\" = 'a'", 'no column "date"'),
        ("born = '2020-01-01'", "type date"),
        ("tags = 'a'", "type array"),
        ("notes = 'a'", "type map"),
        ("address = 'a'", "type struct"),
        ("small = 1", "type smallint"),
        ("address.zip = 'a'", "nested"),
        ("year IS NULL", "partition keys, got year"),
        ("year IS NOT NULL", "partition keys, got year"),
        (f"{'(' * 51}id = 1{')' * 51}", "parentheses"),
        (f"country = '{'x' * 2036}'", "shorter than 2048"),
    ],
)
def test_what_is_not(expression: str, text: str) -> None:
    with pytest.raises(ExpressionError, match=text):
        check(expression, COLUMNS)
