"""Fonts for printed invoices: which files there are, and which of them a text needs.

First come files of the host's own (`<root>/fonts/*.ttf`, `*.otf`), then Noto fonts out of the packages that modulehost requires
(Latin, Greek, Cyrillic and currency signs; Devanagari), and, when it is installed, Noto Sans CJK (extra `cjk`).
"""

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

DEVANAGARI = re.compile(r"[\u0900-\u097f\ua8e0-\ua8ff]")
CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
#: name -> (package, file)
_PACKED = {
    "sans": ("fontpkg_noto_sans", "files/NotoSans[[]wdth,wght].ttf"),
    "deva": ("fontpkg_noto_sans_devanagari", "files/NotoSansDevanagari[[]wdth,wght].ttf"),
    "cjk": ("noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf"),
}


@dataclass(frozen=True)
class Found:
    """The fonts that there are, by name: own1, own2, ..., sans, deva, cjk."""

    files: dict[str, Path]

    def wanted(self, text: str) -> dict[str, Path]:
        """Those that a document with this text needs: large ones only when it has their signs."""
        skip = {name for name, signs in (("deva", DEVANAGARI), ("cjk", CJK)) if not signs.search(text)}
        return {name: path for name, path in self.files.items() if name not in skip}


def find(root: Path) -> Found:
    """The fonts of a host with this root."""
    own = sorted(one for ending in ("*.ttf", "*.otf") for one in (root / "fonts").glob(ending)) if (root / "fonts").is_dir() else []
    files = {f"own{number}": path for number, path in enumerate(own, 1)}
    for name, (package, pattern) in _PACKED.items():
        found = importlib.util.find_spec(package)
        if found is not None and found.origin:
            for path in list(Path(found.origin).parent.glob(pattern))[:1]:
                files[name] = path
    return Found(files)
