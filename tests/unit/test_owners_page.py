"""What the page for owners gives to copy does what it says."""

from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

PAGE = (Path(__file__).parents[2] / "docs" / "owners.md").read_text(encoding="utf-8")


def test_the_commands_set_parameters_and_leave_all_else_as_it_is() -> None:
    code = PAGE.split("```python\n")[1].split("```")[0]
    with mock_aws():
        glue: Any = boto3.client("glue")
        glue.create_database(DatabaseInput={"Name": "retail"})
        columns = [{"Name": "c_email_address", "Type": "string", "Parameters": {"x": "y"}}]
        for name in ("customer", "date_dim"):
            entry = {
                "Name": name,
                "Description": "as it was",
                "Parameters": {"classification": "parquet"},
                "StorageDescriptor": {"Columns": columns},
            }
            glue.create_table(DatabaseName="retail", TableInput=entry)
        exec(code, {})  # noqa: S102 - the page's own
        found = {each["Name"]: each for each in glue.get_tables(DatabaseName="retail")["TableList"]}
    for name, said in (("customer", "c_email_address, c_birth_year"), ("date_dim", "none")):
        assert found[name]["Parameters"] == {"classification": "parquet", "pii_columns": said}
        assert found[name]["Description"] == "as it was"
        assert found[name]["StorageDescriptor"]["Columns"] == columns
