"""What is granted in the central account's Lake Formation, taken back and looked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from handlers.aws.clients import PASSING, client, code_and_message, translated
from handlers.aws.lf_cells import drop_filter
from handlers.aws.lf_listed import GONE, as_lake_formation, held
from handlers.sharing.lake import ENTRIES_A_BATCH, Held, RevokeFailure
from handlers.sharing.model.errors import AccessRefused, LakeshareError, RevokeRefused, TryAgain
from handlers.sharing.model.grants import Resource

_WAS_NOT_THERE: Final = ("no permissions revoked", "grantee has no permissions", "not found", "non-existent")
"""In lower case, what Lake Formation says of a grant that is not there."""

_LACKS_SOME: Final = "grantee does not have"
"""What it says of an entry of which only a part is there, after "no permissions revoked"."""


class _LacksSome(LakeshareError):
    """An entry asked for more than there is, and so nothing of it was revoked."""


class LakeFormationGrants:
    """`Grants` on Lake Formation, of this account's catalogue."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._lake = client("lakeformation")

    def revoke(self, what: Sequence[Held], consumer: str) -> Sequence[RevokeFailure]:
        """Take at most 20 back in one call; a success may hold failures of single entries.

        Of an entry that asks for more than there is, Lake Formation revokes nothing at all: what is there is then asked
        for by itself, in calls of its own.
        """
        failures: list[RevokeFailure] = []
        todo = list(what)
        while todo:
            batch, todo = todo[:ENTRIES_A_BATCH], todo[ENTRIES_A_BATCH:]
            for each, error in self._not_revoked(batch, consumer):
                if isinstance(error, _LacksSome):
                    todo += _narrower(each)
                else:
                    failures.append(RevokeFailure(each.resource, error))
        return failures

    def _not_revoked(self, what: Sequence[Held], consumer: str) -> Sequence[tuple[Held, LakeshareError]]:
        asked = {str(at): each for at, each in enumerate(what)}
        entries = [
            {
                "Id": at,
                "Principal": {"DataLakePrincipalIdentifier": consumer},
                "Resource": as_lake_formation(each.resource),
                "Permissions": list(each.permissions),
                "PermissionsWithGrantOption": list(each.grantable),
            }
            for at, each in asked.items()
        ]
        from botocore.exceptions import ClientError

        try:
            with translated("revoke"):
                answer = self._lake.batch_revoke_permissions(Entries=entries)
        except ClientError as error:
            failure = _meaning("Nothing", *code_and_message(error))
            return [(each, failure) for each in what] if failure else []
        except LakeshareError as error:
            return [(each, error) for each in what]
        failures: list[tuple[Held, LakeshareError]] = []
        for failed in answer.get("Failures", []):
            error = failed.get("Error", {})
            # A failure that does not say which entry it is of is a failure of them all.
            entry = asked.get(failed.get("RequestEntry", {}).get("Id", ""))
            for each in [entry] if entry is not None else what:
                meaning = _meaning(str(each.resource), error.get("ErrorCode", ""), error.get("ErrorMessage", ""))
                if meaning is not None:
                    failures.append((each, meaning))
        return failures

    def held(self, resource: Resource, consumer: str) -> Held | None:
        """What an account holds on a resource still, of what a share grants."""
        return held(self._lake, resource, consumer)

    def drop_filter(self, resource: Resource) -> None:
        """Delete a data cells filter if no account is granted it any more."""
        drop_filter(self._lake, self._account, resource)


def _narrower(entry: Held) -> Sequence[Held]:
    """What to ask for instead of an entry that asked for more than there is; nothing if it asked for one thing."""
    names = tuple(dict.fromkeys((*entry.permissions, *entry.grantable)))
    if len(names) > 1:
        return [Held(entry.resource, _of(entry.permissions, name), _of(entry.grantable, name)) for name in names]
    return [Held(entry.resource, entry.permissions, ())] if entry.permissions and entry.grantable else []


def _of(permissions: Sequence[str], name: str) -> tuple[str, ...]:
    return (name,) if name in permissions else ()


def _meaning(what: str, code: str, message: str) -> LakeshareError | None:
    """Why something was not revoked; `None`: because it was not there."""
    if code == "InvalidInputException" and _LACKS_SOME in message.lower():
        return _LacksSome(f"{what} was not revoked: {message}")
    if code in GONE or (code == "InvalidInputException" and any(text in message.lower() for text in _WAS_NOT_THERE)):
        return None
    if code in PASSING:
        return TryAgain(f"Lake Formation was busy ({code}) with {what}.")
    if code == "AccessDeniedException":
        return AccessRefused(
            f"{what} was not revoked: Lakeshare's role for revoking lacks the grant option on it, which a data lake "
            f"administrator can give, or AWSLakeFormationCrossAccountManager. AWS says: {message}"
        )
    return RevokeRefused(f"{what} was not revoked ({code}: {message}). An operator has to look into it.")
