#!/usr/bin/env bash
# Builds the fuzzers with clang, AddressSanitizer and UBSan, and runs each for
# SECONDS (default 15) from its seeds. Ends with an error, and leaves the input
# in build/asan/, when one is found that breaks a reader.
#
#   tests/fuzz/run.sh [SECONDS] [READER...]      tests/fuzz/run.sh 600 csv
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-15}
shift || true
readers=("$@")
[ ${#readers[@]} -gt 0 ] || readers=(csv jsonl json fit_json records metrics tokens)

cmake --preset asan
cmake --build --preset asan --target isoflop_fuzzers
for reader in "${readers[@]}"; do
  found=build/asan/corpus/$reader
  mkdir -p "$found"
  build/asan/bin/"${reader}_fuzzer" -seed=1 -max_total_time="$seconds" \
    -timeout=60 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    -verbosity=0 -artifact_prefix="build/asan/$reader-" \
    "$found" "tests/fuzz/corpus/$reader"
done
