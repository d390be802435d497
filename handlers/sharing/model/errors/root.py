"""The root of the error tree, and what AWS being out of reach is."""


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
