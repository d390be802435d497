"""What a project tells the mesh of itself: a set-up, named in the project's ``pyproject.toml``.

::

    [tool.localmesh]
    setup = "somewhere.setup:MySetUp"

`SetUp` has an answer to everything, so that a set-up says only what it wants otherwise; most name their `stacks`.
Its module is imported before anything else of the mesh: it must not import moto, boto3 or Pulumi.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localmesh.web import Response

if TYPE_CHECKING:
    from localmesh.commands import Commands

Clients = Callable[[str, str], Any]
"""Takes a service and an account, and gives a boto3 client of an administrator of that account."""


class NotServedError(Exception):
    """A distribution does something that the mesh cannot do."""


@dataclass(frozen=True)
class StackPlan:
    """A stack to deploy.

    Attributes:
        name: of the stack.
        account: that it is deployed into, 12 digits.
        config: as in its stack file; keys without a namespace are the project's.
    """

    name: str
    account: str
    config: Mapping[str, object]


@dataclass(frozen=True)
class WarmUp:
    """What the deploying process loads while the mesh itself starts; all of it would be loaded on first use, later.

    Attributes:
        modules: of the program.
        resources: modules of ``pulumi_aws``, such as ``sns``.
        services: that resources are made in, as boto3 names them.
    """

    modules: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


class SetUp:
    """A project on the mesh.

    Attributes:
        title: what the mailbox and the sign-in pages are called.
        catalog: a folder with databases for the default account's catalogue, unless ``--catalog`` says another.
        accounts: what to call the accounts, by id.
        mail_text: what the empty mailbox says.
        site_config: the path of the JSON document from which a web page learns its addresses. In it, AWS's addresses
            become those of the mesh; ``issuer`` stays, as it is a name.
        default_provider: whether programs may use the default provider, which takes its account from whatever
            credentials there are.
        pausing: modules of functions that pause before another try, which ``--retry-seconds`` shortens.
        invites: whether `describe` gives people their first passwords; otherwise Cognito mails them.
    """

    title: str = "Local mesh"
    catalog: Path | None = None
    accounts: Mapping[str, str] = {}
    mail_text: str = "What a topic sends to an address comes here."
    site_config: str = ""
    default_provider: bool = True
    pausing: tuple[str, ...] = ()
    invites: bool = False

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Adds options of its own to ``up``."""

    def warm_up(self, given: argparse.Namespace) -> WarmUp:
        """What to load early.

        Args:
            given: the command line's options.
        """
        return WarmUp()

    def stacks(self, given: argparse.Namespace) -> Sequence[StackPlan]:
        """The stacks to deploy, in this order.

        Args:
            given: the command line's options.
        """
        return ()

    def prepare(self, clients: Clients) -> None:
        """Makes what has to be there before the stacks are deployed.

        Args:
            clients: gives boto3 clients.
        """

    def finish(self, clients: Clients, outputs: Mapping[str, Mapping[str, Any]]) -> None:
        """Does what people do by hand once the stacks are deployed.

        Args:
            clients: gives boto3 clients.
            outputs: of each stack.
        """

    def describe(self, outputs: Mapping[str, Mapping[str, Any]], site_url: str) -> Mapping[str, Any]:
        """What ``mesh.json`` holds besides the mesh's own addresses.

        Args:
            outputs: of each stack; none where nothing was deployed.
            site_url: where the first CloudFront distribution is served.
        """
        return {"outputs": outputs}

    def at_start(self, outputs: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
        """Which rules' schedules run once as soon as all is there: what they do would be missed until they fall due.

        Args:
            outputs: of each stack; none where nothing was deployed.

        Returns:
            Parts of the rules' names.
        """
        return ()

    def viewer_request(self, code: str, path: str) -> str | Response:
        """What a CloudFront function makes of a viewer's path; the mesh has no JavaScript.

        Args:
            code: the function's.
            path: that a viewer asks for.

        Returns:
            Another path, or an answer.

        Raises:
            NotServedError: the function is not known.
        """
        raise NotServedError("the distribution has a function, and the set-up's `viewer_request` does not know it")

    def places(self, mesh: Mapping[str, Any]) -> Sequence[str]:
        """Lines for the screen about what was deployed, and where.

        Args:
            mesh: the content of ``mesh.json``.
        """
        return ()

    def suggestions(self, mesh: Mapping[str, Any], databases: Sequence[str], commands: "Commands") -> Sequence[str]:
        """Lines for the screen about what to do with it.

        Args:
            mesh: the content of ``mesh.json``.
            databases: what is in the catalogue.
            commands: words commands.
        """
        outputs: Mapping[str, Mapping[str, Any]] = mesh["outputs"]
        lines: list[str] = []
        for stack, values in outputs.items():
            lines += [f"Outputs of {stack}:", "", *(f"  {name}  {value}" for name, value in values.items()), ""]
        return lines

    def first_mail(self, mesh: Mapping[str, Any], databases: Sequence[str], commands: "Commands") -> str:
        """A command that makes a first mail come, for the empty mailbox; empty if there is none.

        Args:
            mesh: the content of ``mesh.json``.
            databases: what is in the catalogue.
            commands: words commands.
        """
        return ""
