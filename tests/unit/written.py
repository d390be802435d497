"""What a test leaves behind, as a snapshot shows it: a line for each thing."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from tests.fakes.findings import MemoryFindings
from tests.fakes.world import World


def written(value: Any) -> str:
    """A value in a line; of a dataclass each field that is not as it is by default."""
    if is_dataclass(value) and not isinstance(value, type):
        told = ((each.name, getattr(value, each.name)) for each in fields(value) if _is_told(value, each))
        return f"{type(value).__name__}({', '.join(f'{name}: {written(each)}' for name, each in told)})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {written(each)}' for key, each in value.items())}}}"
    if isinstance(value, AbstractSet):
        return f"{{{', '.join(sorted(map(str, value)))}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(written, value))}]"
    return str(value)


def _is_told(value: Any, field: Field[Any]) -> bool:
    return field.default is MISSING or getattr(value, field.name) != field.default


def all_written(world: World, findings: MemoryFindings | None = None) -> dict[str, list[str]]:
    """Shares, holds and findings, the requests that came of them, the runs that were started, and what was told."""
    ledger, started = world.ledger, world.workflow.started
    found = {
        "shares": ledger.shares,
        "names": {share: names for share, names in ledger.covered.items() if names},
        "requests": world.register.records,
        "holds": {
            hold: {"stands": hold in ledger.holds, "owners": ledger.owners[hold], "history": history}
            for hold, history in ledger.of_holds.items()
        },
        "findings": {} if findings is None else findings.findings,
        "runs": world.revokes.runs,
        "runs of holds": world.revokes.holds,
        "executions": {
            name: [asked, world.workflow.terms[name], world.workflow.renews[name]] for name, asked in started.items()
        },
        "told of shares": world.events.of_shares,
        "told of findings": world.events.of_findings,
        "told of holds": world.events.of_holds,
    }
    return {name: lines(each) for name, each in found.items() if each}


def lines(things: Mapping[Any, Any] | Sequence[Any]) -> list[str]:
    """A line for each."""
    if isinstance(things, Mapping):
        return [f"{name}: {written(each)}" for name, each in things.items()]
    return [written(each) for each in things]
