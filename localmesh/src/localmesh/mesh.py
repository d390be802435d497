"""Starts the local mesh, part by part, and stops it without a trace."""

import contextlib
import functools
import gc
import os
import shutil
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localmesh import accounts, catalogue
from localmesh.aws import (
    apigatewayv2,
    awslambda,
    cloudfront,
    cognito_identity,
    cognito_pools,
    definitions,
    dynamodb,
    dynamodb_counts,
    eventbridge,
    executions,
    glue,
    iam,
    interpreter,
    lakeformation,
    moto,
    ram_api,
    s3,
    serializing,
    sns,
    sts,
    tasktokens,
)
from localmesh.aws.access import Access
from localmesh.aws.faults import Faults
from localmesh.aws.journal import Journal
from localmesh.aws.server import AwsEndpoint
from localmesh.control import Control
from localmesh.engine.doors import EngineDoors
from localmesh.engine.shell import BACKEND
from localmesh.events import Events
from localmesh.functions.archives import Archives
from localmesh.functions.logs import FunctionLogs
from localmesh.functions.runtime import Functions, Pauses
from localmesh.http_api.front import HttpApiFront
from localmesh.mailbox import Mailbox
from localmesh.setup import SetUp, StackPlan
from localmesh.sites.addresses import Addresses
from localmesh.sites.sign_in import SignIn
from localmesh.sites.site import Site
from localmesh.stacks import Deployer, plans
from localmesh.state import State
from localmesh.web import Handler, Server

_FUNCTIONS = "functions"
"""Where archives are unpacked, in the state folder."""
_INSTANCES = 4
"""How many processes a function may have: more would only wait for each other on a laptop."""


@dataclass(frozen=True)
class Options:
    """How a mesh is wanted.

    Attributes:
        port: of the AWS endpoint; 0: any.
        catalog: a folder with databases; None: the catalogue is empty.
        state: the folder for ``mesh.json``.
        retry_seconds: the longest pause before another try, whoever tries: the state machine, an SDK in a function,
            Lambda itself; None: as on AWS.
        retries: how often a state machine tries a state again at most, by each rule of its `Retry`; None: as on AWS.
    """

    port: int = 0
    catalog: Path | None = None
    state: Path = Path(".localmesh")
    retry_seconds: float | None = None
    retries: int | None = None


