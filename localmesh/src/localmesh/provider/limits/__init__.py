"""What each type's properties may be: where botocore's models say it, and what they leave out or say otherwise.

In the sources `tf` stands for the provider that the plug-in is made of, terraform-provider-aws; `api` for AWS's API
references and user guides. Where the plug-in is stricter than AWS, the plug-in is followed: it speaks first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from localmesh.provider.constraints import Limits
from localmesh.provider.limits import site, work
from localmesh.provider.limits.shared import COMMON

LIMITS: Final[Mapping[str, Limits]] = {**site.LIMITS, **work.LIMITS}
"""By the name of the type. A test walks all that programs set and demands a constraint, or a reason for none."""

__all__ = ["COMMON", "LIMITS"]
