"""Throttling of a stage: a token bucket, as its default route settings say."""

import threading
import time
from typing import Any

_ACCOUNT_RATE = 10_000.0
_ACCOUNT_BURST = 5_000.0


class Throttles:
    """The buckets of all stages."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def allow(self, api_id: str, stage: Any) -> bool:
        """Takes a token, if there is one.

        A stage that sets only one of the two limits has zero for the other, and refuses everything, as on AWS.
        """
        settings: dict[str, Any] = stage.default_route_settings or {}
        set_rate, set_burst = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
        if set_rate is None and set_burst is None:
            set_rate, set_burst = _ACCOUNT_RATE, _ACCOUNT_BURST
        rate, burst = float(set_rate or 0), float(set_burst or 0)
        now = time.monotonic()
        with self._lock:
            tokens, then = self._buckets.get(api_id, (burst, now))
            tokens = min(burst, tokens + (now - then) * rate)
            allowed = rate > 0 and tokens >= 1
            self._buckets[api_id] = (tokens - 1 if allowed else tokens, now)
        return allowed
