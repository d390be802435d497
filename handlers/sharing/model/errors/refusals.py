"""Refusals: the request cannot be granted as asked."""

from handlers.sharing.model.errors.root import LakeshareError


class Refused(LakeshareError):
    """The request cannot be granted as asked; the message says who can mend what.

    `field`: the field of the input that it is about (`source.table`); empty where it is about no single one.
    """

    field: str = ""


class InvalidInput(Refused):
    """The input of the execution is not what the contract says."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class UnknownField(Refused):
    """The input has a field that no request has; what it was meant to narrow or redirect must not be dropped."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class InvalidTarget(Refused):
    """The target is not an account id of twelve digits."""

    field = "target.account_id"


class TargetIsCentral(Refused):
    """The target is the central account itself."""

    field = "target.account_id"


class ConsumerNotAllowed(Refused):
    """The stack lists its consumer accounts, and the target is not among them."""

    field = "target.account_id"


class RolesWithoutKit(Refused):
    """Roles are to read what is shared, and their account has no kit that would let them."""

    field = "target.roles"


class EndDatePassed(Refused):
    """The day on which what is asked for would end is over: when it is asked for, or once it comes to granting."""

    field = "until"


class EndTooLate(Refused):
    """What is asked for would end later than the stack or the owner's entry in it lets anything end."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class AlreadyAsked(Refused):
    """Somebody whom nobody verified asks for the same data and account already, and one such request may wait."""


class NotRenewable(Refused):
    """What a request is to renew is no share of the same data and account, or has ended: it waits for no renewal."""

    field = "renews"


class OnHold(Refused):
    """Somebody has put a hold on the consumer, the owner or the data: nothing is shared until it is lifted."""


class DirectRequestsRefused(Refused):
    """Nobody verified who asks, and the stack's config (`directRequests`) does not let such a request go on."""


class DuplicateRequest(Refused):
    """A request of this name exists already; it is never overwritten."""


class RequestClosed(Refused):
    """The request has ended; a redriven execution cannot open it again."""


# --- The catalogue ------------------------------------------------------------------------------------------------


class DatabaseNotFound(Refused):
    """No such database, or Lake Formation hides it from Lakeshare."""


class TableNotFound(Refused):
    """No such table, or Lake Formation hides it from Lakeshare."""


class NothingToShare(Refused):
    """The database has no table that Lakeshare can see."""


class ResourceLink(Refused):
    """A resource link, or what it leads to, cannot be shared on."""


class CatalogueUnreadable(Refused):
    """An entry of the catalogue lacks what every entry has, so nothing can be decided on it."""


class CatalogueKeyUnavailable(Refused):
    """The catalogue is encrypted with a key that Lakeshare may not use."""


class CatalogueKeepsChanging(Refused):
    """What would be shared changed while each of three approvals waited."""


# --- A part of a table --------------------------------------------------------------------------------------------


class SafeNotOffered(Refused):
    """The owner of the data does not offer its safe subset (config `safeSubset`)."""

    field = "scope"


class NothingSafe(Refused):
    """No column can be told to be safe: something asks about the table as a whole, or about each of them."""

    field = "scope"


class PartitionKeyFlagged(Refused):
    """A partition key is flagged; Lake Formation cannot leave partition keys out."""

    field = "scope"


class UnknownColumn(Refused):
    """The table has no column of this name, or its columns cannot be read."""

    field = "columns"


class TooManyColumns(Refused):
    """More columns, or longer names of them, than can be listed one by one."""

    field = "columns"


class UnknownFilter(Refused):
    """The table has no row filter of this name, or one that cannot be read."""

    field = "filter"


class FilterRefused(Refused):
    """Lake Formation does not take the row filter or the columns, or makes no filters on such a table (a view)."""


class AlreadyWider(Refused):
    """A live share of the account covers the whole table already."""


class FilterLimitReached(Refused):
    """The account has as many filters on the table as Lake Formation lets it have."""


# --- Who answers for the data -------------------------------------------------------------------------------------


class OwnerMissing(Refused):
    """Neither table nor database names a data owner."""


class OwnerMalformed(Refused):
    """The data owner is not an account id of twelve digits."""


class OwnerNotRegistered(Refused):
    """The data owner is not among the producers that this stack knows."""


class OwnerNotOfDatabase(Refused):
    """The data owner is registered, but not for this database."""


class OwnersMixed(Refused):
    """The tables of the database name different owners, so nobody can answer for all of it."""


class NoApprovers(Refused):
    """The owner's topic has no confirmed email subscriber: nobody would ever see the request."""


class RequesterIsApprover(Refused):
    """Whoever asks is among the owner's approvers, and a typed address cannot tell them from their colleagues."""


class NoOtherApprover(Refused):
    """Whoever asks is the owner's only approver."""


class CannotListApprovers(Refused):
    """The owner's subscribers could not be listed, so no typed address could be checked."""


class CannotReachProducer(Refused):
    """The owner's role could not be assumed, or its topic not be published to."""


# --- The grant ----------------------------------------------------------------------------------------------------


class TooManyTables(Refused):
    """More tables by name than AWS RAM shares below cross-account version 5."""


class OpenToIamPrincipals(Refused):
    """The table still belongs to IAMAllowedPrincipals and cannot be shared with another account."""


class OrganizationForbids(Refused):
    """A rule of the AWS organization keeps the account from being shared with, or sharing within it is not enabled."""


class ShareLimitReached(Refused):
    """A quota of AWS RAM or Lake Formation is used up."""
