"""A mesh with nothing deployed: what it corrects in moto, and what it has besides."""

import pytest

pytest.register_assert_rewrite("mesh_tests.harness")
