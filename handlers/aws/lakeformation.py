"""Grants in the central account's Lake Formation."""

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.aws.clients import KEY_CURE, PASSING, Translate, client, code_and_message, is_about_a_key, translated
from handlers.sharing.model.errors import (
    CatalogueKeyUnavailable,
    GrantRefused,
    LakeshareError,
    OpenToIamPrincipals,
    ShareLimitReached,
    TableNotFound,
    TryAgain,
)
from handlers.sharing.ports import GrantFailure

_TABLE_PERMISSIONS = ("SELECT", "DESCRIBE")
_DATABASE_PERMISSIONS = ("DESCRIBE",)
_GRANTED_ALREADY = "AlreadyExistsException"


class LakeFormation:
    """`Lake` on Lake Formation."""

    def __init__(self) -> None:
        self._lake = client("lakeformation")

    def cross_account_version(self) -> int:
        """`CROSS_ACCOUNT_VERSION` of the data lake settings; 0 if it is not there or no number."""
        with translated("read the data lake settings"):
            settings: Mapping[str, Any] = self._lake.get_data_lake_settings()["DataLakeSettings"]
        parameters: Mapping[str, str] = settings.get("Parameters") or {}
        version = parameters.get("CROSS_ACCOUNT_VERSION", "")
        return int(version) if version.isdecimal() else 0

    def grant_database(self, database: str, consumer: str) -> None:
        """DESCRIBE on the database itself."""
        self._grant(f"Database '{database}'", consumer, {"Database": {"Name": database}}, _DATABASE_PERMISSIONS)

    def grant_table(self, database: str, table: str, consumer: str) -> None:
        """SELECT and DESCRIBE on one table."""
        self._grant(f"Table '{database}.{table}'", consumer, _table(database, table), _TABLE_PERMISSIONS)

    def grant_all_tables(self, database: str, consumer: str) -> None:
        """SELECT and DESCRIBE on all tables, those added later too."""
        resource: Mapping[str, Any] = {"Table": {"DatabaseName": database, "TableWildcard": {}}}
        self._grant(f"Database '{database}' with all tables", consumer, resource, _TABLE_PERMISSIONS)

    def grant_tables(self, database: str, tables: Sequence[str], consumer: str) -> list[GrantFailure]:
        """SELECT and DESCRIBE on at most 20 tables; a success may hold failures of single entries."""
        names = {str(at): table for at, table in enumerate(tables)}
        entries = [
            {"Id": at, **_grant_arguments(consumer, _table(database, table), _TABLE_PERMISSIONS)}
            for at, table in names.items()
        ]
        from botocore.exceptions import ClientError

        what = f"Tables of '{database}'"
        try:
            with translated("grant tables", _meaning(what)):
                answer = self._lake.batch_grant_permissions(Entries=entries)
        except ClientError as error:
            raise _unforeseen(what, *code_and_message(error)) from error
        except TryAgain as error:
            return [GrantFailure(table, error) for table in tables]
        failures: list[GrantFailure] = []
        for failure in answer.get("Failures", []):
            error = failure.get("Error", {})
            code, message = error.get("ErrorCode", ""), error.get("ErrorMessage", "")
            if code == _GRANTED_ALREADY:
                continue
            # A failure that does not say which entry it is of is a failure of them all.
            entry = names.get(failure.get("RequestEntry", {}).get("Id", ""))
            for table in [entry] if entry is not None else tables:
                what = f"Table '{database}.{table}'"
                failures.append(GrantFailure(table, _meaning(what)(code, message) or _unforeseen(what, code, message)))
        return failures

    def _grant(self, what: str, consumer: str, resource: Mapping[str, Any], permissions: Sequence[str]) -> None:
        from botocore.exceptions import ClientError

        try:
            with translated("grant", _meaning(what)):
                self._lake.grant_permissions(**_grant_arguments(consumer, resource, permissions))
        except ClientError as error:
            code, message = code_and_message(error)
            if code != _GRANTED_ALREADY:
                raise _unforeseen(what, code, message) from error


def _table(database: str, table: str) -> Mapping[str, Any]:
    return {"Table": {"DatabaseName": database, "Name": table}}


def _grant_arguments(consumer: str, resource: Mapping[str, Any], permissions: Sequence[str]) -> dict[str, Any]:
    return {
        "Principal": {"DataLakePrincipalIdentifier": consumer},
        "Resource": resource,
        "Permissions": list(permissions),
        "PermissionsWithGrantOption": list(permissions),
    }


def _unforeseen(what: str, code: str, message: str) -> GrantRefused:
    return GrantRefused(f"{what} was not granted ({code}: {message}). An operator has to look into it.")


def _meaning(what: str) -> Translate:
    """What Lake Formation's error codes mean, and what the platform team can do."""

    def translate(code: str, message: str) -> LakeshareError | None:
        says = f"AWS says: {message}"
        if code in PASSING:
            return TryAgain(f"Lake Formation was busy ({code}) with {what}.")
        if code == "GlueEncryptionException" or (code == "AccessDeniedException" and is_about_a_key(message)):
            return CatalogueKeyUnavailable(f"{what} was not granted. {KEY_CURE} {says}")
        match code:
            case "AccessDeniedException":
                # AWS gives one answer to two causes, so both cures are named.
                return GrantRefused(
                    f"{what} was not granted. Either Lakeshare's share role lacks the grant option on it, which a data "
                    "lake administrator can give; or it is still open to IAMAllowedPrincipals, which the platform "
                    f"team can revoke. {says}"
                )
            case "InvalidInputException" if "IAMAllowedPrincipals" in message or "Illegal combination" in message:
                return OpenToIamPrincipals(
                    f"{what} is still open to IAMAllowedPrincipals, and such data cannot be shared with another "
                    "account. The platform team must revoke that grant (and set CreateTableDefaultPermissions to an "
                    f"empty list, so that later tables do not get it), then ask again. {says}"
                )
            case "ResourceNumberLimitExceededException" | "ResourceShareLimitExceededException":
                return ShareLimitReached(
                    f"{what} was not granted: a quota of AWS RAM or Lake Formation is used up. The platform team must "
                    f"revoke shares that nobody needs or have the quota raised, then ask again. {says}"
                )
            case "EntityNotFoundException":
                return TableNotFound(f"{what} is not in the catalogue any more. {says}")
            case _:
                return None

    return translate
