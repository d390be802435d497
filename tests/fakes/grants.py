"""What is granted in Lake Formation, in memory: the grants of a `MemoryLake`, taken back one by one."""

from collections.abc import Callable, Sequence

from handlers.sharing.lake import Held, RevokeFailure
from handlers.sharing.model.errors import LakeshareError
from handlers.sharing.model.grants import Resource
from tests.fakes.fake import Fake, port
from tests.fakes.lake import Grant, MemoryLake


class MemoryGrants(Fake):
    """`Grants`. `refusals`: asked for every resource, may name an error; `stuck`: what stays however often revoked."""

    def __init__(self, lake: MemoryLake) -> None:
        super().__init__()
        self.lake = lake
        self.refusals: Callable[[Resource], LakeshareError | None] = lambda _: None
        self.stuck: set[Resource] = set()
        self.batches: list[tuple[Resource, ...]] = []

    @port
    def revoke(self, what: Sequence[Held], consumer: str) -> Sequence[RevokeFailure]:
        assert 0 < len(what) <= 20, f"a batch takes 20 entries, got {len(what)}"
        self.batches.append(tuple(each.resource for each in what))
        failures: list[RevokeFailure] = []
        for resource in self.batches[-1]:
            error = self.refusals(resource)
            if error is not None:
                failures.append(RevokeFailure(resource, error))
            elif resource not in self.stuck:
                self.lake.grants.discard(grant_of(resource, consumer))
        return failures

    @port
    def held(self, resource: Resource, consumer: str) -> Held | None:
        if grant_of(resource, consumer) not in self.lake.grants:
            return None
        return Held(resource, resource.permissions, resource.permissions)

    @port
    def drop_filter(self, resource: Resource) -> None:
        if not any(each.filter == resource.filter for each in self.lake.grants):
            self.lake.filters.pop(resource, None)


def grant_of(resource: Resource, consumer: str) -> Grant:
    """A resource as it stands in a `MemoryLake`."""
    return Grant(resource.database, resource.table or None, consumer, resource.filter)
