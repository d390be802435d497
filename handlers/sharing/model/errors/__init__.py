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

from handlers.sharing.model.errors.declined import *
from handlers.sharing.model.errors.faults import *
from handlers.sharing.model.errors.faults import Fault
from handlers.sharing.model.errors.refusals import *
from handlers.sharing.model.errors.refusals import Refused
from handlers.sharing.model.errors.root import *

REFUSALS: dict[str, type[Refused]] = {kind.__name__: kind for kind in Refused.__subclasses__()}
"""Every refusal by the name that a state machine's Catch reports."""

FAULTS: dict[str, type[Fault]] = {kind.__name__: kind for kind in Fault.__subclasses__()}
"""Every named fault by the same kind of name."""
