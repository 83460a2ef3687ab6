#!/usr/bin/env bash
# Builds isoflop on a fresh machine, then runs what it is asked to.
#
#   ./bootstrap.sh demo    build, train and fit sweeps/demo.json, and report
#   ./bootstrap.sh test    build, then run every test
#   ./bootstrap.sh build   build only, into build/release/bin/
#
# On Debian and its relatives it installs the system packages that are missing.
# For a machine where it cannot, for want of a network or of root,
#
#   ./bootstrap.sh bundle DIR
#
# copies the libraries, all but LibTorch, into a new folder. Carry it there, and
# give the first three commands --prefix DIR: they install nothing then.
set -euo pipefail
# A last argument of several is DIR, relative to where this was called.
[ $# -lt 2 ] || set -- "${@:1:$#-1}" "$(realpath -m -- "${!#}")"
cd "$(dirname "${BASH_SOURCE[0]}")"

tools=(g++ cmake ninja-build ccache)
libraries=(
  libfmt-dev nlohmann-json3-dev libssl-dev libcli11-dev libceres-dev
  libsentencepiece-dev libzstd-dev zlib1g-dev
  libgtest-dev libgmock-dev rapidjson-dev  # tests
)
# libtorch-dev alone brings no fast matrix products.
torch=(libtorch-dev libopenblas0-pthread)

usage() {
  echo "usage: ./bootstrap.sh demo | test | build [--prefix DIR]" >&2
  echo "       ./bootstrap.sh bundle DIR" >&2
  exit 2
}

fail() {
  echo "bootstrap: $*" >&2
  exit 1
}

missing_packages() {
  local package state
  for package in "$@"; do
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
    fail "to install packages, run this as root: $*"
  fi
}

# A mirror or another package manager may be in the way for a while.
apt_get() {
  local attempt
  for attempt in 1 2 3; do
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq \
      -o DPkg::Lock::Timeout=600 "$@" >&2 && return
    echo "bootstrap: apt-get $1 has failed, attempt $attempt of 3" >&2
    sleep 5
  done
  return 1
}

by_hand() {
  cat >&2 <<EOF
Please install by hand what is missing of: a C++20 compiler, CMake 3.25, Ninja,
fmt 9.1, nlohmann_json 3.11, OpenSSL 3, CLI11 2.1, Ceres Solver 2.1,
SentencePiece 0.1.97, zlib, zstd, LibTorch 1.13 or newer, an optimised BLAS,
GoogleTest 1.12 and RapidJSON 1.1 (README.md
has the table), and say where it is, if it is in no usual place:
  ISOFLOP_CMAKE_ARGS=-DISOFLOP_TORCH_DIR=/path/to/libtorch ./bootstrap.sh $1
Another machine can collect all of them but LibTorch: ./bootstrap.sh bundle DIR
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
  cmake --preset release "${prefix_args[@]}" ${ISOFLOP_CMAKE_ARGS:-} \
    >build.log 2>&1
}

# Installs those of the packages that are missing and in this release.
install_packages() {
  local missing package wanted=() unknown=()
  if ! command -v apt-get >/dev/null; then
    echo "bootstrap: this system has no apt-get; using what is installed." >&2
    return
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -eq 0 ] && return
  # What was installed by hand, CMake has found before.
  [ -f build/release/build.ninja ] && configure && return
  # Where a list cannot be had, the packages may be in another.
  apt_get update -o APT::Update::Error-Mode=any || true
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
  apt_get install -y --no-install-recommends "${wanted[@]}"
}

build() {
  if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
    # Another checkout compiles the same: let it find what this one compiled.
    export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
    # It keeps precompiled headers only if told so.
    export CCACHE_SLOPPINESS=pch_defines,time_macros
  fi
  if ! configure; then
    cat build.log >&2
    rm -f build.log
    by_hand "$1"
    exit 1
  fi
  # Ours only: other projects' files warn of what is no matter here.
  sed -n '/^CMake Warning at lib\//,/^$/p' build.log >&2
  rm -f build.log
  # Who wants the programs need not wait for the tests.
  local target=isoflop_programs
  [ "$1" = test ] && target=all
  cmake --build --preset release --target "$target"
}

# What a build needs, less a LibTorch that would not be used.
needed_packages() {
  printf '%s\n' "${tools[@]}" "${libraries[@]}"
  case ${ISOFLOP_CMAKE_ARGS:-} in
    *ISOFLOP_TORCH_DIR=* | *ISOFLOP_WITH_TORCH=OFF*) ;;
    *) printf '%s\n' "${torch[@]}" ;;
  esac
}

use_prefix() {
  local program
  [ -d "$1/lib/cmake/fmt" ] ||
    fail "there is no bundle in $1; ./bootstrap.sh bundle makes one"
  for program in c++ cmake ninja; do
    command -v "$program" >/dev/null ||
      fail "needs $program in PATH; CMake and Ninja come as Python packages too"
  done
  prefix_args=(
    "-DCMAKE_PREFIX_PATH=$1"
    "-DCMAKE_BUILD_RPATH=$1/lib"
    # So that the libraries, too, are looked for where the program's are.
    "-DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags"
  )
}

# CTest counts processes, each of which runs many tests.
run_tests() {
  ctest --preset release
  sed -n 's/^\[  PASSED  \] \([0-9]*\) tests*\.$/\1/p' \
    build/release/Testing/Temporary/LastTest.log |
    awk '{ sum += $1 } END { print sum " tests have passed" }'
}

prefix_args=()
case "$#:${1:-}:${2:-}" in
  1:demo: | 1:test: | 1:build:)
    mapfile -t packages < <(needed_packages)
    install_packages "${packages[@]}"
    ;;
  3:demo:--prefix | 3:test:--prefix | 3:build:--prefix) use_prefix "$3" ;;
  2:bundle:*)
    install_packages "${libraries[@]}"
    exec lib/bundle.sh "$2" "${libraries[@]}"
    ;;
  *) usage ;;
esac
build "$1"
case $1 in
  demo)
    build/release/bin/isoflop sweep sweeps/demo.json -o runs/demo --fit
    build/release/bin/isoflop report runs/demo
    ;;
  test) run_tests ;;
esac
