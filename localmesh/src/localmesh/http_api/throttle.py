"""Throttling of a stage: a token bucket for each route that has settings of its own, and one for all others."""

import threading
import time
from typing import Any

_ACCOUNT_RATE = 10_000.0
_ACCOUNT_BURST = 5_000.0


class Throttles:
    """The buckets of all stages and routes."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}
        self._lock = threading.Lock()

    def allow(self, api_id: str, stage: Any, route_key: str) -> bool:
        """Takes a token, if there is one.

        Settings with only one of the two limits have zero for the other, and refuse everything, as on AWS.
        """
        of_route: dict[str, dict[str, Any]] = stage.route_settings or {}
        bucket = (api_id, route_key if route_key in of_route else "")
        settings: dict[str, Any] = of_route.get(route_key) or stage.default_route_settings or {}
        set_rate, set_burst = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
        if set_rate is None and set_burst is None:
            set_rate, set_burst = _ACCOUNT_RATE, _ACCOUNT_BURST
        rate, burst = float(set_rate or 0), float(set_burst or 0)
        now = time.monotonic()
        with self._lock:
            tokens, then = self._buckets.get(bucket, (burst, now))
            tokens = min(burst, tokens + (now - then) * rate)
            allowed = rate > 0 and tokens >= 1
            self._buckets[bucket] = (tokens - 1 if allowed else tokens, now)
        return allowed
