"""An `aws` provider for Pulumi whose AWS is moto: for each resource type the program uses, what AWS does with it.

Two doors lead in: `mocks` (Pulumi's own test interface, in one process with the program) and `server` (the provider
protocol, for the real engine). A type, a property or an invoke that is not known is an error, never skipped.
"""

from localmesh.provider.connection import Endpoint
from localmesh.provider.errors import CheckFailedError, ProviderError
from localmesh.provider.provider import AwsProvider

__all__ = ["AwsProvider", "CheckFailedError", "Endpoint", "ProviderError"]
