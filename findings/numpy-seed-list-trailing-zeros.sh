#!/usr/bin/env bash
# NumPy 1.24.2 (Debian python3-numpy 1:1.24.2-1+deb12u1): a list of seeds that ends in
# zeros is the list without them.
#
# numpy.random.default_rng takes a list of integers as seed, and SeedSequence is
# documented to mix them into independent streams. One would guess that [7], [7, 0]
# and [7, 0, 0], say a sweep's seed, that of its first width and that of the first
# run at that width, are three streams, and that [7, 3] is not one number's stream.
#
# Seen: the words are padded with zeros to the four of the pool, so [7], [7, 0] and
# [7, 0, 0, 0] are 7, and the first run draws what the sweep drew; a number of more
# than 32 bits is split, so [7, 3] is 7 + 3 * 2^32. A fifth word counts, a zero too.
# [0, 7] and SeedSequence(7, spawn_key=(0,)) are streams of their own: put what is
# never 0 last, or use spawn. The old RandomState tells [7] from [7, 0].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq python3-numpy=1:1.24.2-1+deb12u1 libblas3=3.11.0-2 \
  liblapack3=3.11.0-2 libgfortran5=12.2.0-14+deb12u1 libquadmath0=12.2.0-14+deb12u1
for package in *.deb; do dpkg-deb -x "$package" .; done
libraries=$(echo usr/lib/*-linux-gnu)
export PYTHONPATH=usr/lib/python3/dist-packages
export LD_LIBRARY_PATH=$libraries:$libraries/blas:$libraries/lapack
python3 - <<'END' | tee seen
import numpy
from numpy.random import RandomState, SeedSequence, default_rng

assert numpy.__version__ == "1.24.2", numpy.__version__


def same(first, second):
    draws = [default_rng(seed).integers(2**63, size=4) for seed in (first, second)]
    return numpy.array_equal(*draws)


for first, second in (([7], 7), ([7, 0], [7]), ([7, 0, 0, 0], [7]),
                      ([7, 3], 7 + 3 * 2**32), ([7, 0, 0, 0, 0], [7]), ([0, 7], [7])):
    print(first, "is", second, same(first, second))
print("spawn_key (0,) is none", same(SeedSequence(7, spawn_key=(0,)), 7))
old = [RandomState(seed).random_sample() for seed in ([7], [7, 0])]
print("RandomState [7, 0] is [7]", old[0] == old[1])
END
diff seen - <<'END'
[7] is 7 True
[7, 0] is [7] True
[7, 0, 0, 0] is [7] True
[7, 3] is 12884901895 True
[7, 0, 0, 0, 0] is [7] False
[0, 7] is [7] False
spawn_key (0,) is none False
RandomState [7, 0] is [7] False
END
echo "as stated: zeros at the end are no seeds"
