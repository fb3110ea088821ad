"""What tests share: rows, processes, browsers, mail."""

import pytest

# So that an assert in here tells what it compared.
pytest.register_assert_rewrite(
    "tests.faults.verdicts", *(f"{__name__}.{part}" for part in ("browser", "mailbox", "product"))
)
