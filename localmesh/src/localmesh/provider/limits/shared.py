"""Rules that many properties share."""

from __future__ import annotations

from typing import Final

from localmesh.provider.constraints import Limits, Rule

ARN: Final = Rule(
    "tf internal/verify/validate.go ValidARN",
    pattern=(
        r"arn:aws(-[a-z]+)*:[^:]*:([a-z]{2,4}(-[a-z]+)+-\d{1,2})?:"
        r"(aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})?:.+"
    ),
)
WORDS_OF_NAMES: Final = r"[0-9A-Za-z_-]+"
SWITCH: Final = Rule("tf schema.TypeBool", "boolean")


def policy(longest: int, source: str) -> Rule:
    """Say that it is a policy of so many characters at most, spaces not counted."""
    return Rule(f"tf verify.ValidIAMPolicyJSON; {source}", json=True, most=longest)


COMMON: Final = Limits(
    "iam",
    "TagRole",
    {
        "tags.*": Rule("api tagging userguide/tagging-limits", pattern=r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", most=256),
        "region": Rule("tf internal/verify ValidRegionName", pattern=r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}"),
    },
)
"""What every type takes beside its own."""
