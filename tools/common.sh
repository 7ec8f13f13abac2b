# Shared by the scripts of this folder, which source it first: bash's strict mode, the repository's root as the
# working folder, and functions that each make one thing that is needed, once.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

WEASYPRINT_PACKAGES=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation)

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# A Python of at least 3.11; PYTHON=… names one.
find_python() {
  local python
  for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$python"
      return
    fi
  done
  fail "The portal needs Python 3.11 or newer. Install one, or name it: make run PYTHON=/path/to/python3"
}

find_uv() {
  local uv
  for uv in uv .venv/bin/uv; do
    if "$uv" --version >/dev/null 2>&1; then
      echo "$uv"
      return
    fi
  done
}

# installed PACKAGE…: prints those of Debian's packages that are missing.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

# need_packages WHAT-FOR PACKAGE…: installs Debian's packages as root; otherwise says the command and returns 1.
need_packages() {
  local what=$1 missing
  shift
  if ! command -v dpkg-query >/dev/null; then
    say "This is neither Debian nor Ubuntu. $what needs what these packages of Debian hold: $*"
    return 1
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ]; then
    say "Installing Debian's packages for $what: ${missing[*]}"
    apt-get update -qq </dev/null >&2 || true
    if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
      </dev/null >/dev/null; then
      return 0
    fi
  fi
  say "$what needs more packages. As an administrator run:"
  printf '    sudo apt-get install --no-install-recommends %s\n' "${missing[*]}" >&2
  return 1
}

# make_venv FOLDER: a virtual environment there, made anew only if the one there does not run.
make_venv() {
  local folder=$1 python uv
  if "$folder/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    return
  fi
  rm -rf "$folder"
  python=$(find_python)
  uv=$(find_uv)
  if [ -n "$uv" ]; then
    "$uv" venv -q --python "$python" "$folder"
    return
  fi
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    need_packages "Python's venv module" \
      "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" || exit 1
  fi
  "$python" -m venv "$folder"
}

# install_into FOLDER REQUIREMENTS…: these files, hashes checked, once for each content.
install_into() {
  local folder=$1 stamp=$1/.installed wanted uv
  shift
  wanted=$(sha256sum "$@")
  if [ -f "$stamp" ] && ! grep -vxFf "$stamp" <<<"$wanted" >/dev/null; then
    return
  fi
  say "Installing $* into $folder"
  uv=$(find_uv)
  if [ -n "$uv" ]; then
    "$uv" pip install -q --python "$folder/bin/python" --require-hashes "${@/#/--requirements=}"
  else
    "$folder/bin/python" -m pip --version >/dev/null 2>&1 || "$folder/bin/python" -m ensurepip >/dev/null
    "$folder/bin/python" -m pip install -q --disable-pip-version-check --require-hashes "${@/#/--requirement=}"
  fi
  printf '%s\n' "$wanted" >"$stamp"
}

need_environment() {
  make_venv .venv
  install_into .venv requirements.txt
  PATH=$PWD/.venv/bin:$PATH
}

need_development_environment() {
  make_venv .venv
  install_into .venv requirements.txt requirements-dev.txt
  PATH=$PWD/.venv/bin:$PATH
}

# npm of the machine if its Node is of version 20 or newer, otherwise of a Node from the package index, kept apart
# from the portal's own packages.
portal_npm() {
  local enough='process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'
  if node -e "$enough" 2>/dev/null && npm --version >/dev/null 2>&1; then
    npm "$@" </dev/null
    return
  fi
  make_venv var/node
  install_into var/node tools/requirements-node.txt
  PATH=$PWD/var/node/bin:$PATH npm "$@" </dev/null
}

# The design system and the compiled styles, each made anew when what it is made of has changed.
need_styles() {
  local packages styles
  packages=$(sha256sum package.json package-lock.json)
  if [ "$(cat node_modules/.installed 2>/dev/null)" != "$packages" ]; then
    say "Installing the design system"
    portal_npm ci --silent --no-audit --no-fund || fail "The design system could not be installed: npm ci"
    printf '%s\n' "$packages" >node_modules/.installed
  fi
  styles=$(printf '%s\n' "$packages" && find static/css -type f -print0 | sort -z | xargs -0 sha256sum)
  if [ ! -f static/build/portal.css ] || [ "$(cat static/build/.built 2>/dev/null)" != "$styles" ]; then
    say "Building the styles"
    portal_npm run --silent build || fail "The styles could not be built: npm run build"
    printf '%s\n' "$styles" >static/build/.built
  fi
}

# The OpenID Connect provider of the tests, in a folder of its own: nothing of it is the portal's.
need_openid_provider() {
  local packages
  packages=$(sha256sum tests/openid/package.json tests/openid/package-lock.json)
  if [ "$(cat tests/openid/node_modules/.installed 2>/dev/null)" != "$packages" ]; then
    say "Installing the tests' OpenID Connect provider"
    portal_npm ci --prefix tests/openid --silent --no-audit --no-fund ||
      fail "The tests' OpenID Connect provider could not be installed: npm ci --prefix tests/openid"
    printf '%s\n' "$packages" >tests/openid/node_modules/.installed
  fi
}

# The static files under names that hold their content's hash, compressed, each time that one of them has changed.
need_collected() {
  local folder=${PORTAL_VAR:-var}/static files
  files=$(find static cypcc_portal/finders.py package-lock.json -type f -print0 | sort -z | xargs -0 sha256sum)
  if [ ! -f "$folder/staticfiles.json" ] || [ "$(cat "$folder/.collected" 2>/dev/null)" != "$files" ]; then
    python manage.py collectstatic --noinput --clear --ignore '*.scss' -v0
    printf '%s\n' "$files" >"$folder/.collected"
  fi
}
