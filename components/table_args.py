"""What the tables are told: register, vault and ledger."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TableArgs:
    """What a table is told.

    Attributes:
        deletion_protection: whether both Pulumi and DynamoDB refuse to delete it.
    """

    deletion_protection: bool
