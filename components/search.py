"""Search: the bucket with the index, the function that makes it and searches it, and the clock that has it made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi

from components.event_rules import rate, rule_that_calls
from components.portal_functions import PortalFunctions
from components.private_bucket import private_bucket, read_in_secret
from components.python_function import PythonFunction

MINUTES: Final = 30
"""How often the index is made. In between it says how old it is, and each result is looked at before it is shown."""
KEY: Final = "index"
"""Of the one object in the bucket, as the handlers have it."""


@dataclass(frozen=True, kw_only=True)
class SearchArgs:
    """What search is told: who makes its function."""

    functions: PortalFunctions


class Search(pulumi.ComponentResource):
    """Makes a bucket of its own: what lies in the site's, everybody can be served who is not signed in."""

    function: PythonFunction
    """Makes the index, and searches it."""

    rule_name: pulumi.Output[str]
    """Name of the rule that has it made."""

    def __init__(self, name: str, args: SearchArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:Search", name, None, opts)
        private = private_bucket(name, self)
        read_in_secret(name, self, private)
        bucket = private.bucket
        self.function = args.functions.search(bucket.id, pulumi.Output.concat(bucket.arn, f"/{KEY}"))
        self.rule_name = rule_that_calls(
            f"{name}-clock", "has the catalogue indexed", self.function, self, schedule_expression=rate(MINUTES)
        )
        self.register_outputs({})
