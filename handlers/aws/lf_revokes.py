"""What is granted in the central account's Lake Formation, taken back and looked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from handlers.aws.clients import PASSING, answer_unless, client, code_and_message, translated
from handlers.sharing.model.errors import AccessRefused, LakeshareError, RevokeRefused, TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import WHOLE_DATABASE
from handlers.sharing.ports import Held, RevokeFailure

_GONE: Final = frozenset({"EntityNotFoundException"})
"""The table or database is not there any more, and what was granted on it went with it."""
_WAS_NOT_THERE: Final = ("no permissions revoked", "grantee has no permissions", "not found", "non-existent")
"""In lower case, what Lake Formation says of a grant that is not there."""
_ALL_TABLES: Final = "ALL_TABLES"


class LakeFormationGrants:
    """`Grants` on Lake Formation."""

    def __init__(self) -> None:
        self._lake = client("lakeformation")

    def revoke(self, what: Sequence[Held], consumer: str) -> Sequence[RevokeFailure]:
        """Take at most 20 back in one call; a success may hold failures of single entries."""
        asked = {str(at): held for at, held in enumerate(what)}
        entries = [
            {
                "Id": at,
                "Principal": {"DataLakePrincipalIdentifier": consumer},
                "Resource": _resource(held.resource),
                "Permissions": list(held.permissions),
                "PermissionsWithGrantOption": list(held.grantable),
            }
            for at, held in asked.items()
        ]
        from botocore.exceptions import ClientError

        try:
            with translated("revoke"):
                answer = self._lake.batch_revoke_permissions(Entries=entries)
        except ClientError as error:
            failure = _meaning("Nothing", *code_and_message(error))
            return [RevokeFailure(held.resource, failure) for held in what] if failure else []
        except LakeshareError as error:
            return [RevokeFailure(held.resource, error) for held in what]
        failures: list[RevokeFailure] = []
        for failed in answer.get("Failures", []):
            error = failed.get("Error", {})
            # A failure that does not say which entry it is of is a failure of them all.
            entry = asked.get(failed.get("RequestEntry", {}).get("Id", ""))
            for held in [entry] if entry is not None else what:
                meaning = _meaning(str(held.resource), error.get("ErrorCode", ""), error.get("ErrorMessage", ""))
                if meaning is not None:
                    failures.append(RevokeFailure(held.resource, meaning))
        return failures

    def held(self, resource: Resource, consumer: str) -> Held | None:
        """What an account holds on a resource still, of what a share grants. It is asked for by the resource alone.

        With the principal, too, Lake Formation would tell what comes of wider grants as well.
        """
        may: set[str] = set()
        may_grant: set[str] = set()
        for entry in self._listed(_resource(resource)):
            if entry["Principal"]["DataLakePrincipalIdentifier"] == consumer and _is_on(entry, resource):
                may.update(entry["Permissions"])
                may_grant.update(entry["PermissionsWithGrantOption"])
        ours = resource.permissions
        held = Held(resource, _of(ours, may), _of(ours, may_grant))
        return held if held.permissions or held.grantable else None

    def _listed(self, resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        more: dict[str, str] = {}
        while True:
            ask = partial(self._lake.list_permissions, Resource=resource, **more)
            page: Mapping[str, Any] = answer_unless(_GONE, ask, "list what is granted") or {}
            yield from page.get("PrincipalResourcePermissions", ())
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}


def _of(ours: Sequence[str], found: set[str]) -> tuple[str, ...]:
    return tuple(each for each in ours if each in found)


def _resource(resource: Resource) -> Mapping[str, Any]:
    if not resource.table:
        return {"Database": {"Name": resource.database}}
    if resource.table == WHOLE_DATABASE:
        return {"Table": {"DatabaseName": resource.database, "TableWildcard": {}}}
    return {"Table": {"DatabaseName": resource.database, "Name": resource.table}}


def _is_on(entry: Mapping[str, Any], resource: Resource) -> bool:
    """Whether a grant is on just this; of a table the SELECT on all columns is listed as one on columns."""
    listed: Mapping[str, Any] = entry["Resource"]
    if not resource.table:
        return "Database" in listed
    columns: Mapping[str, Any] | None = listed.get("TableWithColumns")
    if columns is not None and columns.get("ColumnWildcard") != {}:
        return False
    table: Mapping[str, Any] = columns or listed.get("Table") or {}
    is_all = "TableWildcard" in table or table.get("Name") == _ALL_TABLES
    return bool(table) and is_all == (resource.table == WHOLE_DATABASE)


def _meaning(what: str, code: str, message: str) -> LakeshareError | None:
    """Why something was not revoked; `None`: because it was not there."""
    if code in _GONE or (code == "InvalidInputException" and any(text in message.lower() for text in _WAS_NOT_THERE)):
        return None
    if code in PASSING:
        return TryAgain(f"Lake Formation was busy ({code}) with {what}.")
    if code == "AccessDeniedException":
        return AccessRefused(
            f"{what} was not revoked: Lakeshare's role for revoking lacks the grant option on it, which a data lake "
            f"administrator can give, or AWSLakeFormationCrossAccountManager. AWS says: {message}"
        )
    return RevokeRefused(f"{what} was not revoked ({code}: {message}). An operator has to look into it.")
