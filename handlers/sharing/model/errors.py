"""The one error tree: how a request can end other than well, and what a person can do about it.

Four kinds:

- `Refused`: the request cannot be granted as asked. A named reason; the execution succeeds with status REFUSED.
- `Fault`: something that should have worked did not. The execution fails; an operator hears of it.
- `TryAgain`: AWS was out of reach or busy beyond what the client's own retries cover. The state machine retries.
- `Declined`: the requests API does not do what it was asked; nothing came of it. The caller hears why.

The reason of an error is the name of its class. The state machine names `TryAgain`, and the refusals that can
happen where a task's answer is not read (`RequestClosed`), or that end its wait (`NoApprovers`, `RequesterIsApprover`,
`NoOtherApprover`, `CannotListApprovers`, `CannotReachProducer`, `OwnerNotRegistered`).
"""


class LakeshareError(Exception):
    """Root of all errors that Lakeshare raises on purpose. `str(error)` is written for people.

    `try_again_after`: the seconds after which the same may well succeed; `None` where waiting does not mend it.
    """

    try_again_after: int | None = None

    @property
    def reason(self) -> str:
        """The named reason, as register, events and outputs carry it."""
        return type(self).__name__


class TryAgain(LakeshareError):
    """AWS did not answer, or asked us to slow down, for longer than one invocation waits."""

    try_again_after = 5


class DecisionNotKnown(TryAgain):
    """A decision was passed on, and nothing says whether it counts: no answer, no register. Posting again is safe."""


class ApproversUnknown(TryAgain):
    """A producer's account did not say who its approvers are, and what somebody may do depends on it."""

    try_again_after = 60


class KitMayBeAtWork(TryAgain):
    """A consumer's kit was told, and nothing says what became of it: it may be at work still."""


class SearchNotReady(TryAgain):
    """There is no index of the catalogue yet that this release can read; the next one is made within half an hour."""

    try_again_after = 60


# --- Refused: bad input -------------------------------------------------------------------------------------------


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


# --- Refused: the catalogue ---------------------------------------------------------------------------------------


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


# --- Refused: a part of a table --------------------------------------------------------------------------------------


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


# --- Refused: who answers for the data ----------------------------------------------------------------------------


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


# --- Refused: the grant -------------------------------------------------------------------------------------------


class TooManyTables(Refused):
    """More tables by name than AWS RAM shares below cross-account version 5."""


class OpenToIamPrincipals(Refused):
    """The table still belongs to IAMAllowedPrincipals and cannot be shared with another account."""


class OrganizationForbids(Refused):
    """A rule of the AWS organization keeps the account from being shared with, or sharing within it is not enabled."""


class ShareLimitReached(Refused):
    """A quota of AWS RAM or Lake Formation is used up."""


# --- Fault --------------------------------------------------------------------------------------------------------


class Fault(LakeshareError):
    """Something failed that should work; an operator has to look."""


class AccessRefused(Fault):
    """AWS denied one of Lakeshare's own roles an action that it needs."""


class GlueAccessMissing(Fault):
    """Lake Formation could not reach the entry through Glue: a right of Lakeshare's role, or the catalogue's policy."""


class GrantRefused(Fault):
    """Lake Formation denied the grant: no grant option, or a table still open to IAM principals."""


class FilterForeign(Fault):
    """A data cells filter bears the name that Lakeshare gives one, and has another body: somebody else changed it."""


class RevokeRefused(Fault):
    """Lake Formation did not revoke what a share granted, for a cause that nobody foresaw."""


class DecisionMismatch(Fault):
    """The approval that arrived does not belong to this request and fingerprint, so it grants nothing."""


class RegisterUnreadable(Fault):
    """The register has no item for a running request, or register or vault have one that cannot be read."""


class SurveyIncomplete(Fault):
    """A survey of the catalogue did not come to its end; the next call goes on, or begins anew."""


class IndexIncomplete(Fault):
    """Time ran short for an index of the catalogue; search goes on with the one before."""


class CloseFailed(Fault):
    """Close was called for a request whose execution is over, and failed; it is called again with the next sweep."""


class RevokeIncomplete(Fault):
    """Some shares could not be taken back, and all others of the same wish are; Sweep has them tried again."""


class NotReadOnlyAdministrator(Fault):
    """Drift's role does not see all grants, and what it does not see would look as if it were not there."""


class DriftIncomplete(Fault):
    """Not all could be compared; what could be is noted, and what is named was left as it was."""


class SweepIncomplete(Fault):
    """Sweep could not see to some requests, and has seen to all others; it tries them again each time it runs."""


class DeliveryIncomplete(Fault):
    """Deliver could not see to some deliveries, and has seen to all others; it tries them again each time it runs."""


# --- Declined -----------------------------------------------------------------------------------------------------


class Declined(LakeshareError):
    """The requests API does not do what it was asked, and nothing came of it."""


class SignInEnded(Declined):
    """The token is genuine, but not one to call this API with, or its user is gone or disabled."""


class EmailNotVerified(Declined):
    """The caller's mail address is not verified, so the owner of the data could not know who asks."""


class NotAllowed(Declined):
    """The caller may know of it and not do it; the message says who may."""


class AuditorsOnly(NotAllowed):
    """Lists over everybody's requests are for those who watch: the auditors' group and the operators'."""


class AccountNotYours(NotAllowed):
    """The stack binds people to accounts, and the caller is not bound to the one that they ask for."""


class DecidedBefore(Declined):
    """Somebody has decided on the request, and the first decision counts."""


class NotWaiting(Declined):
    """The request waits for no decision: it has ended, or is being worked on."""


class LookAgain(Declined):
    """The data changed after what the caller saw of the request, and a decision is on what its maker saw."""


class UnknownRequest(Declined):
    """There is no such request, or it is somebody else's: the answer does not tell which."""


class UnknownShare(Declined):
    """There is no such share, or it is somebody else's: the answer does not tell which."""


class UnknownHold(Declined):
    """There is no such hold, and never was."""


class ShareNotActive(Declined):
    """A share is being granted still, and cannot be given back or delivered before that is done."""

    try_again_after = 60


class NothingToDeliver(Declined):
    """A share has ended, or its account has nothing that would take it up."""


class UnknownFinding(Declined):
    """There is no such finding, or it is not for the person to see; the answer does not tell which."""


class FindingChanged(Declined):
    """The finding is not what the person saw any more, or has been settled."""


class NotForLakeshare(Declined):
    """A finding of this kind cannot be settled in this way."""


class UnknownExecution(Declined):
    """There is no execution of that name (any more): Step Functions forgets them after 90 days."""


class TokenReused(Declined):
    """The client token has been used for another request."""


class TooManyOpenRequests(Declined):
    """One person has as many open requests as one may."""

    try_again_after = 600


class TooManyRequests(Declined):
    """One person asks for more within an hour than owners of data should get mails."""

    try_again_after = 600


class TooManyPreviews(Declined):
    """One person looks more often within a minute at what would become of a request than the catalogue is read for."""

    try_again_after = 60


REFUSALS: dict[str, type[Refused]] = {kind.__name__: kind for kind in Refused.__subclasses__()}
"""Every refusal by the name that a state machine's Catch reports."""

FAULTS: dict[str, type[Fault]] = {kind.__name__: kind for kind in Fault.__subclasses__()}
"""Every named fault by the same kind of name."""
