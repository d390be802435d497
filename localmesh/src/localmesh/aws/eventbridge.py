"""EventBridge: events reach functions.

moto answers 500 for a function as a target, ignores `Input` and `InputPath`, delivers to disabled rules, takes any text
for a schedule, and never runs one. Delivery itself is in `localmesh.events`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from localmesh import schedules
from localmesh.aws import moto

Send = Callable[[Any, Mapping[str, Any], Mapping[str, Any]], None]
"""Takes a rule, one of its targets and the event."""


def install(send: Send) -> None:
    """Corrects moto.

    Args:
        send: delivers an event to a function.
    """
    models = moto.module("moto.events.models")
    refused = moto.module("moto.events.exceptions").ValidationException

    @moto.correct(models.EventsBackend, "put_rule")
    def _put_rule(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        if expression := kwargs.get("scheduled_expression"):
            try:
                schedules.parse(expression)
            except schedules.ScheduleError as wrong:
                raise refused(f"Parameter ScheduleExpression is not valid. {wrong}") from None
        return original(self, *args, **kwargs)

    @moto.correct(models.Rule, "send_to_targets")
    def _send(original: Any, self: Any, event: Any, *args: Any, **kwargs: Any) -> None:
        if self.state == "DISABLED" or not self.event_pattern.get_pattern():
            return  # a schedule takes no events
        if not self.event_pattern.matches_event(event):
            return
        functions = [target for target in self.targets if ":lambda:" in target["Arn"]]
        for target in functions:
            send(self, target, event)
        others = [target for target in self.targets if target not in functions]
        if others:
            kept, self.targets = self.targets, others
            try:
                original(self, event, *args, **kwargs)
            finally:
                self.targets = kept
