"""What somebody is, as the API shows it to themselves. Schema, with an example: docs/openapi.yaml."""

from collections.abc import Collection, Iterable
from typing import Any

from handlers.sharing.model.access import Standing
from handlers.sharing.model.parties import Producer
from handlers.sharing.model.person import Person


def me(
    person: Person, email: str | None, standing: Standing, producers: Iterable[Producer], kits: Collection[str] = ()
) -> dict[str, Any]:
    """What the portal's pages go by: what there is for them to see and to do.

    Args:
        person: who looks.
        email: their verified address, if they have one.
        standing: what they are, of all producers.
        producers: all producers.
        kits: all accounts that have a kit. They are told of those that they ask for, and of nothing where none has one.
    """
    return {
        "username": person.username,
        "email": email,
        "accounts": None if standing.accounts is None else sorted(standing.accounts),
        "auditor": standing.auditor,
        "operator": standing.operator,
        "owner_of": [
            {"account_id": each.account_id, "name": each.name, "decisions": each.decisions.value}
            for each in sorted(producers, key=lambda each: (each.name or "", each.account_id))
            if each.account_id in standing.approves
        ],
        **(
            {"kits": sorted(each for each in kits if standing.accounts is None or each in standing.accounts)}
            if kits
            else {}
        ),
    }
