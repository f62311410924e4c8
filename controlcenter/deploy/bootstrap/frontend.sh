# The built front end: node >= 20.19 from the system, else from a wheel inside the environment.

node_fits() {
    have node && have npm && node -e \
        'const [a, b] = process.versions.node.split(".").map(Number);
         process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

ensure_node() {
    node_fits && return 0
    PATH="$VENV/bin:$PATH"
    export PATH
    node_fits && return 0
    say "no node >= 20.19 here; installing one into .venv"
    hand_pip_settings_to_uv
    install_locked requirements/node.txt || true
    hash -r # the shell remembers where it found the unfit one
    node_fits || stop_with \
        "no node >= 20.19 with npm was found or could be installed." \
        "Install Node.js 20.19 or newer, for example with your system's package manager or nvm."
}

frontend_sources() {
    find frontend -maxdepth 1 -type f -print0
    local folder
    for folder in frontend/src frontend/styles frontend/public; do
        [ ! -d "$folder" ] || find "$folder" -type f -print0
    done
}

ensure_modules() {
    local stamp=frontend/node_modules/.installed want
    want="$(sha256sum <frontend/package-lock.json) $(node --version)"
    [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return 0
    say "installing the front end's packages (npm ci)"
    (cd frontend && quietly npm ci --no-audit --no-fund) || stop_with "npm ci failed in frontend/." \
        "The message above is npm's. Check the network and npm's configuration, then run again."
    printf '%s' "$want" >"$stamp"
}

ensure_frontend() {
    local stamp=frontend/build/.built want
    want=$(frontend_sources | fingerprint)
    if [ "$1" = run ] && [ -e frontend/build/dist/manifest.json ] &&
        [ "$(cat "$stamp" 2>/dev/null)" = "$want" ]; then
        return 0
    fi
    ensure_node
    ensure_modules
    [ -e frontend/build/dist/manifest.json ] && [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return 0
    say "building the front end"
    (cd frontend && quietly npm run build) || stop_with "the front end could not be built (npm run build)."
    printf '%s' "$want" >"$stamp"
}
