# ruff: noqa: N802 - the protocol names the methods
"""A language host for Pulumi programs in Python, that a CLI is attached to with `PULUMI_DEBUG_LANGUAGES=python:PORT`.

The CLI's own one would install the AWS provider, which the mesh plays itself; and a CLI that was built from its Go
module has none. Every run of a program is a process of its own, so that changed code is seen.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

_LIMIT = 400 * 1024 * 1024  # the engine's own limit for a message


class LanguageHost:
    """Serves on a free port of this machine until the process ends."""

    def __init__(self) -> None:
        options = [("grpc.max_receive_message_length", _LIMIT), ("grpc.max_send_message_length", _LIMIT)]
        server: Any = grpc.server(ThreadPoolExecutor(8, thread_name_prefix="language"), options=options)
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(cast(Any, _Host()), server)
        self.port: int = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self._server = server


class _Host(language_pb2_grpc.LanguageRuntimeServicer):
    def __init__(self) -> None:
        self._engines: dict[str, str] = {}  # the address of each engine, by its connection

    def Handshake(self, request: Any, context: Any) -> Any:
        self._engines[context.peer()] = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo()

    def About(self, request: Any, context: Any) -> Any:
        return language_pb2.AboutResponse(executable=sys.executable, version=platform.python_version())

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:
        return language_pb2.GetRequiredPluginsResponse()

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:
        return language_pb2.GetRequiredPackagesResponse()  # none: the mesh is the provider

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:
        return language_pb2.GetProgramDependenciesResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Run(self, request: Any, context: Any) -> Any:
        request.args[:] = [self._engines[context.peer()]]
        done = subprocess.run(
            [sys.executable, "-m", "localmesh.engine.program"],
            input=request.SerializeToString(),
            capture_output=True,
            cwd=request.info.program_directory,
            check=False,
        )
        if done.returncode:
            return language_pb2.RunResponse(error=done.stderr.decode(errors="replace")[-4000:])
        return language_pb2.RunResponse.FromString(done.stdout)
