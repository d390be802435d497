"""The stack's own Lake Formation permissions: made, or printed, but the same."""

from __future__ import annotations

import json
import shlex

from tests.components.conftest import CENTRAL, PORTAL
from tests.components.program import Made, Program, run

ROLE = "arn:aws:iam::123456789012:role/lakeshare-{}-role"

EXPECTED = {
    ("classify", "database"): (["DESCRIBE"], []),
    ("classify", "tables"): (["DESCRIBE"], []),
    ("survey", "database"): (["DESCRIBE"], []),
    ("survey", "tables"): (["DESCRIBE"], []),
    ("grant", "database"): (["DESCRIBE"], ["DESCRIBE"]),
    ("grant", "tables"): (["DESCRIBE", "SELECT"], ["DESCRIBE", "SELECT"]),
    ("revoke", "database"): (["DESCRIBE"], ["DESCRIBE"]),
    ("revoke", "tables"): (["DESCRIBE", "SELECT"], ["DESCRIBE", "SELECT"]),
}


def test_the_grants_are_made_when_the_stack_may(granting: Program) -> None:
    for database in ("amazon", "retail"):
        for (role, what), (permissions, grantable) in EXPECTED.items():
            made = granting.one(
                "aws:lakeformation/permissions:Permissions", f"lakeshare-grants-{role}-{database}-{what}"
            )
            assert made.delete_first, "made first, the new grant would be revoked with the old"
            assert made.inputs["principal"] == ROLE.format(role)
            assert made.inputs["permissions"] == permissions
            assert made.inputs.get("permissionsWithGrantOptions", []) == grantable
            assert (
                resource(made)
                == {
                    "database": {"database": {"catalogId": "123456789012", "name": database}},
                    "tables": {"table": {"catalogId": "123456789012", "databaseName": database, "wildcard": True}},
                }[what]
            )
    assert granting.outputs["LakeFormationGrantCommands"] == ""


def test_tags_that_are_flags_are_shown_to_those_who_read_them() -> None:
    config = {**CENTRAL, "databases": [], "sensitiveTags": {"pii": "any", "class": ["secret"]}}
    resource = {"catalogId": "123456789012", "values": ["*"]}
    made = run({**config, "manageLakeFormationGrants": True}).of("aws:lakeformation/permissions:Permissions")
    commands = [options(each) for each in run(config).outputs["LakeFormationGrantCommands"].splitlines()]
    expected = [(role, key) for key in ("pii", "class") for role in ("classify", "survey", "grant")]
    assert {each.name: (each.inputs["principal"], each.inputs["lfTag"]) for each in made} == {
        f"lakeshare-grants-{role}-{key}-tag": (ROLE.format(role), {**resource, "key": key}) for role, key in expected
    }
    assert [(each["--principal"], json.loads(each["--resource"][0]), each["--permissions"]) for each in commands] == [
        (
            [f"DataLakePrincipalIdentifier={ROLE.format(role)}"],
            {"LFTag": {"CatalogId": "123456789012", "TagKey": key, "TagValues": ["*"]}},
            ["DESCRIBE"],
        )
        for role, key in expected
    ]
    portal = run({**PORTAL, "portalIdentityPool": True, "databases": [], "sensitiveTags": {"pii": "any"}})
    readers = [options(each)["--principal"][0] for each in portal.outputs["LakeFormationGrantCommands"].splitlines()]
    assert [each.rpartition("/")[2] for each in readers] == [
        f"lakeshare-{name}-role" for name in ("classify", "survey", "grant", "drift", "portal-catalogue-api")
    ]


def resource(made: Made) -> dict[str, object]:
    return {key: value for key, value in made.inputs.items() if key in {"database", "table"}}


def test_the_commands_are_printed_when_it_may_not(central: Program) -> None:
    assert not central.of("aws:lakeformation/permissions:Permissions")
    commands = [options(command) for command in central.outputs["LakeFormationGrantCommands"].splitlines()]
    assert len(commands) == len(EXPECTED)
    for command, ((role, what), (permissions, grantable)) in zip(commands, EXPECTED.items(), strict=True):
        assert command["--principal"] == [f"DataLakePrincipalIdentifier={ROLE.format(role)}"]
        assert command["--permissions"] == permissions
        assert command.get("--permissions-with-grant-option", []) == grantable
        assert command["--region"] == ["eu-central-1"]
        assert (
            json.loads(command["--resource"][0])
            == {
                "database": {"Database": {"CatalogId": "123456789012", "Name": "retail"}},
                "tables": {"Table": {"CatalogId": "123456789012", "DatabaseName": "retail", "TableWildcard": {}}},
            }[what]
        )


def options(command: str) -> dict[str, list[str]]:
    """A command's options as a shell would hand them over."""
    program, service, operation, *words = shlex.split(command)
    assert (program, service, operation) == ("aws", "lakeformation", "grant-permissions")
    found: dict[str, list[str]] = {}
    option = ""
    for word in words:
        if word.startswith("--"):
            option, found[word] = word, []
        else:
            found[option].append(word)
    return found


def test_names_that_a_shell_would_read_otherwise_are_quoted() -> None:
    (first, *_) = run({**CENTRAL, "databases": ["it's; $(odd)"]}).outputs["LakeFormationGrantCommands"].splitlines()
    assert json.loads(options(first)["--resource"][0])["Database"]["Name"] == "it's; $(odd)"


def test_no_databases_no_commands() -> None:
    assert run({**CENTRAL, "databases": []}).outputs["LakeFormationGrantCommands"] == ""
