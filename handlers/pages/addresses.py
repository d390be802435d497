"""Where a decision is made: the links of a mail, and the page of the portal."""

from urllib.parse import quote, urlencode


def by_link(api_url: str, action: str, request_id: str, key: str) -> str:
    """Where a mail's key decides; the path is part of the contract."""
    return f"{api_url}/workflow/update-state?" + urlencode({"action": action, "request": request_id, "key": key})


def in_portal(portal_url: str, request_id: str) -> str:
    """Where somebody decides who is signed in. It tells nobody anything."""
    return f"{portal_url}/decisions/{quote(request_id, safe='')}"
