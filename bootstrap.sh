#!/usr/bin/env bash
# Builds isoflop on a fresh machine, then runs what it is asked to.
#
#   ./bootstrap.sh demo    build, then train and fit sweeps/demo.json
#   ./bootstrap.sh test    build, then run every test
#   ./bootstrap.sh build   build only, into build/release/bin/
#
# On Debian and its relatives it installs the system packages that are missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages=(
  g++ cmake ninja-build ccache         # tools
  libfmt-dev nlohmann-json3-dev        # every program
  libssl-dev libcli11-dev libceres-dev
  libtorch-dev libopenblas0-pthread    # isoflop-worker; libtorch-dev alone
                                       # brings no fast matrix products
  libgtest-dev libgmock-dev rapidjson-dev  # tests
)

usage() {
  echo "usage: ./bootstrap.sh demo | test | build" >&2
  exit 2
}

missing_packages() {
  local package state
  for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) || true
    [[ $state == *' installed' ]] || echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "bootstrap: to install packages, run this as root: $*" >&2
    exit 1
  fi
}

by_hand() {
  cat >&2 <<EOF
Please install by hand what is missing of: a C++20 compiler, CMake 3.25, Ninja,
fmt 9.1, nlohmann_json 3.11, OpenSSL 3, CLI11 2.1, Ceres Solver 2.1, LibTorch
1.13 or newer, an optimised BLAS, GoogleTest 1.12 and RapidJSON 1.1 (README.md
has the table), and say where it is, if it is in no usual place:
  ISOFLOP_CMAKE_ARGS=-DCMAKE_PREFIX_PATH=/path/to/libtorch ./bootstrap.sh $1
Without LibTorch everything but training can be built:
  ISOFLOP_CMAKE_ARGS=-DISOFLOP_WITH_TORCH=OFF ./bootstrap.sh build
EOF
}

# Whether this release of the system has the package.
in_release() {
  local policy
  policy=$(LC_ALL=C apt-cache policy "$1")
  [[ $policy == *'Candidate: '[!\(]* ]]
}

configure() {
  # shellcheck disable=SC2086  # several arguments on purpose
  cmake --preset release ${ISOFLOP_CMAKE_ARGS:-} >build.log 2>&1
}

install_packages() {
  local missing package wanted=() unknown=()
  if ! command -v apt-get >/dev/null; then
    echo "bootstrap: this system has no apt-get; using what is installed." >&2
    return
  fi
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" -eq 0 ] && return
  # What was installed by hand, CMake has found before.
  [ -f build/release/build.ninja ] && configure && return
  as_root apt-get update -qq
  for package in "${missing[@]}"; do
    if in_release "$package"; then
      wanted+=("$package")
    else
      unknown+=("$package")
    fi
  done
  if [ "${#unknown[@]}" -gt 0 ]; then
    echo "bootstrap: this release has no package ${unknown[*]}" >&2
  fi
  [ "${#wanted[@]}" -eq 0 ] && return
  echo "bootstrap: installing ${wanted[*]}" >&2
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${wanted[@]}" >&2
}

build() {
  if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
    # Another checkout compiles the same: let it find what this one compiled.
    export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
  fi
  if ! configure; then
    cat build.log >&2
    rm -f build.log
    by_hand "$1"
    exit 1
  fi
  rm -f build.log
  # Who wants the programs need not wait for the tests.
  local target=isoflop_programs
  [ "$1" = test ] && target=all
  cmake --build --preset release --target "$target"
}

[ $# -eq 1 ] || usage
case $1 in demo | test | build) ;; *) usage ;; esac
install_packages
build "$1"
case $1 in
  demo) build/release/bin/isoflop sweep sweeps/demo.json -o runs/demo --fit ;;
  test) ctest --preset release ;;
esac
