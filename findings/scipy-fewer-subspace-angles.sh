#!/usr/bin/env bash
# SciPy 1.10.1 (Debian python3-scipy 1.10.1-2): subspace_angles gives fewer angles
# than its documentation says, where columns depend on one another.
#
# scipy.linalg.subspace_angles(A, B) is documented to return an array of the shape
# (min(N, K),), N and K the columns of A and B. One would guess that two matrices of
# two columns have two angles between them, whatever is in the columns: heads of
# attention, say, of which one has learned less than it has room for.
#
# Seen: one angle where a matrix has rank 1, and an empty array where it is 0. The
# bases come from scipy.linalg.orth, which drops what is small against the largest
# singular value. A mean over pairs, place by place, then compares the second angle
# of one pair with the first of another, and angles[0] of a zero matrix is an
# IndexError. Numpy's QR in place of orth keeps all columns, of which some then
# belong to no subspace: take the rank yourself.
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
python3 - <<'EOF' | tee seen
import numpy
import scipy
from scipy.linalg import subspace_angles

assert scipy.__version__ == "1.10.1", scipy.__version__
plane = numpy.eye(3)[:, :2]
line = numpy.array([[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]])
nothing = numpy.zeros((3, 2))
print("documented:", "(min(N, K),)" in subspace_angles.__doc__)
for name, matrix in ("plane", plane), ("line", line), ("nothing", nothing):
    print(name, len(subspace_angles(matrix, plane)))
EOF
diff seen - <<'EOF'
documented: True
plane 2
line 1
nothing 0
EOF
echo "as stated: 1 and 0 angles where 2 are documented"
