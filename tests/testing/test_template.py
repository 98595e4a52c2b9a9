"""The folder that hosts for tests are copied from."""

from pathlib import Path


def test_nothing_in_it_goes_away_while_it_is_copied(template_root: Path) -> None:
    assert (template_root / "modulehost.db").stat().st_size > 0
    assert [file.name for file in template_root.iterdir() if file.name.endswith(("-wal", "-shm"))] == []
