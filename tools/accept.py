"""`./lakeshare-accept DATABASE.TABLE --central ACCOUNT`: takes up what was shared with an account that has no kit.

It runs with the credentials of a data lake administrator of that account, and does what the kit does: accepts the
invitations, makes the link, lets roles read. Without `--do` it only says what it would do; it is safe to repeat.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from handlers.aws.clients import answer_unless, client, code_and_message, translated
from handlers.aws.consumer_account import OwnAccount
from handlers.consumer.order import Deed, Order, Rules, parse_order
from handlers.consumer.rehearsed import Told
from handlers.consumer.take_up import Done, State, carry_out
from handlers.sharing.model.errors import InvalidInput, LakeshareError
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import WHOLE_DATABASE

SHARE: Final = "by-hand:1"
"""What an order is of that nobody gave an id."""
_GONE: Final = frozenset({"EntityNotFoundException"})
_UNSEEN: Final = frozenset({*_GONE, "AccessDeniedException"})
_NO_GOOD: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""What AWS says to credentials that are none, or no more."""
NEXT: Final = {
    "CatalogueKeyNotUsable": "Whoever shares it has to let this account use the key, and this one's IAM policies, too.",
    "InvitationExpired": "Have all shares that have not arrived given back or revoked, then ask for the data again.",
    "InvitationRejected": "Have all shares that have not arrived given back or revoked, then ask for the data again.",
    "LinkForeign": "Rename what is there, or name another database with --link-database.",
    "LinkNameTooLong": "Make the link by hand, under a name of your own, and grant on that.",
    "LinkNotMade": "Is this a data lake administrator of the account, with rights in Glue?",
    "NotAdministrator": "Run this as a data lake administrator of the account.",
    "NotArrived": "Wait a minute and run this again, as a data lake administrator, in its region (AWS_DEFAULT_REGION).",
    "NotGranted": "Is it shared with this account with grant option? A part of a table takes --filter.",
    "NotReadable": "Let the role's own IAM policies allow glue:GetTable, glue:GetTables and glue:GetDatabase.",
    "NotTakenBack": "Look at what the role was granted: aws lakeformation list-permissions.",
    "RoleNotThere": "Make the role, or name another with --role.",
    "StrangeInvitation": "Look at it in AWS RAM, and accept or reject it there.",
    "AccessRefused": "Run this with credentials that may do what AWS has denied.",
    "CredentialsMissing": "Sign in to the consumer's account (aws sso login, AWS_PROFILE), then run this again.",
    "RegionMissing": "Name the region of the data lake: AWS_DEFAULT_REGION=eu-central-1 ./lakeshare-accept …",
    "TryAgain": "Run this again.",
}
"""What to do about a failure, by its reason."""


class CredentialsMissing(LakeshareError):
    """There are no credentials, or AWS does not take them."""


class RegionMissing(LakeshareError):
    """Nothing says in which region the data lake is."""


