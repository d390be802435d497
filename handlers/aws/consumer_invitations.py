"""Invitations of AWS RAM that the central account has sent to the consumer's: what is in them, and accepting them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from handlers.aws.clients import answer_unless, client, translated
from handlers.consumer.ports import Invitation, InvitationStatus

_ANSWERED: Final = frozenset(
    {
        *("ResourceShareInvitationAlreadyAcceptedException", "ResourceShareInvitationArnNotFoundException"),
        *("ResourceShareInvitationAlreadyRejectedException", "ResourceShareInvitationExpiredException"),
    }
)
_NAMES: Final = {"catalog": 0, "database": 1, "table": 2}
"""The kinds of resources that the central account shares, and of how many names the ARN of each is made."""


def sent_by(central: str) -> Sequence[Invitation]:
    """All that an account has sent; what a pending one holds is looked up.

    One that is answered, or runs out, while that is done is left out: it is pending no more.
    """
    ram = client("ram")
    with translated("list the invitations of AWS RAM"):
        entries = [*every(ram.get_resource_share_invitations, "resourceShareInvitations")]
    sent = [each for each in entries if each["senderAccountId"] == central]
    known = [each for each in sent if each["status"] in set(InvitationStatus)]
    doing = "look into an invitation of AWS RAM"
    found = [answer_unless(_ANSWERED, partial(_invitation, ram, each, central), doing) for each in known]
    return [each for each in found if each is not None]


def accept(invitation: Invitation) -> None:
    """Accept an invitation. One that was answered meanwhile is no error."""
    answer_unless(
        _ANSWERED,
        lambda: client("ram").accept_resource_share_invitation(resourceShareInvitationArn=invitation.arn),
        "accept an invitation of AWS RAM",
    )


def every(call: Callable[..., Any], name: str, **given: Any) -> Iterator[Mapping[str, Any]]:
    """All entries of a list of RAM's (`nextToken`) or Glue's (`NextToken`)."""
    more: dict[str, str] = {}
    while True:
        page: Mapping[str, Any] = call(**given, **more)
        yield from page.get(name, ())
        more = {key: page[key] for key in ("nextToken", "NextToken") if page.get(key)}
        if not more:
            return


def _invitation(ram: Any, entry: Mapping[str, Any], central: str) -> Invitation:
    arn, status = str(entry["resourceShareInvitationArn"]), InvitationStatus(entry["status"])
    sent = entry["invitationTimestamp"].timestamp()
    if status is not InvitationStatus.PENDING:
        return Invitation(arn, status, sent=sent)
    databases: set[str] = set()
    strange: list[str] = []
    for each in every(ram.list_pending_invitation_resources, "resources", resourceShareInvitationArn=arn):
        # arn:aws:glue:<region>:<account>:table/<database>/<table>
        parts = str(each["arn"]).split(":", 5)
        kind, *names = parts[-1].split("/")
        # A name with a slash would be taken for another.
        if parts[2:3] != ["glue"] or parts[4:5] != [central] or _NAMES.get(kind) != len(names):
            strange.append(str(each["arn"]))
        elif names:
            databases.add(names[0])
    return Invitation(arn, status, frozenset(databases), tuple(strange), sent)
