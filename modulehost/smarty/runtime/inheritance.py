"""Which block of a chain of templates is printed where."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .instance import Instance, Vars
    from .page import Page


class OpenBlock:
    """A {block} met while running; `level` is the number of the template in the chain, children first."""

    __slots__ = ("append", "body", "calls_child", "child", "hide", "level", "name", "parent", "prepend")

    def __init__(self, name: str, body: Callable[..., None], flags: tuple[str, ...], level: int) -> None:
        self.name = name
        self.body = body
        self.level = level
        self.append = "append" in flags
        self.prepend = "prepend" in flags
        self.hide = "hide" in flags
        self.calls_child = "calls_child" in flags
        self.child: OpenBlock | None = None
        self.parent: OpenBlock | None = None


class Inheritance:
    """The chain of one page or of one included child template."""

    def __init__(self) -> None:
        self.blocks: dict[str, OpenBlock] = {}
        self.collecting = False
        self.rendering = False
        self.level = 0

    def begin(self, child: bool) -> None:
        self.level += 1
        if child:
            self.collecting = True
        elif not self.collecting:
            self.rendering = True

    def end_child(self) -> None:
        self.collecting = False

    def block(self, block: OpenBlock, page: Page, out: list[str], t: Instance, v: Vars) -> None:
        """A {block} tag is reached: kept for later in a child, printed (or its override) in a root template."""
        block.child = self.blocks.get(block.name)
        if self.collecting:
            self.blocks[block.name] = block
            return
        while block.child and block.child.child and block.level <= block.child.level:
            block.child = block.child.child
        self.process(block, None, page, out, t, v)

    def process(
        self, block: OpenBlock, parent: OpenBlock | None, page: Page, out: list[str], t: Instance, v: Vars
    ) -> None:
        if block.hide and block.child is None:
            return
        if block.child is not None and block.child.hide and block.child.child is None:
            block.child = None
        block.parent = parent
        run: tuple[Any, ...] = (page, t, v, out)
        if block.append and parent is not None:
            parent.body(*run, parent)
        if block.calls_child or block.child is None:
            block.body(*run, block)
        else:
            self.process(block.child, block, page, out, t, v)
        if block.prepend and parent is not None:
            parent.body(*run, parent)
        block.parent = None
