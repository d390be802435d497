"""The page's files in the bucket, and the one that tells it which stack it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.built_page import CONFIG, INDEX, NOT_AT_ALL, BuiltFile
from components.site import Site


@dataclass(frozen=True, kw_only=True)
class PageFilesArgs:
    """What the files are told.

    Attributes:
        site: where they go.
        page: the files, the index last.
        config: what the page must know of its stack; outputs may be in it.
    """

    site: Site
    page: Sequence[BuiltFile]
    config: Mapping[str, Any]


class PageFiles(pulumi.ComponentResource):
    """Uploads the page: what has not changed is left alone, and the index comes after all that it names."""

    def __init__(self, name: str, args: PageFilesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:PageFiles", name, None, opts)
        before = list(args.site.bucket_ready)
        uploaded: list[pulumi.Resource] = [
            aws.s3.BucketObjectv2(
                f"{name}-config.json",
                bucket=args.site.bucket_name,
                key=CONFIG,
                content=pulumi.Output.json_dumps(args.config, indent=1),
                content_type="application/json",
                cache_control=NOT_AT_ALL,
                opts=pulumi.ResourceOptions(parent=self, depends_on=before),
            )
        ]
        for file in args.page:
            uploaded.append(
                aws.s3.BucketObjectv2(
                    f"{name}-{file.key.replace('/', '-')}",
                    bucket=args.site.bucket_name,
                    key=file.key,
                    source=pulumi.FileAsset(str(file.path)),
                    content_type=file.content_type,
                    cache_control=file.cache_control,
                    opts=pulumi.ResourceOptions(
                        parent=self, depends_on=[*before, *uploaded] if file.key == INDEX else before
                    ),
                )
            )
        self.register_outputs({})
