"""The provider's fixtures, for all tests here."""

from provider_tests.on_moto import account, endpoint, endpoint_in, moto_url, provider

__all__ = ["account", "endpoint", "endpoint_in", "moto_url", "provider"]
