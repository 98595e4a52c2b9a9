"""PHP as tokens: enough to tell names, literals and brackets from strings and comments. Source: the public PHP manual."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    """kind: name, variable, text (a literal without variables), string (one with variables), number, sign.

    `value` is the name, the text, or the sign itself.
    """

    kind: str
    value: str
    line: int


class Unreadable(ValueError):
    """The text ends inside something, or cannot be PHP."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


_OPEN = re.compile(r"<\?(?:php(?=\s|$)|=)", re.I)
_BLANK = re.compile(r"\s+")
_VARIABLE = re.compile(r"\$+[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*")
_NAME = re.compile(
    r"\\?[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*(?:\\[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)*"
)
_NUMBER = re.compile(r"0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?")
_HEREDOC = re.compile(r"<<<[ \t]*(?:'([A-Za-z_]\w*)'|\"([A-Za-z_]\w*)\"|([A-Za-z_]\w*))\r?\n")
_LINE_COMMENT = re.compile(r"(?://|#(?!\[))[^\r\n]*?(?=\?>|\r|\n|\Z)")
_SIGN = re.compile(r"\?->|\.\.\.|=>|->|::|===|!==|==|!=|<=>|<=|>=|\?\?=|\?\?|&&|\|\||\+\+|--|[-+*/.%&|^]=|#\[|.", re.S)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "v": "\v", "e": "\x1b", "f": "\f", "\\": "\\", "$": "$", '"': '"'}


def tokens(text: str) -> list[Token]:
    """The tokens of a PHP file; text outside of `<?php ... ?>` counts as a `;`. Raises Unreadable."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1
        self.found: list[Token] = []

    def run(self) -> list[Token]:
        while (opening := _OPEN.search(self.text, self.at)) is not None:
            self._to(opening.end())
            self._put("sign", ";")
            if not self._code():
                break
        return self.found

    def _to(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def _put(self, kind: str, value: str) -> None:
        self.found.append(Token(kind, value, self.line))

    def _code(self) -> bool:
        """Up to the closing tag; False when nothing may follow."""
        text = self.text
        while self.at < len(text):
            here, two = text[self.at], text[self.at : self.at + 2]
            if two == "?>":
                self._put("sign", ";")
                self._to(self.at + 2)
                return True
            if here.isspace():
                self._take(_BLANK)
            elif two == "/*":
                self._comment()
            elif two == "//" or (here == "#" and two != "#["):
                self._take(_LINE_COMMENT)
            elif here in "'\"`":
                self._string(here)
            elif two == "<<" and (match := _HEREDOC.match(text, self.at)):
                self._heredoc(match)
            elif match := _VARIABLE.match(text, self.at):
                self._match("variable", match)
            elif match := _NAME.match(text, self.at):
                self._match("name", match)
                if match[0].lower() == "__halt_compiler":
                    return False
            elif (here.isdigit() or (here == "." and two[1:].isdigit())) and (match := _NUMBER.match(text, self.at)):
                self._match("number", match)
            else:
                found = _SIGN.match(text, self.at)
                assert found is not None
                self._match("sign", found)
        return False

    def _take(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        assert found is not None
        self._to(found.end())

    def _match(self, kind: str, match: re.Match[str]) -> None:
        self._put(kind, match[0])
        self._to(match.end())

    def _comment(self) -> None:
        end = self.text.find("*/", self.at + 2)
        if end < 0:
            raise Unreadable("a comment that begins here with /* has no end", self.line)
        self._to(end + 2)

    def _string(self, quote: str) -> None:
        start = self.line
        end, plain, dynamic = self._quoted(self.at, quote)
        self._put("string" if dynamic or quote == "`" else "text", plain)
        self.line = start
        self._to(end)

    def _quoted(self, at: int, quote: str) -> tuple[int, str, bool]:
        """(end, text, whether it holds variables) of the string that begins at `at`."""
        text, begin = self.text, at
        at += 1
        plain: list[str] = []
        dynamic = False
        while at < len(text):
            sign = text[at]
            if sign == "\\" and at + 1 < len(text):
                after = text[at + 1]
                if quote == "'":
                    plain.append(after if after in "'\\" else sign + after)
                else:
                    plain.append(_ESCAPES.get(after, after if after == quote else sign + after))
                at += 2
            elif sign == quote:
                return at + 1, "".join(plain), dynamic
            elif quote != "'" and (text.startswith("{$", at) or text.startswith("${", at)):
                dynamic = True
                at = self._braces(at + (0 if sign == "{" else 1))
            else:
                dynamic = dynamic or (quote != "'" and _VARIABLE.match(text, at) is not None)
                plain.append(sign)
                at += 1
        raise Unreadable(f"a string that begins here with {quote} has no end", self._line_of(begin))

    def _braces(self, at: int) -> int:
        """Where the `{...}` that begins at `at` inside a string ends; strings in it may hold quotes and braces."""
        text, begin, depth = self.text, at, 0
        while at < len(text):
            sign = text[at]
            if sign in "'\"":
                at = self._quoted(at, sign)[0]
                continue
            depth += (sign == "{") - (sign == "}")
            at += 1
            if depth == 0:
                return at
        raise Unreadable("a { inside a string has no }", self._line_of(begin))

    def _heredoc(self, match: re.Match[str]) -> None:
        name = match[1] or match[2] or match[3]
        closing = re.compile(rf"^[ \t]*{name}\b", re.M)
        at = match.end()
        while (end := closing.search(self.text, at)) is not None and self._inside_braces(match, end.start()):
            at = end.end()
        if end is None:
            raise Unreadable(f"the heredoc <<<{name} that begins here has no line with {name}", self.line)
        body = self.text[match.end() : end.start()]
        dynamic = match[1] is None and (_VARIABLE.search(body) is not None)
        self._put("string" if dynamic else "text", body.removesuffix("\n").removesuffix("\r"))
        self._to(end.end())

    def _inside_braces(self, match: re.Match[str], end: int) -> bool:
        """Whether the place is inside a `{$...}` of a heredoc, where its name may stand as a key."""
        if match[1] is not None:
            return False
        at = self.text.find("{$", match.end(), end)
        while at >= 0:
            close = self._braces(at)
            if close > end:
                return True
            at = self.text.find("{$", close, end)
        return False

    def _line_of(self, at: int) -> int:
        return self.line + self.text.count("\n", self.at, at)
