"""What the provider refuses, in words for the person who runs the program."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError


class ProviderError(Exception):
    """A resource or an invoke could not be done; the text says what was expected and what came."""


class CheckFailedError(ProviderError):
    """The inputs of a resource are not what its type takes.

    Attributes:
        failures: Pairs of property and reason, all of them at once.
    """

    def __init__(self, token: str, failures: tuple[tuple[str, str], ...]) -> None:
        super().__init__(f"{token}: " + "; ".join(reason for _, reason in failures))
        self.failures = failures


def in_words(error: ClientError | BotoCoreError) -> str:
    """Put an answer of AWS the way its own tools print it: the call, the code, the message."""
    if isinstance(error, ClientError):
        found = error.response.get("Error", {})
        return f"{error.operation_name}: {found.get('Code', 'Unknown')}: {found.get('Message', str(error))}"
    return str(error)


def code_of(error: ClientError) -> str:
    """Give the error code that AWS answered with."""
    return error.response.get("Error", {}).get("Code", "")
