"""What the requests API declines: nothing comes of what it was asked."""

from handlers.sharing.model.errors.root import LakeshareError


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
