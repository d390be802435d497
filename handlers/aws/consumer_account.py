"""The consumer's own account, as the kit's role may act in it: invitations of RAM, links of Glue, Lake Formation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from functools import cached_property, partial
from typing import Any, Final

from handlers.aws import consumer_invitations, consumer_roles
from handlers.aws.clients import PASSING, answer_unless, client, code_and_message, is_about_a_key, translated
from handlers.aws.consumer_invitations import every
from handlers.aws.lf_listed import GONE, as_lake_formation, list_permissions, readers
from handlers.consumer.ports import Invitation, Link
from handlers.consumer.refusals import (
    CatalogueKeyNotUsable,
    KitRefusal,
    LinkForeign,
    LinkNotMade,
    NotAdministrator,
    NotGranted,
    NotTakenBack,
)
from handlers.sharing.model.errors import LakeshareError, TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import WHOLE_DATABASE, Source

_UNSEEN: Final = frozenset({"EntityNotFoundException", "AccessDeniedException"})
_WAS_NOT_THERE: Final = ("no permissions revoked", "grantee has no permissions", "not found", "non-existent")
"""In lower case, what Lake Formation says of a grant that is not there."""
_ADMINISTRATOR: Final = (
    "That takes a data lake administrator of this account; the output AdministratorCommands of a kit's stack makes its "
    "role one."
)
_KEY_CURE: Final = (
    "The central account's catalogue is encrypted with a key that the kit may not use. The kit's stack names it in the "
    "config key catalogKmsKeyArn, and the key's policy must let this account use it. AWS says: {}"
)


class OwnAccount:
    """`Account` on AWS.

    Args:
        account: its own id.
        central: the account whose catalogue is taken up.
    """

    def __init__(self, account: str, central: str) -> None:
        self._account, self._central = account, central

    @cached_property
    def _glue(self) -> Any:
        return client("glue")

    @cached_property
    def _lake(self) -> Any:
        return client("lakeformation")

    def invitations(self) -> Sequence[Invitation]:
        """All that the central account has sent, with what pending ones hold."""
        return consumer_invitations.sent_by(self._central)

    def accept(self, invitation: Invitation) -> None:
        """Accept an invitation. One that was answered meanwhile is no error."""
        consumer_invitations.accept(invitation)

    def sees(self, resource: Resource) -> bool:
        """Whether the catalogue shows a database or a table."""
        where = {"CatalogId": self._central}
        if not resource.table:
            return self._answers(lambda: self._glue.get_database(Name=resource.database, **where)) is not None
        named = {"DatabaseName": resource.database, "Name": resource.table}
        return self._answers(lambda: self._glue.get_table(**named, **where)) is not None

    def leads_to(self, link: Link) -> Source | None:
        """Where what has a link's name leads to; `None`: nothing has it. Raises `LinkForeign`."""
        target = self._target_of_table(link) if link.database else self._target_of_database(link)
        if target is None:
            return None
        if target.get("CatalogId") != self._central:
            raise LinkForeign(
                f"{link.in_words} is there already and is no link into account {self._central}. Rename or delete it."
            )
        return Source(str(target["DatabaseName"]), str(target.get("Name") or WHOLE_DATABASE))

    def _target_of_database(self, link: Link) -> Mapping[str, Any] | None:
        answer = self._answers(lambda: self._glue.get_database(Name=link.name), GONE)
        if answer is None:
            return None
        database = answer["Database"]
        # Glue follows a link whose target can be seen, and shows others as they are.
        followed = {"CatalogId": database.get("CatalogId"), "DatabaseName": database["Name"]}
        return database.get("TargetDatabase") or followed

    def _target_of_table(self, link: Link) -> Mapping[str, Any] | None:
        answer = self._answers(lambda: self._glue.get_table(DatabaseName=link.database, Name=link.name))
        if answer is not None:
            table: Mapping[str, Any] = answer["Table"]
            # As of databases: followed, or as it is.
            return table.get("TargetTable") or {key: table.get(key) for key in ("CatalogId", "DatabaseName", "Name")}
        # Of a link whose target cannot be seen Glue shows nothing but in lists.
        found = self._answers(partial(self._listed, link), GONE)
        nowhere: Mapping[str, Any] = {}
        return None if found is None else found.get("TargetTable") or nowhere

    def _listed(self, link: Link) -> Mapping[str, Any] | None:
        tables = every(self._glue.get_tables, "TableList", DatabaseName=link.database)
        return next((each for each in tables if each["Name"] == link.name), None)

    def _answers(self, call: Callable[[], Any], unless: frozenset[str] = _UNSEEN) -> Mapping[str, Any] | None:
        """What Glue answers; `None` if it refuses with one of these codes, for another reason than a key.

        Raises:
            CatalogueKeyNotUsable: Glue decrypts in the name of whoever reads.
        """
        from botocore.exceptions import ClientError

        def readable() -> Any:
            try:
                return call()
            except ClientError as error:
                code, message = code_and_message(error)
                if code == "GlueEncryptionException" or (code in _UNSEEN and is_about_a_key(message)):
                    raise CatalogueKeyNotUsable(_KEY_CURE.format(f"{code}: {message}")) from error
                raise

        return answer_unless(unless, readable, "read the catalogue")

    def make(self, link: Link) -> None:
        """Make a link; one that is there is no error. Raises `LinkNotMade`, `NotAdministrator`."""

        def meaning(code: str, message: str) -> LakeshareError | None:
            return _not_made(link, code, message)

        target = {"CatalogId": self._central, "DatabaseName": link.leads_to.database}
        there = frozenset({"AlreadyExistsException"})
        if link.database:
            table = {"Name": link.name, "TargetTable": {**target, "Name": link.leads_to.table}}
            answer_unless(
                there,
                lambda: self._glue.create_table(DatabaseName=link.database, TableInput=table),
                "make a link",
                meaning,
            )
        else:
            database = {"Name": link.name, "TargetDatabase": target}
            answer_unless(there, lambda: self._glue.create_database(DatabaseInput=database), "make a link", meaning)

    def drop(self, link: Link) -> None:
        """Delete a link; one that is not there is no error."""
        if link.database:
            answer_unless(
                GONE, lambda: self._glue.delete_table(DatabaseName=link.database, Name=link.name), "delete a link"
            )
        else:
            answer_unless(GONE, lambda: self._glue.delete_database(Name=link.name), "delete a link")

    def has_role(self, arn: str) -> bool:
        """Whether there is such a role."""
        return consumer_roles.has_role(arn)

    def reads_as(self, role: str, link: Link, resource: Resource) -> bool:
        """Look through a link as a role; says whether the role lets the kit take it. Raises `NotReadable`."""
        return consumer_roles.reads_as(role, link, resource, self._central)

    def grant(self, role: str, what: Sequence[Resource]) -> Sequence[KitRefusal | TryAgain]:
        """Let a role read at most 20 resources, in one call, without the option to hand that on; says what failed."""
        return self._batch(self._lake.batch_grant_permissions, role, what, _not_granted)

    def revoke(self, role: str, what: Sequence[Resource]) -> Sequence[KitRefusal | TryAgain]:
        """Take that from a role, likewise; what it has not is no error."""
        return self._batch(self._lake.batch_revoke_permissions, role, what, _not_taken_back)

    def _batch(
        self,
        call: Callable[..., Any],
        role: str,
        what: Sequence[Resource],
        meaning: Callable[[str, str, str], KitRefusal | TryAgain | None],
    ) -> Sequence[KitRefusal | TryAgain]:
        from botocore.exceptions import ClientError

        entries = [
            {
                "Id": str(at),
                "Principal": {"DataLakePrincipalIdentifier": role},
                "Resource": as_lake_formation(each, self._central),
                "Permissions": list(each.permissions),
            }
            for at, each in enumerate(what)
        ]
        try:
            with translated("change what roles may read", partial(meaning, role)):
                answer = call(Entries=entries)
        except (KitRefusal, TryAgain) as error:
            found = [error]
        except ClientError:
            # What has no meaning was not there.
            found = []
        else:
            errors = [each.get("Error", {}) for each in answer.get("Failures", [])]
            found = [meaning(role, each.get("ErrorCode", ""), each.get("ErrorMessage", "")) for each in errors]
        return [each for each in found if each is not None]

    def grant_link(self, role: str, link: Link) -> None:
        """Let a role see a link. Raises `NotAdministrator`, `NotGranted`."""
        principal = {"DataLakePrincipalIdentifier": role}

        def meaning(code: str, message: str) -> LakeshareError | None:
            return _not_granted(role, code, message)

        with translated("let a role see a link", meaning):
            self._lake.grant_permissions(Principal=principal, Resource=_of_link(link), Permissions=["DESCRIBE"])

    def hide(self, role: str, link: Link) -> None:
        """Take from a role the sight of a link; a role that has it not is no error. Raises `NotTakenBack`."""
        from botocore.exceptions import ClientError

        principal = {"DataLakePrincipalIdentifier": role}
        # What has no meaning was not there.
        with suppress(ClientError), translated("take from a role the sight of a link", partial(_not_taken_back, role)):
            self._lake.revoke_permissions(Principal=principal, Resource=_of_link(link), Permissions=["DESCRIBE"])

    def readers(self, resource: Resource) -> Set[str]:
        """The principals of whom Lake Formation lists all that a share grants on a resource."""
        return readers(self._lake, resource, self._central)

    def link_readers(self, link: Link) -> Set[str]:
        """The principals that may see a link."""
        entries = list_permissions(self._lake, GONE, Resource=_of_link(link))
        return {
            each["Principal"]["DataLakePrincipalIdentifier"] for each in entries if "DESCRIBE" in each["Permissions"]
        }


