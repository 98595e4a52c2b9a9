from collections.abc import Callable
from pathlib import Path

import pytest

from modulehost.context import Ctx
from tests.security import world


@pytest.fixture
def doors(ctx: Ctx, write_module: Callable[..., Path]) -> world.Doors:
    """A host with something of everything, named as spitefully as the forms allow; returns the addresses of its pages."""
    folder = write_module("spite", world.MODULE)
    (folder / "overview.tpl").write_text(world.OVERVIEW)
    return world.furnish(ctx)
