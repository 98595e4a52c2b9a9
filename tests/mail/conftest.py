"""The host of tests/accounts serves here too."""

from tests.accounts.conftest import any_ctx, ctx, host, quick_hashes  # noqa: F401
