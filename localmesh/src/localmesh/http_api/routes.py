"""Which route of an HTTP API a request takes: the most specific one, as API Gateway chooses."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

_VARIABLE = re.compile(r"\{([^}+]+)(\+?)\}")


def choose(routes: Iterable[Any], method: str, path: str) -> tuple[Any, dict[str, str]] | None:
    """The route for a request.

    Args:
        routes: as moto holds them.
        method: of the request.
        path: of the request, percent-encoded.

    Returns:
        The route and what its variables stand for; None if there is none, not even ``$default``.
    """
    best: tuple[tuple[int, int, int], Any, dict[str, str]] | None = None
    default: Any = None
    for route in routes:
        if route.route_key == "$default":
            default = route
            continue
        wanted, _, pattern = route.route_key.partition(" ")
        match = _regex(pattern).fullmatch(path)
        if match is None or wanted not in {method, "ANY"}:
            continue
        variables = {name: unquote(value) for name, value in match.groupdict().items()}
        rank = (-int("+}" in pattern), -len(variables), int(wanted == method))
        if best is None or rank > best[0]:
            best = (rank, route, variables)
    if best is not None:
        return best[1], best[2]
    return (default, {}) if default is not None else None


def _regex(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    end = 0
    for variable in _VARIABLE.finditer(pattern):
        parts.append(re.escape(pattern[end : variable.start()]))
        parts.append(f"(?P<{variable[1]}>{'.+' if variable[2] else '[^/]+'})")
        end = variable.end()
    return re.compile("".join(parts) + re.escape(pattern[end:]))
