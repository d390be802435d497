"""Faults: something that should have worked did not."""

from handlers.sharing.model.errors.root import LakeshareError


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
