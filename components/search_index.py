"""Where the index of the catalogue lies that people search: a bucket of its own."""

from __future__ import annotations

from typing import Final

import pulumi

from components.private_bucket import private_bucket, read_in_secret

MINUTES: Final = 30
"""How often the index is made. In between it says how old it is, and each result is looked at before it is shown."""
KEY: Final = "index"
"""Of the one object in the bucket, as the handlers have it."""


class SearchIndex(pulumi.ComponentResource):
    """Makes a bucket of its own: what lies in the site's, everybody can be served who is not signed in."""

    bucket_name: pulumi.Output[str]
    """Name of the bucket."""

    arn: pulumi.Output[str]
    """ARN of the index in it."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:SearchIndex", name, None, opts)
        private = private_bucket(name, self)
        read_in_secret(name, self, private)
        self.bucket_name = private.bucket.id
        self.arn = pulumi.Output.concat(private.bucket.arn, f"/{KEY}")
        self.register_outputs({})
