"""What stops `pulumi destroy` before it deletes anything."""

from __future__ import annotations

from typing import Final

import pulumi

WHAT_STAYS: Final = (
    "This stack can be destroyed. The grants of shares that live then stay in Lake Formation, and the ledger that "
    "knows them goes. docs/operations.md, Clean up, lists them and ends them."
)


class DeletionGuard(pulumi.ComponentResource):
    """Stands for a component that must not be deleted: nothing of it is, as long as this cannot be.

    Pulumi looks at a resource's protection when its turn comes, and deletes first what others depend on last. A
    protected table is needed by nearly everything, so its turn would come when the rest is gone. This depends on all
    of the component, so its turn comes first, and its refusal ends the command.

    It is made whether it protects or not: what vanishes from a program while it is protected cannot be taken away.

    Args:
        name: its logical name, which is what the refusal shows.
        guarded: the component.
        protect: whether it refuses.
        opts: the parent.
    """

    def __init__(
        self,
        name: str,
        guarded: pulumi.ComponentResource,
        *,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        own = pulumi.ResourceOptions(depends_on=[guarded], protect=protect)
        super().__init__("lakeshare:index:DeletionGuard", name, None, pulumi.ResourceOptions.merge(opts, own))
        if not protect:
            # `pulumi destroy` does not run the program, so this is said by the `up` that has to come before it.
            pulumi.log.info(WHAT_STAYS, self)
        self.register_outputs({})
