"""An account's data lake settings: who administers the lake, and which version of sharing across accounts it has."""

from typing import Any

from localmesh.aws import moto

_NEWEST = 5


def is_administrator(account: str, region: str, principal: str, *lists: str) -> bool:
    """Whether data lake settings name a principal an administrator, in one of these lists."""
    settings = _of(account, region)
    return any(each["DataLakePrincipalIdentifier"] == principal for name in lists for each in settings.get(name) or ())


def has_administrator(account: str, region: str) -> bool:
    """Whether data lake settings name an administrator at all."""
    return bool(_of(account, region).get("DataLakeAdmins"))


def cross_account_version(account: str, region: str) -> int:
    """Which version of sharing an account has chosen; a new account has 5."""
    parameters: dict[str, str] = _of(account, region).get("Parameters") or {}
    return int(parameters.get("CROSS_ACCOUNT_VERSION", _NEWEST))


def _of(account: str, region: str) -> dict[str, Any]:
    settings: dict[str, Any] = moto.backend("lakeformation", account, region).get_data_lake_settings(account)
    return settings
