"""What to do with the demo: requests to make, which work as they stand."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from demo import stacks
from demo.people import CONSUMER, PORTAL_USERS

if TYPE_CHECKING:
    from localmesh.commands import Commands

_DOES = {each.username: each.does for each in PORTAL_USERS}
_FAVOURITES = (("transport", "yellow_tripdata"), ("retail", "customer"))


def places(mesh: Mapping[str, Any]) -> list[str]:
    """Where the portal and the API are, and who may sign in.

    Args:
        mesh: the content of ``mesh.json``.
    """
    return [*_portal(mesh), f"  API      {mesh['api_url']}"]


def suggestions(mesh: Mapping[str, Any], databases: Sequence[str], commands: "Commands") -> list[str]:
    """What to ask for, and how to see what came of it.

    Args:
        mesh: the content of ``mesh.json``.
        databases: what is in the catalogue.
        commands: words commands.
    """
    lines: list[str] = []
    if all(database in databases for database, _ in _FAVOURITES):
        lines += ["Ask for a table without personal data; it is shared at once:", ""]
        lines += [f"  {_request(mesh, *_FAVOURITES[0], commands)}", ""]
        lines += [f"Ask for one with personal data; its owner gets a mail, at {mesh['mailbox_url']}:", ""]
        lines += [f"  {_request(mesh, *_FAVOURITES[1], commands)}", ""]
        lines += ["Ask for what of it is not personal data; that is shared at once, too:", ""]
        lines += [f"  {_request(mesh, *_FAVOURITES[1], commands, scope='safe')}", ""]
        lines += _with_kit(mesh, commands)
    else:
        lines += [f"Ask for a whole database; a mail, if it takes one, comes to {mesh['mailbox_url']}:", ""]
        lines += [f"  {_request(mesh, databases[0], '*', commands)}", ""]
    machine = {"state-machine-arn": mesh["state_machine_arn"]}
    return [
        *lines,
        "See how the requests ended, and what was granted:",
        "",
        f"  {commands.call('stepfunctions', 'list-executions', machine)}",
        f"  {commands.call('lakeformation', 'list-permissions', {})}",
        "",
    ]


def first_mail(mesh: Mapping[str, Any], databases: Sequence[str], commands: "Commands") -> str:
    """The commands that make a first mail come; empty if no sample is loaded."""
    if _FAVOURITES[1][0] not in databases:
        return ""
    return f"{commands.exports(mesh)}\n{_request(mesh, *_FAVOURITES[1], commands)}"


def _with_kit(mesh: Mapping[str, Any], commands: "Commands") -> list[str]:
    """A request for a role, where there is an account that has it read what is shared."""
    for each in mesh["consumer_accounts"][:1]:
        target = {"account_id": each["id"], "roles": each["roles"][:1]}
        return [
            f"Ask for one for a role of account {each['id']}, whose kit makes it ready to query within minutes:",
            "",
            f"  {_request(mesh, *_FAVOURITES[0], commands, target=target)}",
            "",
        ]
    return []


def _request(mesh: Mapping[str, Any], database: str, table: str, commands: "Commands", **part: object) -> str:
    wanted = {"source": {"database": database, "table": table}, "target": {"account_id": CONSUMER}, **part}
    options = {"state-machine-arn": mesh["state_machine_arn"], "input": json.dumps(wanted)}
    return commands.call("stepfunctions", "start-execution", options)


def _portal(mesh: Mapping[str, Any]) -> list[str]:
    if mesh["portal_url"] is None:
        why = "it is switched off" if stacks.PAGE.is_file() else "the page is not built; `make portal` does, with Node"
        return [f"  Portal   left out: {why}", ""]
    users: Sequence[Mapping[str, Any]] = mesh["portal_users"]
    return [
        f"  Portal   {mesh['portal_url']}   open it, and sign in with one of these:",
        "",
        *(
            f"           {each['username']:<6} {each['first_password']:<20} "
            f"{_DOES.get(each['username'], 'asks for data')}"
            for each in users
        ),
        "",
    ]
