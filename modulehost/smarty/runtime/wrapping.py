"""Breaking text into lines: PHP's wordwrap() and the engine's own, which counts characters."""

from __future__ import annotations

import re

from ..errors import PhpError


def wordwrap(text: str, width: int, mark: str, cut: bool) -> str:
    """wordwrap(), on bytes: breaks at blanks only, `mark` in the text starts a new line."""
    if not mark:
        raise PhpError("wordwrap(): Argument #3 ($break) cannot be empty")
    if width == 0 and cut:
        raise PhpError("wordwrap(): Argument #4 ($cut_long_words) cannot be true when argument #2 ($width) is 0")
    data, sign = text.encode("utf-8", "surrogateescape"), mark.encode("utf-8", "surrogateescape")
    out = bytearray()
    start = space = at = 0
    while at < len(data):
        if data.startswith(sign, at):
            at += len(sign)
            out += data[start:at]
            start = space = at
            continue
        if data[at] == 32:
            if at - start >= width:
                out += data[start:at] + sign
                start = at + 1
            space = at
        elif at - start >= width and cut and start >= space:
            out += data[start:at] + sign
            start = space = at
        elif at - start >= width and start < space:
            out += data[start:space] + sign
            start = space = space + 1
        at += 1
    out += data[start:]
    return out.decode("utf-8", "surrogateescape")


def mb_wordwrap(text: str, width: int, mark: str, cut: bool) -> str:
    """The wordwrap modifier and {textformat}: any white space may give way to a break."""
    out = ""
    length = 0
    after_space = False
    for word in re.findall(r"\s|\S+", text):
        pieces = [word]
        if cut and len(word) > width > 0:
            pieces = [word[at : at + width] for at in range(0, len(word), width)]
        for piece in pieces:
            space = piece.isspace()
            length += len(piece)
            if length > width:
                if after_space:
                    out = out[:-1]
                if not space:
                    if out:
                        out += mark
                    length = len(piece)
            elif piece == "\n":
                length = 0
            after_space = space
            out += piece
    return out