class Mesh:
    """A mesh; `start` it, and `stop` it whatever happened.

    Args:
        options: how it is wanted.
        setup: what the project says of itself.
        deployer: deploys the stacks, and is stopped then; None: deploy nothing.
        stacks: what to deploy.
        progress: told what is being done, and what was made.

    Raises:
        StateInUseError: another mesh runs with the same state folder.
    """

    def __init__(
        self,
        options: Options,
        setup: SetUp,
        deployer: Deployer | None,
        stacks: Sequence[StackPlan],
        progress: Callable[[str], None],
    ) -> None:
        self._options = options
        self._setup = setup
        self._deployer = deployer
        self._stacks = stacks
        self._progress = progress
        self._cleanup = contextlib.ExitStack()
        self.mailbox = Mailbox(setup.title, setup.mail_text, setup.accounts)
        self.databases: list[str] = []
        self.mesh_json: Mapping[str, Any] = {}

    def start(self) -> None:
        """Starts everything; returns when all of it answers.

        Raises:
            OSError: the port is taken.
            DeployError: the program or a resource failed.
            CatalogError: a catalogue file is not of the right shape.
        """
        # Hardly anything of what is made from here on goes away again: looking for it would take a fifth of the time.
        gc.disable()
        state = State(self._options.state)
        self._cleanup.callback(state.release)
        # Pulumi's state of stacks on the mesh, and unpacked functions; one that was killed has left them behind.
        for name in (BACKEND, _FUNCTIONS):
            shutil.rmtree(self._options.state / name, ignore_errors=True)
            self._cleanup.callback(shutil.rmtree, self._options.state / name, ignore_errors=True)
        servers = {name: self._server(port) for name, port in self._ports().items()}
        self._progress("Starting AWS on this machine")
        moto.configure(servers["aws"].port)
        moto.load()
        handlers = self._assemble(servers)
        for name, handler in handlers.items():
            servers[name].serve(handler)
        if self._options.catalog is not None:
            self._progress("Loading the catalogue")
            self.databases = catalogue.load(self._options.catalog, accounts.DEFAULT_ACCOUNT, accounts.REGION)
        outputs: Mapping[str, Mapping[str, Any]] = {}
        if self._deployer is not None:
            outputs = self._deploy(self._deployer, servers)
        for server in servers.values():
            _ask(server.url)
        self.mesh_json = {
            **_description(servers),
            **self._setup.describe(outputs, servers["site"].url),
            "pid": os.getpid(),
        }
        gc.freeze()
        gc.enable()
        state.publish(self.mesh_json)
        for name in self._setup.at_start(outputs):
            self._events.run_schedules(name)

    def stop(self) -> None:
        """Stops everything: no process, no port, no file is left."""
        self._cleanup.close()

    def _ports(self) -> dict[str, int]:
        return {"aws": self._options.port, "api": 0, "mailbox": 0, "control": 0, "site": 0, "sign_in": 0}

    def _server(self, port: int) -> Server:
        server = Server(port)
        self._cleanup.callback(server.stop)
        return server

    def _assemble(self, servers: Mapping[str, Server]) -> dict[str, Handler]:
        access, journal, sooner = Access(tasktokens.machine_of), Journal(), self._options.retry_seconds
        folder = self._options.state.resolve() / _FUNCTIONS
        folder.mkdir()
        pauses = None if sooner is None else Pauses(sooner, self._setup.pausing)
        functions = Functions(servers["aws"].url, Archives(folder), FunctionLogs(access), _INSTANCES, pauses)
        faults = Faults(functions.running)
        self._cleanup.callback(functions.stop)
        events = Events(functions)
        self._cleanup.callback(events.stop)
        self._events = events
        for service in (sts, iam, glue, dynamodb, dynamodb_counts, serializing, apigatewayv2, definitions, tasktokens):
            service.install()
        for service in (s3, cloudfront, cognito_identity):
            service.install()
        invited = self._deployer is not None and self._setup.invites
        cognito_pools.install(None if invited else self.mailbox.deliver)
        lakeformation.install(faults)
        ram_api.install(faults)
        sns.install(self.mailbox.deliver, servers["aws"].url)
        awslambda.install(functions)
        eventbridge.install(events.send)
        executions.install(events.changed)
        interpreter.install(servers["aws"].port, sooner, self._options.retries)
        events.start()
        engine = EngineDoors(
            servers["aws"].url, servers["api"].url, self._options.state / BACKEND, accounts.administrator
        )
        self._cleanup.callback(engine.stop)
        api = HttpApiFront(functions)
        addresses = Addresses(servers["site"].url, servers["sign_in"].url, servers["aws"].url)
        self.mailbox.origins = addresses.origins
        return {
            "aws": AwsEndpoint(access, faults, functions.running, journal),
            "api": api,
            "site": Site(addresses, api, self._setup.viewer_request, self._setup.site_config),
            "sign_in": SignIn(addresses.sign_in, addresses.origins, self._setup.title),
            "mailbox": self.mailbox,
            "control": Control(faults, events, functions, engine, journal),
        }

    def _deploy(self, deployer: Deployer, servers: Mapping[str, Server]) -> dict[str, dict[str, Any]]:
        self._progress(f"Deploying {len(self._stacks)} stack{'' if len(self._stacks) == 1 else 's'}")
        order = {
            "endpoint_url": servers["aws"].url,
            "api_base_url": servers["api"].url,
            "stacks": plans(self._stacks, accounts.administrator),
            "default_provider": self._setup.default_provider,
        }
        # Meanwhile the deployer is still loading Pulumi.
        clients = functools.partial(accounts.client, servers["aws"].url)
        self._setup.prepare(clients)
        outputs = deployer.deploy(order)
        deployer.stop()
        self._setup.finish(clients, outputs)
        return outputs


def _ask(url: str) -> None:
    """Makes sure that an address answers, whatever it says."""
    request = urllib.request.Request(url + "/", method="OPTIONS")  # noqa: S310 - our own address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.suppress(urllib.request.HTTPError), opener.open(request, timeout=5):
        pass


def _description(servers: Mapping[str, Server]) -> dict[str, Any]:
    return {
        "aws_endpoint_url": servers["aws"].url,
        "region": accounts.REGION,
        "api_base_url": servers["api"].url,
        "mailbox_url": servers["mailbox"].url,
        "control_url": servers["control"].url,
        "sign_in_url": servers["sign_in"].url,
    }
