# ruff: noqa: N802 - the protocol names the methods
"""The door for the real engine: the provider protocol over gRPC, answered by the provider.

The engine finds it with `PULUMI_DEBUG_PROVIDERS=aws:PORT`. It acts with the credentials that the server was given,
hence in one account: the engine has no way to pass the user's on. One server for each account, then.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any, TypeVar, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from localmesh.provider.configuration import check_configuration
from localmesh.provider.connection import Endpoint
from localmesh.provider.errors import CheckFailedError, ProviderError
from localmesh.provider.provider import AwsProvider
from localmesh.provider.state import Diff, Difference
from localmesh.provider.values import is_unknown
from localmesh.provider.wire import read_struct, write_struct

VERSION = "7.51.1"
"""The version of `pulumi-aws` whose part the provider plays."""

_THREADS = 16  # the engine works on as many resources at once
_LIMIT = 400 * 1024 * 1024  # the engine's own limit for a message
_REPLACING_SETTINGS = {"region"}

_Method = TypeVar("_Method", bound=Callable[..., Any])


class ProviderServer:
    """Serves the provider on this machine until it is stopped.

    Args:
        endpoint: The way to AWS, with the credentials that everything is done with.
        port: Where to listen; 0 for any free port.
    """

    def __init__(self, endpoint: Endpoint, port: int = 0) -> None:
        options = [("grpc.max_receive_message_length", _LIMIT), ("grpc.max_send_message_length", _LIMIT)]
        self._server: Any = grpc.server(ThreadPoolExecutor(_THREADS, thread_name_prefix="provider"), options=options)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(cast(Any, _Door(endpoint)), self._server)
        self.port: int = self._server.add_insecure_port(f"127.0.0.1:{port}")
        self._server.start()

    @property
    def setting(self) -> str:
        """What `PULUMI_DEBUG_PROVIDERS` is to be set to."""
        return f"aws:{self.port}"

    def stop(self) -> None:
        """Stop; the port is free when this returns."""
        self._server.stop(grace=None).wait()


def _answering(method: _Method) -> _Method:
    """Give what went wrong to the engine in the provider's words, which it prints beside the resource's name."""

    @wraps(method)
    def answer(self: _Door, request: Any, context: Any) -> Any:
        try:
            return method(self, request, context)
        except ProviderError as error:
            return context.abort(grpc.StatusCode.UNKNOWN, str(error))

    return cast(_Method, answer)


class _Door(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        # Every provider resource of a program is a connection of its own, which is all that tells them apart here.
        self._providers: dict[str, AwsProvider] = {}

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=VERSION)

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    @_answering
    def CheckConfig(self, request: Any, context: Any) -> Any:
        try:
            return provider_pb2.CheckResponse(inputs=write_struct(check_configuration(read_struct(request.news))))
        except CheckFailedError as error:
            return _failed(error)

    @_answering
    def DiffConfig(self, request: Any, context: Any) -> Any:
        old, new = read_struct(request.old_inputs or request.olds), read_struct(request.news)
        names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        replaces = [name for name in names if name in _REPLACING_SETTINGS]
        details = tuple(Difference(name, "update", name in replaces) for name in names)
        return _diff(Diff(tuple(names), tuple(replaces), details))

    @_answering
    def Configure(self, request: Any, context: Any) -> Any:
        inputs = read_struct(request.args)
        if not is_unknown(inputs.get("allowedAccountIds")):
            self._providers[context.peer()] = AwsProvider.configured(self._endpoint, inputs)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    @_answering
    def Invoke(self, request: Any, context: Any) -> Any:
        answer = self._provider(context).invoke(request.tok, read_struct(request.args))
        return provider_pb2.InvokeResponse(**cast(Any, {"return": write_struct(answer)}))

    @_answering
    def Check(self, request: Any, context: Any) -> Any:
        try:
            checked = self._provider(context).check(
                _token(request),
                _name(request),
                read_struct(request.news),
                olds=read_struct(request.olds),
                seed=request.randomSeed,
            )
        except CheckFailedError as error:
            return _failed(error)
        return provider_pb2.CheckResponse(inputs=write_struct(checked))

    @_answering
    def Diff(self, request: Any, context: Any) -> Any:
        state = read_struct(request.olds)
        old = read_struct(request.old_inputs) if request.HasField("old_inputs") else state
        provider, ignored = self._provider(context), set(request.ignoreChanges)
        return _diff(provider.diff(_token(request), old, read_struct(request.news), state=state, ignored=ignored))

    @_answering
    def Create(self, request: Any, context: Any) -> Any:
        provider, inputs = self._provider(context), read_struct(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=write_struct(provider.foresee(_token(request), inputs)))
        id_, state = provider.create(_token(request), inputs)
        return provider_pb2.CreateResponse(id=id_, properties=write_struct(state))

    @_answering
    def Read(self, request: Any, context: Any) -> Any:
        inputs, state = read_struct(request.inputs), read_struct(request.properties)
        known = self._provider(context).read(_token(request), request.id, inputs, state)
        if known is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=known.id, properties=write_struct(known.state), inputs=write_struct(known.inputs)
        )

    @_answering
    def Update(self, request: Any, context: Any) -> Any:
        provider, token = self._provider(context), _token(request)
        state, new = read_struct(request.olds), read_struct(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=write_struct(provider.foresee(token, new, state)))
        old = read_struct(request.old_inputs)
        updated = provider.update(token, request.id, old, new, state, ignored=set(request.ignoreChanges))
        return provider_pb2.UpdateResponse(properties=write_struct(updated))

    @_answering
    def Delete(self, request: Any, context: Any) -> Any:
        self._provider(context).delete(_token(request), request.id, read_struct(request.properties))
        return empty_pb2.Empty()

    def _provider(self, context: Any) -> AwsProvider:
        provider = self._providers.get(context.peer())
        if provider is None:
            raise ProviderError("expected the provider to be configured first, with account ids that are known")
        return provider


def _token(request: Any) -> str:
    # urn:pulumi:stack::project::parent's type$own type::name
    return request.type or request.urn.split("::")[2].rpartition("$")[2]


def _name(request: Any) -> str:
    return request.name or request.urn.split("::", 3)[3]


def _failed(error: CheckFailedError) -> Any:
    return provider_pb2.CheckResponse(
        failures=[provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in error.failures]
    )


def _diff(diff: Diff) -> Any:
    kinds = provider_pb2.PropertyDiff.Kind
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if diff.names else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=diff.names,
        replaces=diff.replaces,
        deleteBeforeReplace=diff.delete_before_replace,
        hasDetailedDiff=True,
        detailedDiff={
            one.path: provider_pb2.PropertyDiff(
                kind=kinds.Value(one.kind.upper() + ("_REPLACE" if one.replaces else "")), inputDiff=True
            )
            for one in diff.details
        },
    )
