"""How a resource type is declared: its properties as data, and five short calls on AWS."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from localmesh.provider.connection import Aws
from localmesh.provider.values import Props, same

Fields: TypeAlias = "Mapping[str, Fields | None]"


@dataclass(frozen=True)
class AutoName:
    """The name that the provider gives where the program gives none: logical name, dash, seven hex digits.

    Attributes:
        limit: The longest name that AWS takes.
    """

    limit: int


@dataclass(frozen=True)
class Input:
    """A property that the program may give.

    Attributes:
        required: It must be given.
        replaces: A change of it cannot be made in place.
        default: What AWS takes where it is not given.
        same: Whether two values mean the same to AWS.
        fields: The names that an object (or each object of a list) may have; `None` for a map with free keys.
        readable: Whether AWS tells the value; otherwise what was last asked for is kept.
        computed: AWS picks a value where none is given, so a value that was not asked for is no drift.
        auto: How it is named where it is not given.
        told: It is compared with what AWS told rather than with what was last asked for: what AWS adds, or puts in
            another order, is a difference until the program ignores it. The plug-in does so with all of them; of the
            others AWS tells nothing but what was asked for, if in other words.
    """

    required: bool = False
    replaces: bool = False
    default: Any = None
    same: Callable[[Any, Any], bool] = same
    fields: Fields | None = None
    readable: bool = True
    computed: bool = False
    auto: AutoName | None = None
    told: bool = False


@dataclass(frozen=True)
class Output:
    """A property that AWS computes.

    Attributes:
        volatile: An update may change it, so that the preview of an update does not know it.
    """

    volatile: bool = False


def fields(*names: str, **nested: Fields) -> Fields:
    """Name what an object may hold, with the objects inside it."""
    return {**dict.fromkeys(names), **nested}


def named(limit: int) -> dict[str, Input]:
    """Give the pair `name` and `namePrefix`, as most types have it: either replaces the resource when it changes."""
    return {
        "name": Input(replaces=True, auto=AutoName(limit)),
        "namePrefix": Input(replaces=True, readable=False),
    }


@dataclass(frozen=True)
class Change:
    """An update in place: what is there, what is wanted, and the names of the inputs that differ."""

    old: Props
    new: Props
    names: frozenset[str] = field(default_factory=frozenset[str])

    def touches(self, *names: str) -> bool:
        """Tell whether any of these inputs differs."""
        return not self.names.isdisjoint(names)


class ResourceType(ABC):
    """One type of resource. Subclasses declare its properties and make the calls.

    Attributes:
        type_name: Pulumi's name of the type.
        inputs: What the program may give; anything else is refused.
        outputs: What AWS computes.
        tagged: It takes tags (`tags` and `tagsAll` are added, with the provider's default tags).
        regional: It lives in a region (`region` is added).
        delete_first: The plug-in deletes it before it makes another in its place, whatever it is called.
    """

    type_name: ClassVar[str]
    inputs: ClassVar[Mapping[str, Input]]
    outputs: ClassVar[Mapping[str, Output]] = {}
    tagged: ClassVar[bool] = False
    regional: ClassVar[bool] = True
    delete_first: ClassVar[bool] = False

    @classmethod
    def all_inputs(cls) -> dict[str, Input]:
        """Give the inputs with those that come from what kind of type it is."""
        known = dict(cls.inputs)
        if cls.tagged:
            known["tags"] = Input()
        if cls.regional:
            known["region"] = Input(replaces=True, computed=True)
        return known

    @classmethod
    def all_outputs(cls) -> dict[str, Output]:
        """Give the outputs with those that come from what kind of type it is."""
        return {**cls.outputs, "tagsAll": Output()} if cls.tagged else dict(cls.outputs)

    def own_id(self, id_: str) -> str:
        """Give the id of what is imported by this one; the same, but where its parent's stands before it."""
        return id_

    def preview(self, aws: Aws, inputs: Props) -> None:
        """Ask AWS what the plug-in asks it before anything is made or changed. Most types ask nothing."""
        del aws, inputs

    @abstractmethod
    def create(self, aws: Aws, inputs: Props) -> str:
        """Make it; the answer is its id."""

    @abstractmethod
    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give what AWS says about it, or `None` if it is gone. `state` is what was last known (empty on an import)."""

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change it in place. Types that cannot be changed leave this out."""
        raise NotImplementedError(f"{self.type_name} has no property that changes in place, but {sorted(change.names)}")

    @abstractmethod
    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Remove it; that it is already gone is success."""


@contextmanager
def undone_on_failure(kind: ResourceType, aws: Aws, id_: str) -> Generator[None]:
    """Remove what was made if a further step of making it fails, so that nothing is left that nobody knows of."""
    try:
        yield
    except Exception:
        kind.delete(aws, id_, {})
        raise
