#!/bin/sh
# Writes the .env that docker-compose.yml reads, with secrets nobody else has: sh deploy/make-env.sh [FILE]
set -eu
file=${1:-$(dirname "$0")/../.env}
if [ -e "$file" ]; then
    echo "There is a $file already, and its passwords are those of the data. Remove it to begin anew." >&2
    exit 1
fi
# 48 hexadecimal digits are 192 bits, and need no quoting in an address.
secret() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}
umask 077
cat >"$file" <<END
TIDEDESK_TOKEN_SECRET=$(secret)
TIDEDESK_CURSOR_SECRET=$(secret)
TIDEDESK_PASSWORD_PEPPER=$(secret)
TIDEDESK_POSTGRES_PASSWORD=$(secret)
TIDEDESK_APP_PASSWORD=$(secret)
TIDEDESK_REDIS_PASSWORD=$(secret)
TIDEDESK_ELASTICSEARCH_PASSWORD=$(secret)
TIDEDESK_GRAFANA_PASSWORD=$(secret)
TIDEDESK_PORT=8080
TIDEDESK_PUBLIC_URL=http://localhost:8080
TIDEDESK_ALLOWED_HOSTS=localhost
END
echo "Wrote $file. Keep a copy: without it the data cannot be read. Now: docker compose up -d"
