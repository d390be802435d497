"""Why the kit does not carry out an order, or not all of it. The reason of each is the name of its class.

What passes by itself is a `TryAgain`, as everywhere; whoever sent the order sends it again.
"""

from handlers.sharing.model.errors import LakeshareError


class KitRefusal(LakeshareError):
    """Something of an order was not done; the message says who can mend what."""


class OrderMalformed(KitRefusal):
    """It is no order, or of another version."""


class StrangeSender(KitRefusal):
    """It says that it comes from another central account."""


class DatabaseNotAllowed(KitRefusal):
    """The account does not take up this database."""


class RoleNotAllowed(KitRefusal):
    """The account does not let this role read what is shared."""


class RoleNotThere(KitRefusal):
    """There is no such role."""


class StrangeInvitation(KitRefusal):
    """An invitation of the central account holds something else than tables and databases of its catalogue."""


class InvitationExpired(KitRefusal):
    """An invitation ran out before somebody accepted it, and does not come again for what is granted already."""


class InvitationRejected(KitRefusal):
    """Somebody in the account has rejected an invitation."""


class NotArrived(KitRefusal):
    """What was shared cannot be seen in the account."""


class CatalogueKeyNotUsable(KitRefusal):
    """The central account's catalogue is encrypted with a key that the kit may not use."""


class LinkForeign(KitRefusal):
    """Where the link would be there is something else."""


class LinkNameTooLong(KitRefusal):
    """The link's name would be longer than Glue takes."""


class LinkNotMade(KitRefusal):
    """Glue does not make the link."""


class NotAdministrator(KitRefusal):
    """The kit's role is no data lake administrator of its account, and so can hand nothing on."""


class NotGranted(KitRefusal):
    """Lake Formation did not let a role read something."""


class NotReadable(KitRefusal):
    """A role was let read something, and yet does not see it through the link."""


class NotTakenBack(KitRefusal):
    """Lake Formation did not take from a role what it was granted."""
