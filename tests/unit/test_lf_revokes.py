"""Taking grants back: the calls to the letter, what AWS says of what is not there, and what is found left."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from handlers.aws.lf_revokes import LakeFormationGrants
from handlers.sharing.lake import Held
from handlers.sharing.model.errors import AccessRefused, LakeshareError, RevokeRefused, TryAgain
from handlers.sharing.model.grants import Resource
from tests.fakes.world import CONSUMER
from tests.unit.stubs import OUTAGES, error, stubbed

BOTH = ["SELECT", "DESCRIBE"]
TABLE, ALL, DATABASE = Resource("sales", "people"), Resource("sales", "*"), Resource("sales")
SHAPES: dict[Resource, dict[str, Any]] = {
    TABLE: {"Table": {"DatabaseName": "sales", "Name": "people"}},
    ALL: {"Table": {"DatabaseName": "sales", "TableWildcard": {}}},
    DATABASE: {"Database": {"Name": "sales"}},
}
# tokern/lakecli issue 10; hashicorp/terraform-provider-aws looks for the same texts.
NOT_THERE = "No permissions revoked. Grantee has no permissions and no grantable permissions on resource."
ERRORS: list[tuple[str, str, type[LakeshareError] | None]] = [
    ("InvalidInputException", NOT_THERE, None),
    ("InvalidInputException", "Grantee has no permissions on the resource", None),
    ("InvalidInputException", "Resource not found", None),
    ("EntityNotFoundException", "Table not found", None),
    ("InvalidInputException", "Invalid principal", RevokeRefused),
    ("ConcurrentModificationException", "", TryAgain),
    ("AccessDeniedException", "Insufficient Lake Formation permission(s)", AccessRefused),
    ("SomethingNewException", "nobody knows", RevokeRefused),
]


@pytest.fixture
def lake() -> Iterator[Stubber]:
    with stubbed("lakeformation") as stub:
        yield stub


def whole(resource: Resource) -> Held:
    return Held(resource, resource.permissions, resource.permissions)


def entry(at: int, resource: Resource) -> dict[str, Any]:
    permissions = BOTH if resource.table else ["DESCRIBE"]
    return {
        "Id": str(at),
        "Principal": {"DataLakePrincipalIdentifier": CONSUMER},
        "Resource": SHAPES[resource],
        "Permissions": permissions,
        "PermissionsWithGrantOption": permissions,
    }


def test_the_call(lake: Stubber) -> None:
    entries = [entry(at, resource) for at, resource in enumerate(SHAPES)]
    lake.add_response("batch_revoke_permissions", {"Failures": []}, {"Entries": entries})
    assert LakeFormationGrants("123456789012").revoke([whole(each) for each in SHAPES], CONSUMER) == []


@pytest.mark.parametrize(("code", "message", "kind"), ERRORS)
def test_entries_fail_each_by_itself(lake: Stubber, code: str, message: str, kind: type[LakeshareError] | None) -> None:
    answer = {"Failures": [{"RequestEntry": {"Id": "1"}, "Error": {"ErrorCode": code, "ErrorMessage": message}}]}
    lake.add_response("batch_revoke_permissions", answer)
    failures = LakeFormationGrants("123456789012").revoke([whole(TABLE), whole(ALL)], CONSUMER)
    assert [(each.resource, type(each.error)) for each in failures] == ([(ALL, kind)] if kind else [])


def test_a_failure_of_no_entry_is_one_of_all(lake: Stubber) -> None:
    lake.add_response("batch_revoke_permissions", {"Failures": [{"Error": {"ErrorCode": "Throttled"}}]})
    failures = LakeFormationGrants("123456789012").revoke([whole(TABLE), whole(ALL)], CONSUMER)
    assert [(each.resource, type(each.error)) for each in failures] == [(TABLE, TryAgain), (ALL, TryAgain)]


@pytest.mark.parametrize(
    ("code", "status", "message", "kind"),
    [
        *((code, 400, message, kind) for code, message, kind in ERRORS),
        *((code, status, "", TryAgain) for code, status in OUTAGES),
    ],
)
def test_a_call_fails_for_all_of_its_entries(
    lake: Stubber, code: str, status: int, message: str, kind: type[LakeshareError] | None
) -> None:
    error(lake, "batch_revoke_permissions", code, message, status)
    failures = LakeFormationGrants("123456789012").revoke([whole(TABLE), whole(ALL)], CONSUMER)
    assert [type(each.error) for each in failures] == ([kind] * 2 if kind else [])


LACKING = "No permissions revoked. Grantee does not have: SELECT"


def some(resource: Resource, permissions: list[str], grantable: list[str]) -> dict[str, Any]:
    entry_ = {"Principal": {"DataLakePrincipalIdentifier": CONSUMER}, "Resource": SHAPES[resource]}
    return {**entry_, "Permissions": permissions, "PermissionsWithGrantOption": grantable}


def refused(*ids: str) -> dict[str, Any]:
    fault = {"ErrorCode": "InvalidInputException", "ErrorMessage": LACKING}
    return {"Failures": [{"RequestEntry": {"Id": each}, "Error": fault} for each in ids]}


def test_of_what_is_there_in_part_each_part_is_taken_back_by_itself(lake: Stubber) -> None:
    """Such as what somebody granted by hand, without the grant option."""
    calls = [
        ([entry(0, TABLE), entry(1, DATABASE)], refused("0", "1")),
        (
            [
                {"Id": "0", **some(TABLE, ["SELECT"], ["SELECT"])},
                {"Id": "1", **some(TABLE, ["DESCRIBE"], ["DESCRIBE"])},
                {"Id": "2", **some(DATABASE, ["DESCRIBE"], [])},
            ],
            refused("0", "2"),
        ),
        ([{"Id": "0", **some(TABLE, ["SELECT"], [])}], refused("0")),
    ]
    for entries, answer in calls:
        lake.add_response("batch_revoke_permissions", answer, {"Entries": entries})
    assert LakeFormationGrants("123456789012").revoke([whole(TABLE), whole(DATABASE)], CONSUMER) == []
    lake.assert_no_pending_responses()


def test_an_option_without_its_permission_is_asked_for_once(lake: Stubber) -> None:
    lake.add_response("batch_revoke_permissions", refused("0"))
    assert LakeFormationGrants("123456789012").revoke([Held(DATABASE, (), ("DESCRIBE",))], CONSUMER) == []
    lake.assert_no_pending_responses()


def test_what_is_asked_for_by_itself_fails_by_itself(lake: Stubber) -> None:
    error(lake, "batch_revoke_permissions", "InvalidInputException", LACKING)
    error(lake, "batch_revoke_permissions", "AccessDeniedException")
    failures = LakeFormationGrants("123456789012").revoke([whole(DATABASE)], CONSUMER)
    assert [(each.resource, type(each.error)) for each in failures] == [(DATABASE, AccessRefused)]


def test_no_call_has_more_than_20_entries(lake: Stubber) -> None:
    lake.add_response("batch_revoke_permissions", refused(*map(str, range(11))))
    for count in (20, 2):
        answer = {"Failures": [{"RequestEntry": {"Id": str(count - 1)}, "Error": {"ErrorCode": "Throttled"}}]}
        lake.add_response("batch_revoke_permissions", answer)
    tables = [Resource("sales", f"t{at}") for at in range(11)]
    failures = LakeFormationGrants("123456789012").revoke([whole(each) for each in tables], CONSUMER)
    assert [each.resource for each in failures] == [tables[9], tables[10]]


def listed(resource: dict[str, Any], may: list[str], may_grant: list[str], who: str = CONSUMER) -> dict[str, Any]:
    return {
        "Principal": {"DataLakePrincipalIdentifier": who},
        "Resource": resource,
        "Permissions": may,
        "PermissionsWithGrantOption": may_grant,
    }


def columns(name: str, of: dict[str, Any] | None = None) -> dict[str, Any]:
    wildcard = {"ColumnWildcard": {}} if of is None else of
    return {"TableWithColumns": {"DatabaseName": "sales", "Name": name, **wildcard}}


OF_PEOPLE = {"Table": {"DatabaseName": "sales", "Name": "people"}}
OF_ALL = {"Table": {"DatabaseName": "sales", "Name": "ALL_TABLES", "TableWildcard": {}}}


@pytest.mark.parametrize(
    ("resource", "found", "held"),
    [
        (TABLE, [], None),
        (
            TABLE,
            [listed(columns("people"), ["SELECT"], ["SELECT"]), listed(OF_PEOPLE, ["DESCRIBE"], ["DESCRIBE"])],
            whole(TABLE),
        ),
        (TABLE, [listed(OF_PEOPLE, [], ["DESCRIBE"])], Held(TABLE, (), ("DESCRIBE",))),
        # What others have, what is no share's, and what all tables have.
        (TABLE, [listed(OF_PEOPLE, ["DESCRIBE"], [], "888888888888")], None),
        (TABLE, [listed(OF_PEOPLE, ["ALTER", "INSERT"], [])], None),
        (TABLE, [listed(columns("people", {"ColumnNames": ["id"]}), ["SELECT"], ["SELECT"])], None),
        (
            TABLE,
            [listed(columns("people", {"ColumnWildcard": {"ExcludedColumnNames": ["id"]}}), ["SELECT"], [])],
            None,
        ),
        (TABLE, [listed(OF_ALL, ["DESCRIBE"], []), listed(columns("ALL_TABLES"), ["SELECT"], [])], None),
        (
            ALL,
            [listed(OF_ALL, ["DESCRIBE"], []), listed(columns("ALL_TABLES"), ["SELECT"], [])],
            Held(ALL, ("SELECT", "DESCRIBE"), ()),
        ),
        (ALL, [listed(OF_PEOPLE, ["DESCRIBE"], [])], None),
        (DATABASE, [listed({"Database": {"Name": "sales"}}, ["DESCRIBE", "ALTER"], ["DESCRIBE"])], whole(DATABASE)),
        (DATABASE, [listed({"Database": {"Name": "sales"}}, ["ALTER"], [])], None),
    ],
)
def test_what_is_left(lake: Stubber, resource: Resource, found: list[dict[str, Any]], held: Held | None) -> None:
    # In pages, the last of them empty.
    for at, one in enumerate([*([each] for each in found), []]):
        more = {} if at == 0 else {"NextToken": str(at)}
        answer = {"PrincipalResourcePermissions": one, **({"NextToken": str(at + 1)} if at < len(found) else {})}
        lake.add_response("list_permissions", answer, {"Resource": SHAPES[resource], **more})
    assert LakeFormationGrants("123456789012").held(resource, CONSUMER) == held


def test_nothing_is_left_of_what_is_not_there(lake: Stubber) -> None:
    error(lake, "list_permissions", "EntityNotFoundException")
    assert LakeFormationGrants("123456789012").held(TABLE, CONSUMER) is None


def test_what_cannot_be_listed_is_not_gone(lake: Stubber) -> None:
    error(lake, "list_permissions", "AccessDeniedException")
    error(lake, "list_permissions", "ThrottlingException")
    for kind in (AccessRefused, TryAgain):
        with pytest.raises(kind):
            LakeFormationGrants("123456789012").held(TABLE, CONSUMER)
