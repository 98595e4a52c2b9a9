#!/bin/sh
# What the tests need beyond Python: Chromium for pages. Installed where we may (root with apt); otherwise the tests that need
# it are skipped with one line each, or fail where MODULEHOST_REQUIRE names the part.
set -eu
if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null || echo "chromium could not be installed; browser tests will be skipped" >&2
  else
    echo "chromium is missing (apt-get install chromium); browser tests will be skipped" >&2
  fi
fi
