#!/bin/sh
# Make .venv with modulehost and the extras named in $1 (such as [test]), once per state of setup.cfg.
# On Debian and Ubuntu python3-venv is a package of its own: installed when we may, named when we may not.
set -eu
extras=${1:-}
python=${PYTHON:-python3}
command -v "$python" >/dev/null || { echo "modulehost needs Python 3.11 or newer (apt-get install python3 python3-venv)" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "modulehost needs Python 3.11 or newer; $python is $("$python" -V 2>&1)" >&2; exit 1; }
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
  else
    echo "the venv module of $python is missing: run 'apt-get install python3-venv' as root, then again" >&2; exit 1
  fi
fi
stamp=.venv/.installed$(echo "$extras" | tr -d '[],')
if [ ! -e "$stamp" ] || [ setup.cfg -nt "$stamp" ] || [ pyproject.toml -nt "$stamp" ]; then
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -e ".$extras"
  touch "$stamp"
fi
