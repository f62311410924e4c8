# The interpreter, the virtual environment and the locked requirements.

VENV=$ROOT/.venv
export UV_PYTHON_DOWNLOADS=never

usable_python() {
    [ -x "$1" ] && "$1" -c \
        'import sys, venv, ensurepip; sys.exit(not (3, 12) <= sys.version_info[:2] < (3, 14))' \
        >/dev/null 2>&1
}

# Candidates in order of preference. A version manager's shim may refuse to run for this folder
# although the version is there, so the folders of pyenv and uv are looked into as well.
python_candidates() {
    local version name home="${HOME:-/nonexistent}"
    for version in 3.12 3.13; do
        type -aP "python$version" || true
        ls -d "${PYENV_ROOT:-$home/.pyenv}"/versions/$version*/bin/python$version 2>/dev/null || true
        ls -d "${UV_PYTHON_INSTALL_DIR:-${XDG_DATA_HOME:-$home/.local/share}/uv/python}"/cpython-$version*/bin/python$version 2>/dev/null || true
        ls -d /usr/local/bin/python$version /opt/python$version/bin/python$version \
            /opt/homebrew/bin/python$version 2>/dev/null || true
    done
    for name in python3 python; do type -aP "$name" || true; done
}

find_python() {
    local candidate
    if [ -n "${PYTHON:-}" ]; then
        usable_python "$(command -v "$PYTHON")" && command -v "$PYTHON" && return 0
        return 1
    fi
    while IFS= read -r candidate; do
        if usable_python "$candidate"; then
            printf '%s' "$candidate"
            return 0
        fi
    done < <(python_candidates)
    return 1
}

# As root on a system whose apt has a fitting Python, install it; Debian 12's has none.
apt_python() {
    local version
    { [ "$(id -u)" -eq 0 ] && have apt-get; } || return 1
    apt_refresh
    for version in 3.12 3.13; do
        apt-cache show "python$version-venv" >/dev/null 2>&1 || continue
        say "installing python$version"
        apt_install "python$version" "python$version-venv" && return 0
    done
    return 1
}

no_python() {
    stop_with "no Python 3.12 or 3.13 (with venv and ensurepip) was found." \
        "Looked for python3.12, python3.13 and python3 on PATH, in pyenv's and uv's folders." \
        "Install one, for example:" \
        "  pyenv install 3.12        or        uv python install 3.12" \
        "  apt-get install python3.12-venv     (Ubuntu 24.04)" \
        "  apt-get install python3.13-venv     (Debian 13)" \
        "or name one:  make run PYTHON=/path/to/python3.12"
}

venv_stamp() { printf '%s %s' "$ROOT" "$("$VENV/bin/python" -c 'import sys; print(sys.version)' 2>/dev/null)"; }

ensure_venv() {
    local python
    if [ -x "$VENV/bin/python" ] && usable_python "$VENV/bin/python"; then
        # Scripts of an environment hold its path: after a move of the checkout, start afresh.
        [ "$(cat "$VENV/.made" 2>/dev/null)" = "$(venv_stamp)" ] && return 0
    fi
    python=$(find_python) || { apt_python && python=$(find_python); } || no_python
    say "creating .venv with $python"
    rm -rf "$VENV"
    "$python" -m venv "$VENV"
    venv_stamp >"$VENV/.made"
}

# pip's own settings are kept; uv reads none of them, so the index and the certificate are handed on.
hand_pip_settings_to_uv() {
    local index
    index=$("$VENV/bin/python" -m pip config get global.index-url 2>/dev/null || true)
    index=${PIP_INDEX_URL:-$index}
    [ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
    [ -z "${PIP_CERT:-}" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$PIP_CERT}"
}

install_locked() {
    local file=$1
    if ! "$VENV/bin/python" -m uv --version >/dev/null 2>&1; then
        quietly "$VENV/bin/python" -m pip install -q --require-hashes --only-binary :all: \
            -r requirements/tools.txt || return 1
    fi
    quietly "$VENV/bin/python" -m uv pip install -q --python "$VENV/bin/python" --no-build \
        --require-hashes -r "$file" && return 0
    say "uv could not install $file; trying pip (slower)"
    quietly "$VENV/bin/python" -m pip install -q --require-hashes --only-binary :all: -r "$file"
}

requirements_hash() { sha256sum "$1" | cut -d' ' -f1; }

installed() { grep -qsx "$(requirements_hash "$1")" "$VENV/.installed"; }

ensure_environment() {
    local file=requirements/base.txt
    [ "$1" = test ] && file=requirements/dev.txt
    ensure_venv
    if ! installed "$file"; then
        say "installing $file into .venv (hashes are checked)"
        hand_pip_settings_to_uv
        install_locked "$file" || stop_with "the packages of $file could not be installed." \
            "The message above is the installer's. Check the network and pip's configuration, then run again."
        # The development lock contains the production lock.
        requirements_hash "$file" >>"$VENV/.installed"
        [ "$1" != test ] || requirements_hash requirements/base.txt >>"$VENV/.installed"
    fi
}
