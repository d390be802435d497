"""What it takes to find out what somebody is who is signed in, from the function's environment."""

from dataclasses import dataclass

from handlers.aws.cognito import UserPool
from handlers.aws.environment import environment
from handlers.aws.notifying import NotifyFunction
from handlers.sharing.approvers import Standings
from handlers.sharing.model.access import Groups
from handlers.sharing.model.parties import Parties


@dataclass(frozen=True, slots=True)
class PeopleEnvironment:
    """Settings of the functions behind the portal; a group's name is empty where there is no such group."""

    user_pool_id: str
    trust_federated_email: bool
    binds_accounts: bool
    notify_function: str
    auditors_group: str = ""
    operators_group: str = ""


def user_pool() -> UserPool:
    """The pool of those who may sign in."""
    settings = environment(PeopleEnvironment)
    return UserPool(settings.user_pool_id, trust_federated_email=settings.trust_federated_email)


def standings(parties: Parties) -> Standings:
    """Finds out what people are in this stack, whose producers these are."""
    settings = environment(PeopleEnvironment)
    return Standings(
        Groups(settings.auditors_group, settings.operators_group, settings.binds_accounts),
        parties,
        user_pool(),
        NotifyFunction(settings.notify_function),
    )
