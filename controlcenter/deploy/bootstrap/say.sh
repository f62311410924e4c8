# Messages of the bootstrap. An error says what, where and what to do.
say() { printf '· %s\n' "$*" >&2; }

stop_with() {
    printf '\nCannot go on: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Run a noisy command; show what it printed only when it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    # Some tools put the cause first and a page of advice after it, others the other way round.
    [ "$status" -eq 0 ] || { head -n 20 "$log"; echo "…"; tail -n 20 "$log"; } >&2
    rm -f "$log"
    return "$status"
}

# A fingerprint of files: names and contents, in a fixed order.
fingerprint() { LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }
