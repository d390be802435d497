"""The provider: what AWS does with a resource of any type that the program uses, on plain properties."""

from __future__ import annotations

from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from localmesh.provider import invokes
from localmesh.provider.checking import checked, with_prefix
from localmesh.provider.configuration import Configuration, connect, read_configuration
from localmesh.provider.connection import Aws, Endpoint
from localmesh.provider.errors import ProviderError, in_words
from localmesh.provider.resource import Change, ResourceType
from localmesh.provider.services import TYPES
from localmesh.provider.state import Diff, difference, foreseen, refreshed_inputs, settled
from localmesh.provider.values import Props


@dataclass(frozen=True)
class Known:
    """What a read found.

    Attributes:
        id: Its id, which is not always the one that it is imported by.
        inputs: The inputs that would lead to it.
        state: All its properties.
    """

    id: str
    inputs: Props
    state: Props


@dataclass(frozen=True)
class AwsProvider:
    """A provider with a configuration. All methods may be called from many threads at once.

    Properties are plain objects under their names on Pulumi's wire; archives in their wire form.

    Attributes:
        aws: AWS as this provider sees it.
        configuration: What it was configured with.
    """

    aws: Aws
    configuration: Configuration

    @classmethod
    def configured(cls, endpoint: Endpoint, inputs: Props) -> AwsProvider:
        """Configure a provider; credentials of a wrong account are refused here, before anything is made.

        Args:
            endpoint: The way to AWS.
            inputs: The properties of the program's `pulumi:providers:aws`.
        """
        configuration = read_configuration(inputs)
        return cls(connect(endpoint, configuration), configuration)

    def check(self, token: str, name: str, news: Props, *, olds: Props | None = None, seed: bytes = b"") -> Props:
        """Check what the program gives for a resource, and add names, tags and AWS's defaults.

        Args:
            token: The resource's type.
            name: Its logical name.
            news: What the program gives.
            olds: The inputs that it was last made from, if it was.
            seed: Where automatic names come from; none for a random one.

        Raises:
            CheckFailedError: Naming every fault at once.
        """
        tags = self.configuration.default_tags
        return checked(kind_of(token), name, news, olds=olds or {}, seed=seed, default_tags=tags)

    def diff(
        self, token: str, olds: Props, news: Props, *, state: Props | None = None, ignored: Collection[str] = ()
    ) -> Diff:
        """Compare the inputs that a resource was made from with those that `check` gives now.

        Args:
            token: The resource's type.
            olds: The inputs that it was made from.
            news: What `check` gives now.
            state: All that is known of it.
            ignored: The paths that the program ignores changes of.
        """
        return difference(kind_of(token), olds, news, state=state, ignored=ignored)

    def create(self, token: str, inputs: Props) -> tuple[str, Props]:
        """Make a resource from checked inputs; the answer is its id and its state."""
        kind = kind_of(token)
        asked = with_prefix(inputs)
        with _as_errors():
            id_ = kind.create(self._at(asked), asked)
            found = kind.read(self._at(asked), id_, asked)
        if found is None:
            raise ProviderError(f"expected {id_} to be there after it was made, but AWS does not know it")
        return id_, self._settled(kind, asked, found)

    def read(self, token: str, id_: str, inputs: Props | None = None, state: Props | None = None) -> Known | None:
        """Ask AWS what there is. With neither inputs nor state it is an import.

        Returns:
            What is there now, or `None` if the resource is gone.
        """
        kind = kind_of(token)
        asked, last = inputs or {}, state or {}
        with _as_errors():
            found = kind.read(self._at(last), id_, last)
        if found is None:
            return None
        now = self._settled(kind, last or asked, found)
        return Known(kind.own_id(id_), refreshed_inputs(kind, asked, now), now)

    def update(
        self, token: str, id_: str, old: Props, new: Props, state: Props, *, ignored: Collection[str] = ()
    ) -> Props:
        """Change a resource in place.

        Args:
            token: Its type.
            id_: Its id.
            old: The inputs that it was made from.
            new: The inputs that are wanted.
            state: All that is known of it.
            ignored: The paths that the program ignores changes of: what AWS told there is sent along, as the plug-in
                does.
        """
        kind = kind_of(token)
        names = frozenset(difference(kind, old, new, state=state, ignored=ignored).names)
        outputs = {name: state[name] for name in kind.all_outputs() if name in state}
        # What is there under an automatic name or in an automatic place stays there.
        fixed = {name: state[name] for name in ("name", "region") if name in state and name in kind.all_inputs()}
        wanted = {**fixed, **new, **_sent_along(kind, new, state, ignored)}
        with _as_errors():
            if names:
                kind.update(self._at(state), id_, Change({**state, **old}, {**outputs, **wanted}, names))
            found = kind.read(self._at(state), id_, wanted)
        if found is None:
            raise ProviderError(f"expected {id_} to be there after it was changed, but AWS does not know it")
        return self._settled(kind, wanted, found)

    def delete(self, token: str, id_: str, state: Props) -> None:
        """Remove a resource; that it is already gone is success."""
        kind = kind_of(token)
        with _as_errors():
            kind.delete(self._at(state), id_, state)

    def foresee(self, token: str, inputs: Props, state: Props | None = None) -> Props:
        """Give the state that `create` (or `update`, given the state now) will lead to, as far as it can be known."""
        kind = kind_of(token)
        with _as_errors():
            kind.preview(self._at(inputs), inputs)
        return foreseen(kind, inputs, state)

    def invoke(self, token: str, arguments: Props) -> Props:
        """Answer one of the provider's functions."""
        with _as_errors():
            return invokes.invoke(self.aws, token, arguments)

    def _at(self, properties: Props) -> Aws:
        region = properties.get("region")
        return replace(self.aws, region=region) if region and region != self.aws.region else self.aws

    def _settled(self, kind: ResourceType, asked: Props, found: Props) -> Props:
        here: Props = {"region": self._at(asked).region} if kind.regional else {}
        return settled(kind, asked, {**here, **found})


def kind_of(token: str) -> ResourceType:
    """Look a resource type up.

    Raises:
        ProviderError: The type is not known.
    """
    kind = TYPES.get(token)
    if kind is None:
        raise ProviderError(f"expected one of the resource types {', '.join(sorted(TYPES))}, got {token}")
    return kind


def _sent_along(kind: ResourceType, new: Props, state: Props, ignored: Collection[str]) -> Props:
    told = {
        name: new[name] for name, what in kind.all_inputs().items() if what.told and isinstance(new.get(name), dict)
    }
    return {
        name: {**{key: item for key, item in state[name].items() if f"{name}.{key}" in ignored}, **value}
        for name, value in told.items()
    }


@contextmanager
def _as_errors() -> Generator[None]:
    """Turn what the AWS client raises into words."""
    try:
        yield
    except ParamValidationError as error:
        raise ProviderError(" ".join(str(error).split())) from error
    except (BotoCoreError, ClientError) as error:
        raise ProviderError(in_words(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        detail: Any = f"{type(error).__name__}: {error}"
        raise ProviderError(f"expected properties and answers of the documented shape; {detail}") from error
