"""The provider on a plain moto: each resource type, and the rules that hold for all."""

import pytest

pytest.register_assert_rewrite("provider_tests.cases", "provider_tests.people", "provider_tests.site_world")
