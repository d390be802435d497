"""What is granted in the central account's Lake Formation, taken back and looked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from handlers.aws.clients import PASSING, client, code_and_message, translated
from handlers.aws.lf_listed import GONE, as_lake_formation, held
from handlers.sharing.model.errors import AccessRefused, LakeshareError, RevokeRefused, TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.ports import Held, RevokeFailure

_WAS_NOT_THERE: Final = ("no permissions revoked", "grantee has no permissions", "not found", "non-existent")
"""In lower case, what Lake Formation says of a grant that is not there."""


class LakeFormationGrants:
    """`Grants` on Lake Formation."""

    def __init__(self) -> None:
        self._lake = client("lakeformation")

    def revoke(self, what: Sequence[Held], consumer: str) -> Sequence[RevokeFailure]:
        """Take at most 20 back in one call; a success may hold failures of single entries."""
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
            return [RevokeFailure(each.resource, failure) for each in what] if failure else []
        except LakeshareError as error:
            return [RevokeFailure(each.resource, error) for each in what]
        failures: list[RevokeFailure] = []
        for failed in answer.get("Failures", []):
            error = failed.get("Error", {})
            # A failure that does not say which entry it is of is a failure of them all.
            entry = asked.get(failed.get("RequestEntry", {}).get("Id", ""))
            for each in [entry] if entry is not None else what:
                meaning = _meaning(str(each.resource), error.get("ErrorCode", ""), error.get("ErrorMessage", ""))
                if meaning is not None:
                    failures.append(RevokeFailure(each.resource, meaning))
        return failures

    def held(self, resource: Resource, consumer: str) -> Held | None:
        """What an account holds on a resource still, of what a share grants."""
        return held(self._lake, resource, consumer)


def _meaning(what: str, code: str, message: str) -> LakeshareError | None:
    """Why something was not revoked; `None`: because it was not there."""
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
