"""The door for a run without an engine: Pulumi's `Mocks`, answered by the provider."""

from __future__ import annotations

from typing import Any, cast

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks

from localmesh.provider.configuration import PROVIDER_TYPE
from localmesh.provider.connection import Endpoint
from localmesh.provider.errors import ProviderError
from localmesh.provider.provider import AwsProvider
from localmesh.provider.values import Props
from localmesh.provider.wire import plain

_FUNCTION_SEPARATOR = "::"


class ProviderMocks(Mocks):
    """Makes every resource that the program asks for, at once and for good.

    Args:
        endpoint: The way to AWS, with the credentials that the stack is deployed with.
        default: The configuration of the default provider; `None`: the program may not use it.
    """

    def __init__(self, endpoint: Endpoint, default: Props | None = None) -> None:
        self.endpoint = endpoint
        self._default = None if default is None else AwsProvider.configured(endpoint, default)
        self._providers: dict[str, AwsProvider] = {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Check and create a resource; components only pass through."""
        inputs: Props = _inputs(args)
        if args.typ == PROVIDER_TYPE:
            return self._configured(args.name, inputs)
        if args.custom is False:
            return None, inputs
        try:
            provider = self._provider(args.provider)
            checked = provider.check(args.typ, args.name, inputs)
            id_, state = provider.create(args.typ, checked)
        except ProviderError as error:
            raise ProviderError(f"{args.name} ({args.typ}): {error}") from error
        return id_, {**state, **archives_of(args)}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Answer an invoke."""
        arguments = cast(Props, vars(args)["args"])  # typed as a bare dict
        try:
            return self._provider(args.provider).invoke(args.token, plain(arguments)), []
        except ProviderError as error:
            raise ProviderError(f"{args.token}: {error}") from error

    def _configured(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        try:
            provider = AwsProvider.configured(self.endpoint, inputs)
        except ProviderError as error:
            raise ProviderError(f"{name} ({PROVIDER_TYPE}): {error}") from error
        id_ = f"{name}-{len(self._providers)}"
        self._providers[id_] = provider
        return id_, inputs

    def _provider(self, reference: str | None) -> AwsProvider:
        # A reference is the provider's URN and its id.
        id_ = (reference or "").rpartition(_FUNCTION_SEPARATOR)[2]
        if id_ not in self._providers:
            if self._default is not None and not reference:
                return self._default
            raise ProviderError(f"expected the stack's own provider, got {reference or 'none'}")
        return self._providers[id_]


def archives_of(args: MockResourceArgs) -> Props:
    """Give what Pulumi wants back as the objects that it sent: archives and assets."""
    return {key: value for key, value in _sent(args).items() if isinstance(value, pulumi.Asset | pulumi.Archive)}


def _inputs(args: MockResourceArgs) -> Props:
    return plain(_sent(args))


def _sent(args: MockResourceArgs) -> Props:
    return cast(Props, vars(args)["inputs"])  # typed as a bare dict
