"""Grants in the central account's Lake Formation."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from handlers.aws.clients import KEY_CURE, PASSING, Translate, client, code_and_message, is_about_a_key, translated
from handlers.aws.lf_cells import make_filter
from handlers.aws.lf_listed import as_lake_formation, held
from handlers.sharing.lake import GrantFailure
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.errors import (
    AccessRefused,
    CatalogueKeyUnavailable,
    FilterLimitReached,
    FilterRefused,
    GlueAccessMissing,
    GrantRefused,
    LakeshareError,
    OpenToIamPrincipals,
    OrganizationForbids,
    ShareLimitReached,
    TableNotFound,
    TryAgain,
)
from handlers.sharing.model.grants import Resource

_TABLE_PERMISSIONS = ("SELECT", "DESCRIBE")
_DATABASE_PERMISSIONS = ("DESCRIBE",)
_GRANTED_ALREADY = "AlreadyExistsException"


class _Wanted(NamedTuple):
    """One entry of a batch: the table that it is of, and what it is, for people and for Lake Formation."""

    table: str
    what: str
    resource: Mapping[str, Any]


class LakeFormation:
    """`Lake` on Lake Formation.

    Args:
        account: of the catalogue; only granting a filter takes it.
        remover: the role that deletes filters which nobody needs any more.
    """

    def __init__(self, account: str = "", remover: str = "") -> None:
        self._account, self._remover = account, remover
        self._lake = client("lakeformation")
        self._locations: Sequence[tuple[str, bool]] | None = None

    def cross_account_version(self) -> int:
        """`CROSS_ACCOUNT_VERSION` of the data lake settings; 0 if it is not there or no number."""
        with translated("read the data lake settings"):
            settings: Mapping[str, Any] = self._lake.get_data_lake_settings()["DataLakeSettings"]
        parameters: Mapping[str, str] = settings.get("Parameters") or {}
        version = parameters.get("CROSS_ACCOUNT_VERSION", "")
        return int(version) if version.isdecimal() else 0

    def in_hybrid_mode(self, location: str) -> bool:
        """Whether the innermost registered location around this one is in hybrid access mode. Lists them once."""
        if self._locations is None:
            self._locations = self._registered()
        path = f"{re.sub('^s3[an]?://', '', location).rstrip('/')}/"
        return next((hybrid for around, hybrid in self._locations if path.startswith(around)), False)

    def _registered(self) -> Sequence[tuple[str, bool]]:
        """The registered locations, `bucket/path/`, the innermost first, and whether they are in hybrid access mode."""
        found: dict[str, bool] = {}
        page: Mapping[str, Any] = {}
        try:
            while True:
                with translated("list the registered locations"):
                    page = self._lake.list_resources(**{"NextToken": page["NextToken"]} if page else {})
                for each in page["ResourceInfoList"]:
                    path = each["ResourceArn"].rpartition(":::")[2].rstrip("/")
                    found[f"{path}/"] = each.get("HybridAccessEnabled", False)
                if not page.get("NextToken"):
                    break
        except AccessRefused:
            # People are told less; what may be granted does not depend on it.
            return ()
        return sorted(found.items(), key=lambda each: -len(each[0]))

    def holds(self, resource: Resource, consumer: str) -> bool:
        """Whether an account was granted this with grant option; what this role may not see, it was not.

        DESCRIBE is looked for, which goes with all that a share grants: Lake Formation lists only what the caller has
        itself, and who reads the catalogue has no SELECT.
        """
        try:
            found = held(self._lake, resource, consumer)
        except AccessRefused:
            return False
        return found is not None and "DESCRIBE" in found.grantable

    def grant_database(self, database: str, consumer: str) -> None:
        """DESCRIBE on the database itself."""
        self._grant(f"Database '{database}'", consumer, {"Database": {"Name": database}}, _DATABASE_PERMISSIONS)

    def grant_table(self, database: str, table: str, consumer: str) -> None:
        """SELECT and DESCRIBE on one table."""
        self._grant(f"Table '{database}.{table}'", consumer, _table(database, table), _TABLE_PERMISSIONS)

    def grant_filters(self, cells: Sequence[CellsFilter], consumer: str) -> list[GrantFailure]:
        """SELECT on at most 10 data cells filters, each of which is made if it is not there.

        The role that revokes is let delete them; where that cannot be, they stay when nobody needs them any more.
        """
        from botocore.exceptions import ClientError

        failures: list[GrantFailure] = []
        made: list[CellsFilter] = []
        for each in cells:
            what = _part_of(each)
            try:
                make_filter(self._lake, self._account, each, _meaning_of_filter(what))
                made.append(each)
            except LakeshareError as error:
                failures.append(GrantFailure(each.table, error))
            except ClientError as error:
                failures.append(GrantFailure(each.table, _unforeseen(what, *code_and_message(error))))
        wanted = [_Wanted(each.table, _part_of(each), as_lake_formation(each.resource)) for each in made]
        entries = [_entry(each.resource, consumer, ("SELECT",), ("SELECT",)) for each in wanted]
        beside = [_entry(each.resource, self._remover, ("DROP",)) for each in wanted if self._remover]
        return [*failures, *(self._batch("Parts of tables", wanted, entries, beside) if wanted else ())]

    def grant_all_tables(self, database: str, consumer: str) -> None:
        """SELECT and DESCRIBE on all tables, those added later too."""
        resource: Mapping[str, Any] = {"Table": {"DatabaseName": database, "TableWildcard": {}}}
        self._grant(f"Database '{database}' with all tables", consumer, resource, _TABLE_PERMISSIONS)

    def grant_tables(self, database: str, tables: Sequence[str], consumer: str) -> list[GrantFailure]:
        """SELECT and DESCRIBE on at most 20 tables; a success may hold failures of single entries."""
        wanted = [_Wanted(each, f"Table '{database}.{each}'", _table(database, each)) for each in tables]
        entries = [_entry(each.resource, consumer, _TABLE_PERMISSIONS, _TABLE_PERMISSIONS) for each in wanted]
        return self._batch(f"Tables of '{database}'", wanted, entries)

    def _batch(
        self,
        what: str,
        wanted: Sequence[_Wanted],
        entries: Sequence[Mapping[str, Any]],
        beside: Sequence[Mapping[str, Any]] = (),
    ) -> list[GrantFailure]:
        """Grant what is wanted, an entry each; whether what is `beside` is granted as well, nobody waits for."""
        from botocore.exceptions import ClientError

        numbered = [{"Id": str(at), **each} for at, each in enumerate((*entries, *beside))]
        try:
            with translated("grant tables", _meaning(what)):
                answer = self._lake.batch_grant_permissions(Entries=numbered)
        except ClientError as error:
            raise _unforeseen(what, *code_and_message(error)) from error
        except TryAgain as error:
            return [GrantFailure(each.table, error) for each in wanted]
        of = {str(at): wanted[at : at + 1] for at in range(len(numbered))}
        failures: list[GrantFailure] = []
        for failure in answer.get("Failures", []):
            error = failure.get("Error", {})
            code, message = error.get("ErrorCode", ""), error.get("ErrorMessage", "")
            if code == _GRANTED_ALREADY:
                continue
            # A failure that does not say which entry it is of is a failure of them all.
            for each in of.get(failure.get("RequestEntry", {}).get("Id", ""), wanted):
                why = _meaning(each.what)(code, message) or _unforeseen(each.what, code, message)
                failures.append(GrantFailure(each.table, why))
        return failures

    def _grant(self, what: str, consumer: str, resource: Mapping[str, Any], permissions: Sequence[str]) -> None:
        from botocore.exceptions import ClientError

        try:
            with translated("grant", _meaning(what)):
                self._lake.grant_permissions(**_entry(resource, consumer, permissions, permissions))
        except ClientError as error:
            code, message = code_and_message(error)
            if code != _GRANTED_ALREADY:
                raise _unforeseen(what, code, message) from error


def _table(database: str, table: str) -> Mapping[str, Any]:
    return {"Table": {"DatabaseName": database, "Name": table}}


def _part_of(cells: CellsFilter) -> str:
    return f"Part of table '{cells.database}.{cells.table}'"


def _entry(
    resource: Mapping[str, Any], principal: str, permissions: Sequence[str], grantable: Sequence[str] = ()
) -> dict[str, Any]:
    return {
        "Principal": {"DataLakePrincipalIdentifier": principal},
        "Resource": resource,
        "Permissions": list(permissions),
        "PermissionsWithGrantOption": list(grantable),
    }


def _unforeseen(what: str, code: str, message: str) -> GrantRefused:
    return GrantRefused(f"{what} was not granted ({code}: {message}). An operator has to look into it.")


def _meaning(what: str) -> Translate:
    """What Lake Formation's errors mean, and who can do what about them."""

    def translate(code: str, message: str) -> LakeshareError | None:
        if code in PASSING:
            return TryAgain(f"Lake Formation was busy ({code}) with {what}.")
        says = f"AWS says: {message}"
        # By the text first: the same code stands for several causes, and Lake Formation passes RAM's on.
        for told, kind, cure in _BY_TEXT:
            if told(message):
                return kind(f"{what} was not granted. {cure} {says}")
        match code:
            case "GlueEncryptionException":
                return CatalogueKeyUnavailable(f"{what} was not granted. {KEY_CURE} {says}")
            case "AccessDeniedException":
                # AWS gives one answer to two causes, so both cures are named.
                return GrantRefused(
                    f"{what} was not granted. Either Lakeshare's share role lacks the grant option on it, which a data "
                    "lake administrator can give; or it is still open to IAMAllowedPrincipals, which the platform "
                    f"team can revoke. {says}"
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


def _meaning_of_filter(what: str) -> Translate:
    """The same of making a filter: what Lake Formation does not take is else the expression, or a column."""

    def translate(code: str, message: str) -> LakeshareError | None:
        found = _meaning(what)(code, message)
        if found is None and code == "InvalidInputException":
            return FilterRefused(f"{what} cannot be shared: Lake Formation refuses its columns or rows. {message}")
        return found

    return translate


def _says(pattern: str) -> Callable[[str], bool]:
    return lambda message: re.search(pattern, message, re.IGNORECASE) is not None


_BY_TEXT: tuple[tuple[Callable[[str], bool], type[LakeshareError], str], ...] = (
    (is_about_a_key, CatalogueKeyUnavailable, KEY_CURE),
    (
        _says(r"more than \d+ data cells filters"),
        FilterLimitReached,
        "The account has as many different parts of the table as Lake Formation lets it have. Give back what is not "
        "needed, or ask for the table.",
    ),
    (
        _says("IAMAllowedPrincipals|illegal combination"),
        OpenToIamPrincipals,
        "It is still open to IAMAllowedPrincipals, and such data cannot be shared with another account. The platform "
        "team must revoke that grant (and set CreateTableDefaultPermissions to an empty list, so that later tables do "
        "not get it), or register the data's location in hybrid access mode, then ask again.",
    ),
    (
        _says("insufficient glue permissions"),
        GlueAccessMissing,
        "Either the role of the grant function lacks a right in Glue (it needs AWSLakeFormationCrossAccountManager, "
        "with glue:PutResourcePolicy); or the catalogue's resource policy denies it, or does not let "
        "ram.amazonaws.com do glue:ShareResource. An operator has to look into it.",
    ),
    (
        # What a service control policy denies is no right that the role lacks, so it comes before that.
        _says(
            r"service control policy|(within|outside|in) your (AWS )?organization"
            r"|organization \S+ (could )?not (be )?found"
        ),
        OrganizationForbids,
        "A rule of the AWS organization forbids to share with this account, which is outside of it; or sharing within "
        "the organization is not enabled. The platform team must have the organization's administrators allow it, or "
        "enable it (aws ram enable-sharing-with-aws-organization), then ask again.",
    ),
    (
        _says("not authorized to perform|retrieve AWS organization"),
        AccessRefused,
        "The role of the grant function lacks a right that it needs: look at its policies, at "
        "AWSLakeFormationCrossAccountManager among them, and at the permissions boundary.",
    ),
)
"""What Lake Formation's texts tell apart, in this order: how to know one, what it means, and what can be done.

Sources of the texts stand in the tests.
"""
