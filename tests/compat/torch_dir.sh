#!/usr/bin/env bash
# Links a LibTorch that lies as in a Python environment: without CUDA, then with
# CUDA libraries and headers that are made up, then ones that must be refused.
#
#   tests/compat/torch_dir.sh INCLUDE LIB     where ATen/ and libtorch.so are
set -euo pipefail
include=$1
lib=$2
source=$(dirname "$(realpath "$0")")/by_path
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
torch=$scratch/site-packages/torch

fail() {
  echo "torch_dir: $*" >&2
  exit 1
}

lay_out() {
  local name
  mkdir -p "$torch/lib" "$torch/include"
  for name in ATen c10 caffe2 torch; do
    cp -rs "$include/$name" "$torch/include/"
  done
  for name in torch torch_cpu c10; do
    ln -s "$lib/lib$name.so" "$torch/lib/"
  done
}

# Libraries that need a driver that is not there, and headers beside them.
add_cuda() {
  local name folder runtime=$scratch/site-packages/nvidia/cuda_runtime/include
  for folder in "$torch/include/ATen/cuda" "$torch/include/c10/cuda"; do
    rm -rf "$folder"  # links to headers of the system
    mkdir "$folder"
  done
  mkdir -p "$runtime"
  touch "$runtime/cuda_runtime_api.h" "$torch/include/c10/cuda/CUDAStream.h"
  echo '#include <cuda_runtime_api.h>' >"$torch/include/ATen/cuda/CUDAGraph.h"
  echo 'int driver(void); int f(void) { return driver(); }' >"$scratch/cuda.c"
  for name in torch_cuda c10_cuda; do
    cc -shared -fPIC "-Wl,-soname,lib$name.so" "$scratch/cuda.c" \
      -o "$torch/lib/lib$name.so"
  done
}

configure() {
  cmake -G Ninja -S "$source" -B "$scratch/build" "-DISOFLOP_TORCH_DIR=$1" \
    >"$scratch/log" 2>&1
}

expect() {
  tr -s ' \n' ' ' <"$scratch/log" | grep -qF -- "$1" || {
    cat "$scratch/log" >&2
    fail "there is no \"$1\""
  }
}

build_and_run() {
  configure "$torch" || { cat "$scratch/log" >&2; fail "cannot configure"; }
  expect "Found LibTorch"
  cmake --build "$scratch/build" >"$scratch/log" 2>&1 ||
    { cat "$scratch/log" >&2; fail "cannot build"; }
  "$scratch/build/by_path" >"$scratch/log" || fail "the program fails"
  readelf -d "$scratch/build/by_path" >>"$scratch/log"
  expect "[$torch/lib"  # where it will look for libraries
}

refuse() {
  if configure "$1"; then fail "$1 is not refused"; fi
  expect "$2"
}

lay_out
build_and_run
add_cuda
build_and_run
expect "with CUDA"
expect "[libtorch_cuda.so]"
refuse "$scratch/nothing" "include/ATen/ATen.h is missing"
mkdir -p "$torch/share/cmake/Torch"
echo 'set(TORCH_CXX_FLAGS "-D_GLIBCXX_USE_CXX11_ABI=0")' \
  >"$torch/share/cmake/Torch/TorchConfig.cmake"
refuse "$torch" "_GLIBCXX_USE_CXX11_ABI=0"
rm -r "$torch/share"
version=$torch/include/torch/csrc/api/include/torch/version.h
rm "$version"
printf '#define TORCH_VERSION_M%s\n' 'AJOR 1' 'INOR 12' >"$version"
rm -rf "$torch/include/torch/headeronly"
refuse "$torch" '"1.12"'
