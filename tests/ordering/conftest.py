"""The shop of tests/billing serves here too."""

from tests.billing.conftest import any_host, ctx, host  # noqa: F401