def _of_link(link: Link) -> Mapping[str, Any]:
    if link.database:
        return {"Table": {"DatabaseName": link.database, "Name": link.name}}
    return {"Database": {"Name": link.name}}


def _not_made(link: Link, code: str, message: str) -> KitRefusal | None:
    if code == "AccessDeniedException":
        return NotAdministrator(f"{link.in_words} may not be made. {_ADMINISTRATOR} AWS says: {message}")
    if code in GONE or code == "InvalidInputException":
        return LinkNotMade(
            f"Glue does not make {link.in_words} ({code}: {message}). If its database is gone, pulumi up --refresh on "
            "a kit's stack makes it anew."
        )
    return None


def _not_granted(role: str, code: str, message: str) -> KitRefusal | TryAgain | None:
    if code in PASSING:
        return TryAgain(f"Lake Formation was busy ({code}).")
    if code == "AccessDeniedException":
        return NotAdministrator(f"{role} may not be let read what is shared. {_ADMINISTRATOR} AWS says: {message}")
    return NotGranted(f"{role} was not let read what is shared ({code}: {message}).")


def _not_taken_back(role: str, code: str, message: str) -> KitRefusal | TryAgain | None:
    if code in PASSING:
        return TryAgain(f"Lake Formation was busy ({code}).")
    if code in GONE or (code == "InvalidInputException" and any(each in message.lower() for each in _WAS_NOT_THERE)):
        return None
    return NotTakenBack(f"{role} was not taken what is shared no more ({code}: {message}).")
