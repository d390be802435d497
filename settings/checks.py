"""Checks of single configuration values: each returns the value in its proper type or says what was expected.

Pure functions; `settings` calls them and adds the key and what came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, Final, cast

SECONDS: Final[Mapping[str, int]] = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
MAX_APPROVAL_TIMEOUT: Final = 364 * SECONDS["d"]
"""An execution lives for a year at most; the rest is left for everything around the wait."""

MAX_SHARE_DAYS: Final = 3_660
"""Ten years; the handlers take no more of a request either."""

LOG_RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""What CloudWatch Logs takes."""

ARN: Final = r"arn:aws(?:-[a-z]+)*"
"""How ARNs begin, in every partition."""

_ACCOUNT = re.compile(r"[0-9]{12}")
_DURATION = re.compile(r"([0-9]{1,9})([smhd])")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_ROLE_NAME = re.compile(r"(?:[\w+=,.@/-]{1,510}/)?[\w+=,.@-]{1,64}", re.ASCII)
_LINK_DATABASE = re.compile(r"[a-z_][a-z0-9_]{0,63}")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_KMS_KEY_ARN = re.compile(rf"{ARN}:kms:{_REGION.pattern}:[0-9]{{12}}:key/[A-Za-z0-9-]{{1,128}}")
_TOPIC_ARN = re.compile(rf"{ARN}:sns:{_REGION.pattern}:[0-9]{{12}}:[A-Za-z0-9_-]{{1,256}}")
_STACK_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_PATTERN_CHARACTERS = frozenset("*?[")


class Unexpected(ValueError):
    """A value is not what was expected; the text says what that is."""


def show(value: object) -> str:
    """A value as an error text shows it: JSON, shortened."""
    if value in ("", None):
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."


def decode(kind: str, raw: object) -> Any:
    """What Pulumi hands over (always text, save in tests) in the type that Pulumi.yaml declares."""
    if kind == "boolean":
        if raw in (True, "true", "True"):
            return True
        if raw in (False, "false", "False"):
            return False
        raise Unexpected("true or false")
    if kind == "integer":
        if isinstance(raw, int) and not isinstance(raw, bool):
            return raw
        if isinstance(raw, str) and re.fullmatch(r"-?[0-9]{1,18}", raw):
            return int(raw)
        raise Unexpected("a whole number")
    if kind == "string":
        if isinstance(raw, str):
            return raw
        raise Unexpected("text")
    if not kind:
        return _list_or_word(raw)
    value = raw
    if isinstance(raw, str):
        try:
            value = json.loads(raw)
        except ValueError:
            value = None
    if isinstance(value, list if kind == "array" else dict):
        return cast("Any", value)
    raise Unexpected("a list" if kind == "array" else "a map of names to texts")


def _list_or_word(raw: object) -> object:
    if isinstance(raw, str):
        try:
            return json.loads(raw) if raw.lstrip().startswith("[") else raw
        except (ValueError, RecursionError):
            return raw
    return raw


def text(value: object, maximum: int = 256) -> str:
    """Printable text that is not blank."""
    if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= maximum:
        return value
    raise Unexpected(f"printable text of 1 to {maximum} characters")


def account_id(value: object) -> str:
    """Twelve ASCII digits; the placeholder of the sample stack files gets a text of its own."""
    if isinstance(value, str):
        if _ACCOUNT.fullmatch(value):
            return value
        if value.startswith("<") and value.endswith(">"):
            raise Unexpected(
                "the id of your AWS account, twelve digits in quotes, in place of the sample's placeholder "
                "(`aws sts get-caller-identity` prints it)"
            )
    elif isinstance(value, int):
        raise Unexpected("twelve digits in quotes (without them YAML makes a number of it)")
    raise Unexpected("an account id: twelve digits in quotes")


def stack_name(value: object) -> str:
    """The name of a stack that things are called after: Pulumi takes dots in it, a dashboard and a layer do not."""
    if isinstance(value, str) and _STACK_NAME.fullmatch(value):
        return value
    raise Unexpected(
        "a name of 1 to 100 letters, digits, hyphens and underscores (a layer, a dashboard and an identity pool are "
        "called after the stack)"
    )


def region(value: object) -> str:
    """The name of an AWS region."""
    if isinstance(value, str) and _REGION.fullmatch(value):
        return value
    raise Unexpected('the name of an AWS region, such as "eu-central-1"')


