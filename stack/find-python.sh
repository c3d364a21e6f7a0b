#!/bin/sh
# Prints the first Python that Tidedesk runs on, or says what to install.
for candidate in python3.11 python3.10 python3; do
    # a pyenv shim is there even when its version is not installed, so ask the program itself
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 10), (3, 11)))' 2>/dev/null; then
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            command -v "$candidate"
            exit 0
        fi
        without_venv=$candidate
    fi
done
if [ -n "${without_venv:-}" ]; then
    echo "$without_venv cannot make virtual environments. On Debian or Ubuntu: apt-get install $without_venv-venv" >&2
else
    echo "Python 3.10 or 3.11 was not found. Install one of them (on Debian or Ubuntu: apt-get install python3.11-venv)." >&2
fi
exit 1
