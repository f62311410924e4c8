# System packages: PostgreSQL with PostGIS, Redis, and for the tests a browser with one font.

postgis_present() {
    local control version
    for control in /usr/share/postgresql/*/extension/postgis.control; do
        [ -e "$control" ] || continue
        version=${control#/usr/share/postgresql/}
        [ -x "/usr/lib/postgresql/${version%%/*}/bin/initdb" ] && return 0
    done
    have pg_config && [ -e "$(pg_config --sharedir)/extension/postgis.control" ]
}

# Print the packages of the newest PostgreSQL that apt can give PostGIS for (Debian 12: 15).
postgis_packages() {
    local newest
    newest=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' 2>/dev/null |
        cut -d' ' -f1 | sort -t- -k2 -n | tail -n 1)
    newest=${newest:-postgresql-15-postgis-3}
    printf '%s %s' "${newest%-postgis-3}" "$newest"
}

browser_present() { have "${CHROMIUM:-chromium}" || have chromium-browser || have google-chrome; }

# What this mode needs and this machine lacks; empty for services that are given by URL.
missing_parts() {
    local parts=()
    [ -n "${DATABASE_URL:-}" ] || postgis_present || parts+=(postgis)
    [ -n "${REDIS_URL:-}" ] || have redis-server || parts+=(redis)
    if [ "$1" = test ]; then
        browser_present || parts+=(browser)
        compgen -G '/usr/share/fonts/truetype/*/*.ttf' >/dev/null || parts+=(fonts)
    fi
    printf '%s ' "${parts[@]}"
}

packages_of() {
    local part
    for part in "$@"; do
        case $part in
        postgis) postgis_packages ;;
        redis) printf 'redis-server' ;;
        browser) printf 'chromium' ;;
        fonts) printf 'fonts-dejavu-core' ;;
        esac
        printf ' '
    done
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive quietly apt-get install -y --no-install-recommends "$@"
}

apt_refresh() {
    [ -n "${APT_REFRESHED:-}" ] || DEBIAN_FRONTEND=noninteractive quietly apt-get update || true
    APT_REFRESHED=1
}

ensure_system_packages() {
    local missing packages
    missing=$(missing_parts "$1")
    [ -n "${missing// /}" ] || return 0
    # shellcheck disable=SC2086
    if [ "$(id -u)" -eq 0 ] && have apt-get; then
        apt_refresh
        packages=$(packages_of $missing)
        say "installing system packages: $packages"
        apt_install $packages || stop_with "apt-get could not install: $packages" \
            "Install them by hand, or set DATABASE_URL and REDIS_URL to servers you have."
        return 0
    fi
    # shellcheck disable=SC2086
    packages=$(packages_of $missing)
    stop_with "system packages are missing: $packages" \
        "As an administrator:  apt-get update && apt-get install --no-install-recommends $packages" \
        "or set DATABASE_URL (PostGIS) and REDIS_URL to servers you have."
}
