#!/bin/sh
# The browser of the tests in frontend/e2e. Does nothing where there is one, and breaks nothing where there can be none.
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" > /dev/null; then
        exit 0
    fi
done
if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
    echo "Installing Chromium for the browser tests"
    if { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } > /dev/null 2>&1; then
        exit 0
    fi
    echo "Chromium could not be installed, so the browser tests will be skipped. See: apt-get install chromium"
    exit 0
fi
echo "There is no Chromium, so the browser tests will be skipped. Install it, for example: sudo apt-get install chromium"