def duration_seconds(value: object, minimum: int, maximum: int) -> int:
    """A whole number with a unit (`30s`, `15m`, `12h`, `7d`), in seconds."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    seconds = int(match[1]) * SECONDS[match[2]] if match else -1
    if minimum <= seconds <= maximum:
        return seconds
    raise Unexpected(
        f"a whole number with a unit, s, m, h or d, from {duration(minimum)} to {duration(maximum)} (such as 7d)"
    )


def duration(seconds: int) -> str:
    """Seconds in the largest unit that divides them: the inverse of `duration_seconds`."""
    unit = next(unit for unit in ("d", "h", "m", "s") if seconds % SECONDS[unit] == 0)
    return f"{seconds // SECONDS[unit]}{unit}"


def whole_minutes(value: object) -> int:
    """A duration of whole minutes, as EventBridge schedules take it, in minutes."""
    seconds = duration_seconds(value, SECONDS["m"], SECONDS["d"])
    if seconds % SECONDS["m"]:
        raise Unexpected("a duration of whole minutes, from 1m to 1d (such as 15m)")
    return seconds // SECONDS["m"]


def whole_days(value: object) -> int:
    """A duration of whole days (`90d`), in days."""
    seconds = duration_seconds(value, SECONDS["d"], MAX_SHARE_DAYS * SECONDS["d"])
    if seconds % SECONDS["d"]:
        raise Unexpected(f"a duration of whole days, from 1d to {MAX_SHARE_DAYS}d (such as 90d)")
    return seconds // SECONDS["d"]


def day(value: object) -> date:
    """A day, as `YYYY-MM-DD`."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise Unexpected("a day as YYYY-MM-DD (such as 2027-06-30)")


def external_id(value: object) -> str:
    """What STS takes as an external id."""
    if isinstance(value, str) and _EXTERNAL_ID.fullmatch(value):
        return value
    raise Unexpected("2 to 1224 letters, digits or characters of _+=,.@:/-")


def email(value: object) -> str:
    """A plain mail address."""
    if isinstance(value, str) and len(value) <= 254 and _EMAIL.fullmatch(value):
        return value
    raise Unexpected('a mail address, such as "data.owner@example.org"')


def database_name(value: object) -> str:
    """The exact name of a Glue database: Glue keeps names in lower case."""
    if isinstance(value, str) and not is_pattern(value) and _is_name(value):
        return value
    raise Unexpected("the exact name of a database, in lower case, of 1 to 255 characters")


def database_pattern(value: object) -> str:
    """The name of a database, or a pattern as of `fnmatch`."""
    if isinstance(value, str) and _is_name(value):
        return value
    raise Unexpected("the name of a database or a pattern (*, ?, [abc]), in lower case, of 1 to 255 characters")


def role_name(value: object) -> str:
    """The name of an IAM role, with its path if it has one (`analysts/reader`)."""
    if isinstance(value, str) and _ROLE_NAME.fullmatch(value):
        return value
    raise Unexpected("the name of a role, with its path if it has one, as it stands behind role/ in its ARN")


def link_database(value: object) -> str:
    """The name of a database that links are in, and that other links' names begin with."""
    if isinstance(value, str) and _LINK_DATABASE.fullmatch(value):
        return value
    raise Unexpected("a name of 1 to 64 lower-case letters, digits and underscores, which Athena takes unquoted")


def is_pattern(name: str) -> bool:
    """Whether a database's name is a pattern rather than one exact name."""
    return not _PATTERN_CHARACTERS.isdisjoint(name)


def _is_name(value: str) -> bool:
    return value == value.strip().lower() and value.isprintable() and 1 <= len(value) <= 255


def boolean(value: object) -> bool:
    """A boolean inside a list or a map."""
    if isinstance(value, bool):
        return value
    raise Unexpected("true or false (without quotes)")


def positive(value: object) -> int:
    """A whole number from 1 on."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise Unexpected("a whole number from 1 on (without quotes)")


def log_retention_days(value: object) -> int:
    """A retention that CloudWatch Logs takes."""
    if isinstance(value, int) and value in LOG_RETENTION_DAYS:
        return value
    raise Unexpected(f"one of {', '.join(map(str, LOG_RETENTION_DAYS))} (what CloudWatch Logs takes)")


def kms_key_arn(value: object) -> str:
    """The ARN of a KMS key (an alias cannot be named in a policy)."""
    if isinstance(value, str) and _KMS_KEY_ARN.fullmatch(value):
        return value
    raise Unexpected("the ARN of a KMS key (arn:…:kms:…:key/…; not of an alias)")


def topic_arn(value: object) -> str:
    """The ARN of a standard SNS topic."""
    if isinstance(value, str) and _TOPIC_ARN.fullmatch(value):
        return value
    raise Unexpected("the ARN of an SNS topic (arn:…:sns:…)")


def one_of(choices: Sequence[str]) -> Callable[[object], str]:
    """The check for one of a few words."""

    def check(value: object) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise Unexpected(" or ".join(choices))

    return check
