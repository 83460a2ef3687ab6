#!/usr/bin/env bash
# Copies what isoflop is built with, from the packages of Debian or a relative,
# into a folder that works wherever it lies, on machines with the same or a newer
# C library: headers, libraries with all they need, and CMake package files.
#
#   lib/bundle.sh DIR PACKAGE...      as ./bootstrap.sh bundle DIR calls it
# shellcheck disable=SC2016  # ${...} is for dpkg-query and CMake
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: ./bootstrap.sh bundle DIR" >&2; exit 2; }
to=$1
packages=("${@:2}" libeigen3-dev)

fail() {
  echo "bundle: $*" >&2
  exit 1
}

# Into include/, whatever folder of /usr/include they are in.
copy_headers() {
  local file
  dpkg -L "${packages[@]}" | grep '^/usr/include/' | while read -r file; do
    [ -d "$file" ] || echo "${file#/usr/include/}"
  done |
    tar -C /usr/include --dereference --transform "s|^$triplet/||" -T - -c |
    tar -x -C "$to/include"
}

soname() {
  readelf -d "$1" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p'
}

# What a library needs, "NAME PATH" a line, less what comes with any compiler.
needs() {
  ldd "$1" | awk '$2 == "=>" && $3 ~ /^\// &&
    $1 !~ /^lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s|gomp)\.so/ { print $1, $3 }'
}

copy_shared() {
  local library name path
  for library in "$@"; do
    name=$(soname "/usr/lib/$triplet/lib$library.so")
    cp -L "/usr/lib/$triplet/lib$library.so" "$to/lib/$name"
    ln -sf "$name" "$to/lib/lib$library.so"
    needs "$to/lib/$name" | while read -r name path; do
      cp -L "$path" "$to/lib/$name"
    done
  done
}

# 9.1.0 of 1:9.1.0+ds1-2.
version() {
  dpkg-query -W -f '${Version}\n' "$1" | sed -E 's/^[0-9]+://; s/[^0-9.].*//; 1q'
}

# describe NAME PACKAGE TARGET [LIBRARY...]: the target, in CMake package NAME.
describe() {
  local folder=$to/lib/cmake/$1 target=$3 library paths=()
  for library in "${@:4}"; do
    paths+=("\"\${bundle}/lib/$library\"")
  done
  mkdir -p "$folder"
  cat >"$folder/$1ConfigVersion.cmake" <<END
set(PACKAGE_VERSION $(version "$2"))
if(NOT PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
END
  cat >>"$folder/$1Config.cmake" <<END
get_filename_component(bundle "\${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET $target)
  add_library($target INTERFACE IMPORTED)
  target_include_directories($target SYSTEM INTERFACE
    "\${bundle}/include" "\${bundle}/include/eigen3")
  target_link_libraries($target INTERFACE ${paths[*]} Threads::Threads)
endif()
END
}

command -v dpkg >/dev/null || fail "needs the packages of Debian or a relative"
dpkg -s "${packages[@]}" >/dev/null || fail "install what is missing first"
triplet=$(gcc -print-multiarch)
mkdir -p "$(dirname "$to")"
mkdir "$to" "$to/include" "$to/lib"
copy_headers
copy_shared fmt crypto sentencepiece sentencepiece_train zstd z
mkdir -p "$to/lib/pkgconfig"
cp "/usr/lib/$triplet/pkgconfig/sentencepiece.pc" "$to/lib/pkgconfig"  # its release
cp "/usr/lib/$triplet"/lib{gtest,gtest_main,gmock}.a "$to/lib"
describe fmt libfmt-dev fmt::fmt libfmt.so
describe nlohmann_json nlohmann-json3-dev nlohmann_json::nlohmann_json
describe CLI11 libcli11-dev CLI11::CLI11
# Its headers are all that is used of it.
describe Ceres libceres-dev Ceres::ceres
describe RapidJSON rapidjson-dev RapidJSON
describe GTest libgtest-dev GTest::gtest libgtest.a
describe GTest libgtest-dev GTest::gtest_main libgtest_main.a libgtest.a
describe GTest libgtest-dev GTest::gmock libgmock.a libgtest.a
echo "bundle: $(du -sh "$to" | cut -f 1) in $to" >&2
