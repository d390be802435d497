"""All that is granted, in memory, for whoever compares."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.errors import NotReadOnlyAdministrator
from handlers.sharing.model.granted import Granted, Trouble
from handlers.sharing.model.grants import Resource
from tests.fakes.fake import Fake, port
from tests.fakes.lake import MemoryLake

RAM = "arn:aws:ram:eu-central-1:123456789012:resource-share/1"


class MemoryLakeState(Fake):
    """`LakeState`: the grants of a `MemoryLake`, and more. `meanwhile`: happens while they are listed."""

    def __init__(self, lake: MemoryLake) -> None:
        super().__init__()
        self.lake = lake
        self.more: list[Granted] = []
        self.troubled: dict[str, list[Trouble]] = {}
        self.sees_all = True
        self.meanwhile: Callable[[], None] = lambda: None

    @port
    def check_sees_all(self) -> None:
        if not self.sees_all:
            raise NotReadOnlyAdministrator("no")

    @port
    def everything(self) -> Iterable[Granted]:
        found = [self._granted(*grant) for grant in sorted(self.lake.grants, key=str)]
        self.meanwhile()
        return [*found, *self.more]

    @port
    def filters(self, resources: Collection[Resource]) -> Mapping[Resource, CellsFilter | None]:
        return {each: self.lake.filters.get(each) for each in resources}

    @port
    def troubles(self, arns: Collection[str]) -> Mapping[str, Sequence[Trouble]]:
        return {arn: troubles for arn, troubles in self.troubled.items() if arn in arns}

    def _granted(self, database: str, table: str | None, consumer: str, filter_name: str) -> Granted:
        resource = Resource(database, table or "", filter_name)
        whole = frozenset(resource.permissions)
        return Granted(consumer, str(resource), database, resource, whole, whole, frozenset({RAM}))
