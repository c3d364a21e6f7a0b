#!/bin/sh
# Writes the .env that docker-compose.yml reads, with secrets nobody else has: sh deploy/make-env.sh [--sso] [FILE]
# With --sso it also says how to sign in at the Keycloak of the profile sso, and adds that to a file that is there already.
set -eu
sso=
if [ "${1:-}" = --sso ]; then
    sso=yes
    shift
fi
file=${1:-$(dirname "$0")/../.env}
# 48 hexadecimal digits are 192 bits, and need no quoting in an address.
secret() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}
umask 077
if [ -e "$file" ]; then
    if [ -z "$sso" ]; then
        echo "There is a $file already, and its passwords are those of the data. Remove it to begin anew." >&2
        exit 1
    elif grep -Eq '^TIDEDESK_(SSO_PROVIDERS|KEYCLOAK_(PASSWORD|CLIENT_SECRET))=.' "$file"; then
        echo "$file has a provider of single sign-on already. Join another one by hand: docs/docker.md says how." >&2
        exit 1
    fi
else
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
fi
if [ -n "$sso" ]; then
    # Whoever wrote to it by hand may have left its last line open.
    [ -z "$(tail -c 1 "$file")" ] || echo >>"$file"
    grep -q '^TIDEDESK_PUBLIC_URL=' "$file" || echo "TIDEDESK_PUBLIC_URL=http://localhost:8080" >>"$file"
    cat >>"$file" <<END
TIDEDESK_KEYCLOAK_PASSWORD=$(secret)
TIDEDESK_KEYCLOAK_CLIENT_SECRET=$(secret)
TIDEDESK_SSO_PROVIDERS=[{"name": "keycloak", "label": "Keycloak", "issuer": "\${TIDEDESK_PUBLIC_URL}/realms/tidedesk", "internal_url": "http://keycloak:8080/realms/tidedesk", "client_id": "tidedesk", "client_secret": "\${TIDEDESK_KEYCLOAK_CLIENT_SECRET}", "role_claim": "roles", "roles": {"desk-admin": "admin", "desk-agent": "agent"}, "group_claim": "groups"}]
END
    echo "Added single sign-on to it. Now: docker compose --profile sso up -d"
fi
