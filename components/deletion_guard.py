"""What stops `pulumi destroy` before it deletes anything."""

from __future__ import annotations

import pulumi


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
        self.register_outputs({})
