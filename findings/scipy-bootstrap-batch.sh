#!/usr/bin/env bash
# SciPy 1.10.1 (Debian python3-scipy 1.10.1-2): the batch of a bootstrap of two
# samples, which is there to save memory, changes the interval.
#
# scipy.stats.bootstrap documents batch as the resamples in one vectorized call and
# gives its cost in memory. One would guess that with one random_state every batch
# has the same resamples and so, up to rounding, the same interval: for one sample
# that is so.
#
# Seen: with two samples, as for the difference in loss of two recipes over their
# seeds, the draws of the first and the second sample take turns batch by batch, so
# each batch has resamples of its own. Here the interval of the difference has 0
# outside with the default and inside with batch=1 and batch=10, all of one seed.
# permutation_test of the same data keeps its draws. Note the batch beside the seed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq python3-scipy=1.10.1-2 python3-decorator=5.1.1-3 \
  python3-numpy=1:1.24.2-1+deb12u1 libblas3=3.11.0-2 liblapack3=3.11.0-2 \
  libgfortran5=12.2.0-14+deb12u1 libquadmath0=12.2.0-14+deb12u1
for package in *.deb; do dpkg-deb -x "$package" .; done
libraries=$(echo usr/lib/*-linux-gnu)
export PYTHONPATH=usr/lib/python3/dist-packages
export LD_LIBRARY_PATH=$libraries:$libraries/blas:$libraries/lapack
python3 - <<'END' | tee seen
import numpy
import scipy
from scipy.stats import bootstrap, permutation_test

assert scipy.__version__ == "1.10.1", scipy.__version__
losses = numpy.random.default_rng(0)
ours, theirs = losses.normal(size=30), losses.normal(size=25)


def difference(a, b, axis):
    return a.mean(axis) - b.mean(axis)


for batch in None, 1, 10, 1000:
    common = dict(n_resamples=999, batch=batch)
    rng = numpy.random.default_rng
    one = bootstrap((ours,), numpy.mean, **common, random_state=rng(1))
    two = bootstrap((ours, theirs), difference, **common, random_state=rng(1),
                    method="percentile")
    p = permutation_test((ours, theirs), difference, vectorized=True, **common,
                         random_state=rng(1)).pvalue
    print("batch %4s: one sample %.4f to %.4f, two %.4f to %.4f, permutation p %.3f"
          % (batch, *one.confidence_interval, *two.confidence_interval, p))
END
diff seen - <<'END'
batch None: one sample -0.4158 to 0.1457, two -0.9553 to -0.0056, permutation p 0.064
batch    1: one sample -0.4158 to 0.1457, two -0.9444 to 0.0161, permutation p 0.064
batch   10: one sample -0.4158 to 0.1457, two -0.9591 to 0.0236, permutation p 0.064
batch 1000: one sample -0.4158 to 0.1457, two -0.9553 to -0.0056, permutation p 0.064
END
echo "as stated: the batch decides"
