"""People of a user pool: passwords for their first sign-in, which on AWS Cognito would mail to them."""

import secrets
from typing import Any

from localmesh.aws import cognito

_WORDS = ("Alder", "Birch", "Cedar", "Clover", "Crane", "Delta", "Ember", "Harbor", "Heron", "Lagoon", "Maple", "Marsh")
_MORE = (
    "Meadow",
    "Otter",
    "Pebble",
    "Plover",
    "Raven",
    "Reeds",
    "River",
    "Shore",
    "Sparrow",
    "Stone",
    "Tide",
    "Willow",
)


def invite(pool_id: str) -> list[dict[str, Any]]:
    """Gives everybody who has never signed in a password for the first time; it asks for another.

    Args:
        pool_id: the user pool.

    Returns:
        For each ``username``, ``email``, ``groups`` and ``first_password``: good to read and to type, and another one
        each time.
    """
    pool: Any = cognito.pool_of(pool_id)
    invited: list[dict[str, Any]] = []
    if pool is None:
        return invited
    for user in list(pool.users.values()):
        if str(user.status.value) != "FORCE_CHANGE_PASSWORD":
            continue
        password = f"{secrets.choice(_WORDS)}-{secrets.choice(_MORE)}-{secrets.randbelow(9000) + 1000}"
        pool.backend.admin_set_user_password(pool_id, user.username, password, False)
        invited.append(
            {
                "username": user.username,
                "email": user.attribute_lookup.get("email"),
                "groups": sorted(group.group_name for group in user.groups),
                "first_password": password,
            }
        )
    return invited
