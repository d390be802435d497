"""The user pool: whom it knows, and whose address it has verified."""

from collections.abc import Mapping
from typing import Any

from handlers.aws.clients import client, translated
from handlers.sharing.model.errors import EmailNotVerified, LakeshareError, SignInEnded

_LONGEST_ADDRESS = 254
_GONE = "Your sign-in has ended: the platform team has removed or disabled the user. Sign in again."


class UserPool:
    """`People` in a Cognito user pool.

    Asking the pool, rather than believing what a token says, notices who was disabled since the token was issued.
    """

    def __init__(self, pool_id: str, *, trust_federated_email: bool) -> None:
        self._pool = pool_id
        self._trust_federated_email = trust_federated_email

    def email_of(self, person_id: str, username: str) -> str:
        """The address of a user: one that the pool has verified, or that a trusted provider gave."""
        user, attributes = self._user(person_id, username)
        address = attributes.get("email", "")
        federated = user.get("UserStatus") == "EXTERNAL_PROVIDER" and self._trust_federated_email
        if not 0 < len(address) <= _LONGEST_ADDRESS or not (attributes.get("email_verified") == "true" or federated):
            raise EmailNotVerified(
                "Your sign-in has no verified mail address, and the owner of the data must know who "
                "asks. The platform team can set it and mark it as verified."
            )
        return address

    def groups_of(self, person_id: str, username: str) -> frozenset[str]:
        """The groups that a user is in now."""
        self._user(person_id, username)
        groups: set[str] = set()
        token: dict[str, str] = {}
        while True:
            with translated("look up a user's groups", _gone):
                page: Mapping[str, Any] = client("cognito-idp").admin_list_groups_for_user(
                    UserPoolId=self._pool, Username=username, **token
                )
            groups |= {each["GroupName"] for each in page["Groups"]}
            if not page.get("NextToken"):
                return frozenset(groups)
            token = {"NextToken": page["NextToken"]}

    def _user(self, person_id: str, username: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """A user, and their attributes by name.

        Raises:
            SignInEnded: there is none of that id any more, or it is disabled.
        """
        with translated("look a user up", _gone):
            user: Mapping[str, Any] = client("cognito-idp").admin_get_user(UserPoolId=self._pool, Username=username)
        attributes: Mapping[str, str] = {each["Name"]: each.get("Value", "") for each in user["UserAttributes"]}
        # A name may have been given to somebody else since; the id is never given twice.
        if not user.get("Enabled") or attributes.get("sub") != person_id:
            raise SignInEnded(_GONE)
        return user, attributes


def _gone(code: str, _message: str) -> LakeshareError | None:
    return SignInEnded(_GONE) if code == "UserNotFoundException" else None
