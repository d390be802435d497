"""LF-Tags as flags: a tag on a database, table or column asks a person, and so do tags that cannot be seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflow.catalogue import column
from tests.workflow.conftest import StartMesh
from tests.workflow.driver import RETAIL, Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options

WORDS = {"TagsUnreadable": "LF-Tags cannot be read", "FlagVanished": "was flagged before"}
TAGS = {"pii": "any", "class": ["restricted", "secret"]}


@pytest.fixture(scope="module")
def mesh(start_mesh: StartMesh) -> Mesh:
    mesh = start_mesh(Options(config={**WITHOUT_PORTAL, "sensitiveTags": TAGS, "databases": []}))
    lake = mesh.client("lakeformation")
    lake.create_lf_tag(TagKey="pii", TagValues=["true", "false"])
    lake.create_lf_tag(TagKey="class", TagValues=["open", "restricted", "secret"])
    return mesh


@pytest.fixture(scope="module")
def shown(mesh: Mesh) -> None:
    """The platform team ran the commands that the stack prints."""
    for name in ("lakeshare-classify-role-", "lakeshare-survey-role-", "lakeshare-grant-role-"):
        show(mesh, role_of(mesh, name))


def role_of(mesh: Mesh, name: str) -> str:
    (arn,) = [each["Arn"] for each in mesh.client("iam").list_roles()["Roles"] if each["RoleName"].startswith(name)]
    return arn


def show(mesh: Mesh, role: str) -> None:
    for key in TAGS:
        mesh.client("lakeformation").grant_permissions(
            Principal={"DataLakePrincipalIdentifier": role},
            Resource={"LFTag": {"TagKey": key, "TagValues": ["*"]}},
            Permissions=["DESCRIBE"],
        )


def survey(mesh: Mesh) -> None:
    """The nightly look through the catalogue."""
    functions = mesh.client("lambda")
    (name,) = [
        each["FunctionName"]
        for each in functions.list_functions()["Functions"]
        if each["FunctionName"].startswith("lakeshare-survey-function-")
    ]
    answer = functions.invoke(FunctionName=name, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()


def tag(mesh: Mesh, resource: dict[str, Any], **values: str) -> None:
    tags = [{"TagKey": key, "TagValues": [value]} for key, value in values.items()]
    assert mesh.client("lakeformation").add_lf_tags_to_resource(Resource=resource, LFTags=tags)["Failures"] == []


def table(database: str, name: str) -> dict[str, Any]:
    return {"Table": {"DatabaseName": database, "Name": name}}


def grounds(mesh: Mesh, database: str, name: str) -> list[dict[str, str]]:
    asked = mesh.ask_owner(database, name, mesh.new_account())
    found = mesh.register_item(asked.arn)["classification"]["grounds"]
    assert mesh.get(asked.approve).status == 200
    for ground in found:
        assert ground.get("tag", WORDS.get(ground["rule"], "")) in asked.mail["body"]
    mesh.client("stepfunctions").stop_execution(executionArn=asked.arn)
    return found


def test_before_the_commands_are_run_everything_asks(mesh: Mesh) -> None:
    mesh.catalogue.add_database("hidden", owner=RETAIL)
    mesh.catalogue.add_table("hidden", "plain", Parameters={"pii_flag": "no"})
    assert grounds(mesh, "hidden", "plain") == [{"rule": "TagsUnreadable", "table": "plain"}]
    assert grounds(mesh, "hidden", "*") == [{"rule": "TagsUnreadable"}]


@pytest.mark.usefixtures("shown")
def test_where_tags_stand_and_what_they_say(mesh: Mesh) -> None:
    mesh.catalogue.add_database("tagged", owner=RETAIL)
    for name in ("whole", "one_column", "open", "plain"):
        mesh.catalogue.add_table("tagged", name, columns=[column("a"), column("b")])
    tag(mesh, table("tagged", "whole"), pii="false")
    one = {"TableWithColumns": {"DatabaseName": "tagged", "Name": "one_column", "ColumnNames": ["b"]}}
    tag(mesh, one, **{"class": "secret"})
    tag(mesh, table("tagged", "open"), **{"class": "open"})
    whole = {"rule": "Tagged", "table": "whole", "tag": "pii=false"}
    of_column = {"rule": "Tagged", "table": "one_column", "column": "b", "tag": "class=secret"}
    assert grounds(mesh, "tagged", "whole") == [whole]
    assert grounds(mesh, "tagged", "one_column") == [of_column]
    assert grounds(mesh, "tagged", "*") == [of_column, whole]
    for name in ("open", "plain"):
        assert mesh.ask("tagged", name, mesh.new_account())[1].output["status"] == "SHARED"


@pytest.mark.usefixtures("shown")
def test_a_tagged_database_hands_its_tag_on(mesh: Mesh) -> None:
    mesh.catalogue.add_database("heirs", owner=RETAIL)
    for name, said in (("silent", {}), ("denies", {"pii_flag": "no"}), ("free", {"pii_flag": "no"})):
        mesh.catalogue.add_table("heirs", name, Parameters=said)
    tag(mesh, {"Database": {"Name": "heirs"}}, **{"class": "restricted"})
    tag(mesh, table("heirs", "free"), **{"class": "open"})
    told = {"rule": "Tagged", "tag": "class=restricted"}
    assert grounds(mesh, "heirs", "silent") == [told]
    assert grounds(mesh, "heirs", "denies") == [{**told, "table": "denies"}]
    assert grounds(mesh, "heirs", "*") == [told]
    assert mesh.ask("heirs", "free", mesh.new_account())[1].output["status"] == "SHARED"


@pytest.mark.usefixtures("shown")
def test_a_database_without_tags_is_shared_at_once(mesh: Mesh) -> None:
    mesh.catalogue.add_database("untagged", owner=RETAIL)
    for name in ("a", "b"):
        mesh.catalogue.add_table("untagged", name)
    assert mesh.ask("untagged", "*", mesh.new_account())[1].output["status"] == "SHARED"


@pytest.mark.usefixtures("shown")
def test_a_tag_that_vanished_is_no_no(mesh: Mesh) -> None:
    mesh.catalogue.add_database("vanishing", owner=RETAIL)
    mesh.catalogue.add_table("vanishing", "t")
    tag(mesh, table("vanishing", "t"), pii="true")
    survey(mesh)
    tags = [{"TagKey": "pii", "TagValues": ["true"]}]
    mesh.client("lakeformation").remove_lf_tags_from_resource(Resource=table("vanishing", "t"), LFTags=tags)
    assert grounds(mesh, "vanishing", "t") == [{"rule": "FlagVanished", "table": "t"}]


@pytest.mark.usefixtures("shown")
def test_a_tag_that_comes_after_the_approval_is_asked_about_anew(mesh: Mesh) -> None:
    mesh.catalogue.add_database("later", owner=RETAIL)
    mesh.catalogue.add_table("later", "t", columns=[column("a", pii_flag="true"), column("b")])
    account = mesh.new_account()
    asked = mesh.ask_owner("later", "t", account)
    tag(mesh, table("later", "t"), pii="true")
    mesh.post(asked.approve, email=asked.mail["to"])
    again = mesh.mail_about(asked.arn, number=2)
    assert "pii=true" in again["body"]
    assert mesh.grants(account) == {}
    mesh.client("stepfunctions").stop_execution(executionArn=asked.arn)


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("operation", ["GetLFTag", "GetResourceLFTags"])
def test_tags_that_are_refused_ask_and_an_outage_passes(mesh: Mesh, operation: str) -> None:
    name = f"refused_{operation.lower()}"
    mesh.catalogue.add_database(name, owner=RETAIL)
    mesh.catalogue.add_table(name, "t")
    with mesh.fault("lakeformation", operation, "AccessDeniedException", http_status=403):
        assert {each["rule"] for each in grounds(mesh, name, "t")} == {"TagsUnreadable"}
    with mesh.fault("lakeformation", operation, "InternalServiceException", http_status=500, times=1):
        assert mesh.ask(name, "t", mesh.new_account())[1].output["status"] == "SHARED"
