"""Starts the local mesh, part by part, and stops it without a trace."""

import contextlib
import gc
import os
import shutil
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localmesh import catalog_loader, demo
from localmesh.aws import (
    apigatewayv2,
    awslambda,
    cloudfront,
    cognito_identity,
    cognito_pools,
    definitions,
    dynamodb,
    eventbridge,
    executions,
    glue,
    iam,
    interpreter,
    lakeformation,
    moto,
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
from localmesh.functions.runtime import Functions
from localmesh.http_api.front import HttpApiFront
from localmesh.mailbox import Mailbox
from localmesh.portal.addresses import Addresses
from localmesh.portal.sign_in import SignIn
from localmesh.portal.site import PortalSite
from localmesh.portal.users import invite
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
        catalog: the folder with the databases.
        state: the folder for ``mesh.json``.
        approval_timeout: how long an approver has, as a duration such as ``7d``.
        config: keys of the central stack, over the demo's.
        retry_seconds: the longest pause before another try, whoever tries: the state machine, an SDK in a function,
            Lambda itself; None: as on AWS.
    """

    port: int = 0
    catalog: Path = catalog_loader.SAMPLES
    state: Path = Path(".localmesh")
    approval_timeout: str = "7d"
    config: Mapping[str, object] = field(default_factory=dict[str, object])
    retry_seconds: float | None = None


class Mesh:
    """A mesh; `start` it, and `stop` it whatever happened.

    Args:
        options: how it is wanted.
        deployer: deploys the demo's stacks, and is stopped then; None: deploy nothing.
        progress: told what is being done, and what was made.

    Raises:
        StateInUseError: another mesh runs with the same state folder.
    """

    def __init__(self, options: Options, deployer: Deployer | None, progress: Callable[[str], None]) -> None:
        self._options = options
        self._deployer = deployer
        self._progress = progress
        self._cleanup = contextlib.ExitStack()
        self.mailbox = Mailbox(demo.NAMES)
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
        self._progress("Loading the catalogue")
        self.databases = catalog_loader.load(self._options.catalog, demo.CENTRAL, demo.REGION)
        outputs: Mapping[str, Any] = {}
        if self._deployer is not None:
            outputs = self._deploy(self._deployer, servers)["central"]
        for server in servers.values():
            _ask(server.url)
        self.mesh_json = _description(servers, outputs, _portal(servers, outputs))
        gc.freeze()
        gc.enable()
        state.publish(self.mesh_json)

    def stop(self) -> None:
        """Stops everything: no process, no port, no file is left."""
        self._cleanup.close()

    def _ports(self) -> dict[str, int]:
        return {"aws": self._options.port, "api": 0, "mailbox": 0, "control": 0, "portal": 0, "sign_in": 0}

    def _server(self, port: int) -> Server:
        server = Server(port)
        self._cleanup.callback(server.stop)
        return server

    def _assemble(self, servers: Mapping[str, Server]) -> dict[str, Handler]:
        access, journal, sooner = Access(tasktokens.machine_of), Journal(), self._options.retry_seconds
        folder = self._options.state.resolve() / _FUNCTIONS
        folder.mkdir()
        functions = Functions(servers["aws"].url, Archives(folder), FunctionLogs(access), _INSTANCES, sooner)
        faults = Faults(functions.running)
        self._cleanup.callback(functions.stop)
        events = Events(functions)
        self._cleanup.callback(events.stop)
        for service in (sts, iam, glue, dynamodb, serializing, apigatewayv2, definitions, tasktokens):
            service.install()
        for service in (s3, cloudfront, cognito_identity):
            service.install()
        # The demo's people get their first passwords on the screen.
        cognito_pools.install(self.mailbox.deliver if self._deployer is None else None)
        lakeformation.install(faults)
        sns.install(self.mailbox.deliver)
        awslambda.install(functions)
        eventbridge.install(events.send)
        executions.install(events.changed)
        interpreter.install(servers["aws"].port, sooner)
        events.start()
        engine = EngineDoors(servers["aws"].url, servers["api"].url, self._options.state / BACKEND, demo.deployer)
        self._cleanup.callback(engine.stop)
        api = HttpApiFront(functions)
        addresses = Addresses(servers["portal"].url, servers["sign_in"].url, servers["aws"].url)
        return {
            "aws": AwsEndpoint(access, faults, functions.running, journal),
            "api": api,
            "portal": PortalSite(addresses, api),
            "sign_in": SignIn(addresses.sign_in, addresses.origins),
            "mailbox": self.mailbox,
            "control": Control(faults, events, functions, engine, journal),
        }

    def _deploy(self, deployer: Deployer, servers: Mapping[str, Server]) -> dict[str, dict[str, Any]]:
        stacks = demo.stacks(self._options.approval_timeout, self._options.config)
        self._progress(f"Deploying {len(stacks)} stacks with the Pulumi program")
        order = {
            "endpoint_url": servers["aws"].url,
            "api_base_url": servers["api"].url,
            "stacks": plans(stacks, demo.deployer),
        }
        # Meanwhile the deployer is still loading Pulumi.
        demo.install_old_kit(_clients(servers["aws"].url))
        outputs = deployer.deploy(order)
        deployer.stop()
        return outputs


def _clients(endpoint_url: str) -> Callable[[str, Mapping[str, str]], Any]:
    boto3: Any = moto.module("boto3")

    def client(service: str, credentials: Mapping[str, str]) -> Any:
        return boto3.session.Session(
            aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=credentials["AWS_SESSION_TOKEN"],
            region_name=demo.REGION,
        ).client(service, endpoint_url=endpoint_url)

    return client


def _ask(url: str) -> None:
    """Makes sure that an address answers, whatever it says."""
    request = urllib.request.Request(url + "/", method="OPTIONS")  # noqa: S310 - our own address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.suppress(urllib.request.HTTPError), opener.open(request, timeout=5):
        pass


def _portal(servers: Mapping[str, Server], outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Where the portal is and who may sign in; nothing of it where it is not deployed."""
    pool: str | None = outputs.get("PortalUserPoolId")
    sign_in = {"sign_in_url": servers["sign_in"].url}
    if pool is None:
        return {"portal_url": None, **sign_in, "portal_users": []}
    return {"portal_url": servers["portal"].url, **sign_in, "portal_users": invite(pool)}


def _description(
    servers: Mapping[str, Server], outputs: Mapping[str, Any], portal: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "aws_endpoint_url": servers["aws"].url,
        "region": demo.REGION,
        "central_account": demo.CENTRAL,
        "producer_accounts": [
            {
                "id": each.id,
                "name": each.name,
                "approver": each.approver,
                "registered": each.registered,
                "legacy_kit": each.legacy_kit,
            }
            for each in (demo.PRODUCERS if outputs else ())
        ],
        "state_machine_arn": outputs.get("StateMachineArn"),
        "api_base_url": servers["api"].url,
        "api_url": outputs.get("ApiUrl"),
        "mailbox_url": servers["mailbox"].url,
        "control_url": servers["control"].url,
        "register_table": outputs.get("RegisterTableName"),
        **portal,
        "pid": os.getpid(),
    }