@dataclass(frozen=True)
class Here:
    """Whose credentials these are: the account, and its partition."""

    account: str
    partition: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Take up what was shared, or say what that would be; gives the exit code, 0 where nothing is amiss."""
    from botocore.exceptions import ClientError

    given = _parser().parse_args(arguments)
    try:
        here = _here()
        roles = tuple(_role(each, here) for each in given.role)
        order = _order(given, roles)
        rules = _rules(order, here, given.link_database)
        account = Told(OwnAccount(here.account, order.central), _says(does=given.do), does=given.do)
        if not given.withdraw and not order.source.is_database:
            _make_database(rules.link_database, account.say, does=given.do)
        done = (_withdrawn if given.withdraw else _delivered)(order, rules, account)
    except LakeshareError as error:
        return _failed(error.reason, str(error))
    except ClientError as error:
        return _failed(*code_and_message(error))
    return _ended(done, does=given.do)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lakeshare-accept", description=__doc__)
    parser.add_argument("what", help="what was shared: DATABASE.TABLE, or 'DATABASE.*' for a whole database")
    parser.add_argument("--central", required=True, type=_account, help="the account that shares it, twelve digits")
    parser.add_argument(
        "--role", action="append", default=[], help="a role that is to read it, by name; again for more"
    )
    parser.add_argument("--filter", default="", help="of a part of a table: the name of its data cells filter")
    parser.add_argument("--all-tables", action="store_true", help="of a database: also tables that come later")
    parser.add_argument("--link-database", default="lakeshare", help="the database for the link (default: lakeshare)")
    parser.add_argument("--withdraw", action="store_true", help="take it from the roles again, and delete the link")
    parser.add_argument("--do", action="store_true", help="do it; without this it is only said")
    return parser


def _account(given: str) -> str:
    if re.fullmatch("[0-9]{12}", given) is None:
        raise argparse.ArgumentTypeError(f"expected twelve digits, got {given}")
    return given


def _here() -> Here:
    """Whose credentials these are.

    Raises:
        CredentialsMissing, RegionMissing: what whoever runs this has to bring is not there, or no good.
        TryAgain: AWS did not answer.
    """
    from boto3.session import Session
    from botocore import exceptions

    with translated("look whose credentials these are", _no_good):
        try:
            if Session().region_name is None:
                raise RegionMissing("It is not said in which region the data lake is.")
            who = client("sts").get_caller_identity()
        except exceptions.BotoCoreError as error:
            if isinstance(error, exceptions.ConnectionError | exceptions.HTTPClientError):
                raise
            raise CredentialsMissing(f"{error}.".replace("..", ".")) from error
    return Here(str(who["Account"]), str(who["Arn"]).split(":")[1])


def _no_good(code: str, message: str) -> LakeshareError | None:
    return CredentialsMissing(f"AWS does not take these credentials ({code}: {message}).") if code in _NO_GOOD else None


def _role(named: str, here: Here) -> str:
    return named if named.startswith("arn:") else f"arn:{here.partition}:iam::{here.account}:role/{named}"


def _order(given: argparse.Namespace, roles: tuple[str, ...]) -> Order:
    """What is to be done, checked as the kit checks it."""
    database, dot, table = given.what.partition(".")
    if not dot:
        raise InvalidInput(f"expected DATABASE.TABLE or 'DATABASE.*', got {given.what}.", "what")
    document = {
        "version": 1,
        "central": given.central,
        "share": SHARE,
        "deed": "deliver",
        "source": {"database": database, "table": table},
        "resources": [{"table": "" if table == WHOLE_DATABASE else table, "filter": given.filter}],
        "roles": list(roles),
    }
    order = parse_order(document)
    every = (Resource(order.source.database, WHOLE_DATABASE),) if given.all_tables else ()
    return replace(order, resources=(*order.resources, *every))


def _rules(order: Order, here: Here, link_database: str) -> Rules:
    """What the kit's config would say: just what was asked for."""
    if order.central == here.account:
        raise InvalidInput(f"These are credentials of account {here.account}, which shares it.", "central")
    roles = tuple(each.partition(":role/")[2] for each in order.roles)
    return Rules(here.account, order.central, (order.source.database,), roles, link_database)


def _delivered(order: Order, rules: Rules, account: Told) -> Done:
    """Have it delivered; a database's tables can be seen once it has arrived."""
    if order.source.is_database and len(order.resources) == 1:
        done = carry_out(replace(order, roles=()), rules, account)
        tables = _tables(order) if done.state is State.READY else ()
        if not tables:
            account.say(f"let the roles read the tables of {order.source.database}, once they can be seen")
            return done
        order = replace(order, resources=(*order.resources, *tables))
    return carry_out(order, rules, account)


def _withdrawn(order: Order, rules: Rules, account: Told) -> Done:
    """Take it back: what the roles read, their sight of the link, and the link."""
    tables = _tables(order) if order.source.is_database else ()
    order = replace(order, resources=tuple(dict.fromkeys([*order.resources, *tables])))
    done = [carry_out(replace(order, deed=each), rules, account) for each in (Deed.WITHDRAW, Deed.HIDE, Deed.UNLINK)]
    failures = tuple(failure for each in done for failure in each.failures)
    return Done(State.LINKED if failures else State.GONE, failures=failures)


def _tables(order: Order) -> tuple[Resource, ...]:
    """The tables of a database that the account sees."""
    where = {"CatalogId": order.central, "DatabaseName": order.source.database}
    pages = answer_unless(
        _UNSEEN, lambda: [*client("glue").get_paginator("get_tables").paginate(**where)], "list the tables"
    )
    return tuple(Resource(order.source.database, each["Name"]) for page in pages or () for each in page["TableList"])


def _make_database(name: str, say: Callable[[str], None], *, does: bool) -> None:
    """Make the database for links to tables, if there is none."""
    glue = client("glue")
    if answer_unless(_GONE, lambda: glue.get_database(Name=name), "look for the database of links") is None:
        say(f"make the database {name}, for links")
        if does:
            with translated("make the database of links"):
                glue.create_database(DatabaseInput={"Name": name, "Description": "Links to tables that were shared"})


def _says(*, does: bool) -> Callable[[str], None]:
    return lambda text: print(text if does else f"would {text}", flush=True)


def _ended(done: Done, *, does: bool) -> int:
    for each in done.failures:
        _failed(each.reason, f"{each.role}: {each.message}" if each.role else each.message)
    if done.failures:
        return 1
    if done.link:
        print(f"{'Queries name it' if does else 'Queries would name it'} {done.link}.")
    print("Done." if does else "Nothing was changed. With --do it is.")
    return 0


def _failed(reason: str, message: str) -> int:
    print(f"{reason}: {message}", file=sys.stderr)
    if reason in NEXT:
        print(f"  -> {NEXT[reason]}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
