"""Fixtures of the mesh's own tests: a plain moto, and accounts on it."""

from provider_tests.on_moto import account, endpoint, endpoint_in, moto_url

__all__ = ["account", "endpoint", "endpoint_in", "moto_url"]
