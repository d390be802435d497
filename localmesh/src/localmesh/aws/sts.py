"""STS: sessions are remembered, so that a call's access key tells who is calling."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from localmesh.aws import moto, principals
from localmesh.aws.principals import Session

_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


def install() -> None:
    """Corrects moto."""
    models = moto.module("moto.sts.models")
    responses = moto.module("moto.core.responses")
    iam = moto.module("moto.iam.models")

    refused = moto.module("moto.sts.exceptions").STSValidationError

    @moto.correct(models.STSBackend, "assume_role")
    def _assume_role(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        name = str(kwargs.get("role_session_name"))
        if not _SESSION_NAME.fullmatch(name):
            # moto minds only its length.
            raise refused(f"roleSessionName must be 2 to 64 of letters, digits and +=,.@_-, got {name!r}")
        assumed = original(self, *args, **kwargs)
        expires = datetime.now(UTC) + timedelta(seconds=int(kwargs.get("duration") or 3600))
        principals.remember(
            Session(
                account=assumed.account_id,
                role_arn=assumed.role_arn,
                name=assumed.session_name,
                access_key=assumed.access_key_id,
                expires=expires,
                policy=assumed.policy,
            )
        )
        return assumed

    # moto searches every account for every call; a session's key is known here. Other keys are searched for, as before.
    @moto.correct(iam, "get_account_id_from")
    def _account(original: Any, access_key: str) -> str:
        session = principals.session_of(access_key)
        return session.account if session is not None else original(access_key)

    # What is computed anew for every call, and is always the same.
    known: dict[type, list[str]] = {}
    method_names = responses.method_names_from_class

    def _method_names(owner: type) -> list[str]:
        if owner not in known:
            known[owner] = method_names(owner)
        return known[owner]

    responses.method_names_from_class = _method_names
