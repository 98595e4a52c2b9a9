"""What the operator decides: flag over `MODULEHOST_*` variable over `modulehost.toml` over default.

Only what must be known before the database is open, or what belongs to a machine and not to a shop, stands here.
Everything that an administrator changes in the admin area is a row of tblconfiguration (see modulehost/settings.py).
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

FILE = "modulehost.toml"
PREFIX = "MODULEHOST_"
DEFAULT_VERSION = "8.13.1-release.1"


class ConfigError(ValueError):
    """A setting that cannot be used; the text names the value, where it came from and what is expected."""


@dataclass(frozen=True)
class Config:
    """The settings of one host. `sources` tells for each name whether a flag, a variable, the file or nobody set it."""

    root: Path
    database: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    development: bool = True
    page_seconds: float = 30.0
    action_seconds: float = 600.0
    emulate_version: str = DEFAULT_VERSION
    system_url: str = ""
    seed: str = ""
    threads: int = 8
    trusted_proxy: str = ""
    control_token: str = ""
    smtp_url: str = ""
    endpoints: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL; a SQLite file in the root when none was given."""
        return self.database or f"sqlite:///{self.root / 'modulehost.db'}"


DESCRIPTIONS = {
    "root": "folder with modules/, templates/, includes/hooks/, the database and the key",
    "database": "SQLAlchemy URL; empty = SQLite file modulehost.db in the root",
    "host": "address to listen on",
    "port": "port to listen on; 0 = any free one",
    "development": "show template and module errors in the page, load changed files with the next request",
    "page_seconds": "time limit of module code that a page waits for",
    "action_seconds": "time limit of module commands (create, suspend, ...)",
    "emulate_version": "version that modules, templates and API clients are told; below 8.0 the admin menu is Setup > ...",
    "system_url": "public address; empty = http://<host>:<real port>/",
    "seed": "makes ids and secrets repeatable; for tests only",
    "threads": "worker threads of the web server",
    "trusted_proxy": "address of a reverse proxy whose X-Forwarded-* headers are believed",
    "control_token": "lets others than this machine use /_host/ (header X-Modulehost-Token)",
    "smtp_url": "mail server (smtp+tls://user:password@host:587) instead of the settings'; none = no mail leaves this machine",
    "endpoints": "vendor address = address to use instead, for example a sandbox",
}


def load(
    root: Path | str | None = None, flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Config:
    """Read the settings of the host whose root is `root` (default: variable MODULEHOST_ROOT, else the current folder).

    `flags` holds what the command line gave; None values count as not given. Raises ConfigError.
    """
    env = os.environ if environ is None else environ
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    folder = Path(root or given.pop("root", None) or env.get(PREFIX + "ROOT") or ".").expanduser().resolve()
    path = folder / FILE
    try:
        stored = tomllib.loads(path.read_text()) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from error
    known = {f.name: f for f in fields(Config) if f.name not in ("root", "sources")}
    if unknown := sorted(set(stored) - set(known)):
        raise ConfigError(f"{path}: unknown setting {unknown[0]!r}; known are {', '.join(sorted(known))}")
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name in known:
        variable = PREFIX + name.upper()
        for source, where, raw in (
            ("flag", f"--{name.replace('_', '-')}", given.get(name)),
            ("variable", variable, env.get(variable)),
            ("file", f"{path} ({name})", stored.get(name)),
        ):
            if raw is not None:
                values[name], sources[name] = _convert(name, raw, where), source
                break
    return Config(root=folder, sources=sources, **values)


def _convert(name: str, raw: Any, where: str) -> Any:
    default = Config.__dataclass_fields__[name].default
    if name == "endpoints":
        return _endpoints(raw, where)
    if name == "smtp_url" and str(raw) not in ("", "none") and not re.match(r"smtp(s|\+tls)?://.", str(raw)):
        raise ConfigError(f"{where}: write smtp://host:25, smtp+tls://user:password@host:587, smtps://host:465, or none")
    if isinstance(default, bool):
        text = str(raw).strip().lower()
        if text not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
            raise ConfigError(f"{where}: {raw!r} is neither yes nor no")
        return text in ("1", "true", "yes", "on")
    if isinstance(default, (int, float)):
        try:
            number = type(default)(raw)
        except (TypeError, ValueError):
            raise ConfigError(f"{where}: {raw!r} is not a number") from None
        if number < 0:
            raise ConfigError(f"{where}: {raw!r} is below 0")
        if name == "port" and number > 65535:
            raise ConfigError(f"{where}: {raw!r} is no port; the highest is 65535, and 0 takes any free one")
        return number
    return str(raw)


def _endpoints(raw: Any, where: str) -> dict[str, str]:
    pairs = dict(raw) if isinstance(raw, Mapping) else dict(p.partition("=")[::2] for p in str(raw).split() if p)
    for vendor, target in pairs.items():
        if not (vendor.startswith("http") and str(target).startswith("http")):
            raise ConfigError(
                f"{where}: {vendor}={target} is not a pair of addresses such as https://api.vendor.test=http://127.0.0.1:9000"
            )
    return {str(k).rstrip("/"): str(v).rstrip("/") for k, v in pairs.items()}
