"""What tests share: rows, processes, browsers, mail."""

import pytest

# So that an assert in here tells what it compared.
pytest.register_assert_rewrite("tests.support")
