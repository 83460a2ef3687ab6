#!/usr/bin/env bash
# Eigen 3.4.0 (Debian libeigen3-dev 3.4.0-4): ColPivHouseholderQR::setThreshold moves
# rank() and leaves solve() as it was.
#
# setThreshold() is documented to say which pivots count as nonzero for "certain
# methods, such as rank()". One would guess that solve() is one of them: a design of
# two columns that agree up to 1e-6, a constant and a size that the sweep hardly
# varied, say, has rank 1 at a threshold of 1e-3, and its solution uses one of them,
# as with FullPivHouseholderQR.
#
# Seen: rank() says 1 and solve() divides by the dropped pivot all the same, with
# coefficients of half a million that cancel, with and without the threshold.
# FullPivHouseholderQR, CompleteOrthogonalDecomposition and BDCSVD heed it. Take one
# of those, or check rank() before the solution is used.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq libeigen3-dev=3.4.0-4
dpkg-deb -x libeigen3-dev_3.4.0-4_all.deb eigen
cat >probe.cc <<'END'
#include <Eigen/Dense>
#include <cstdio>

template <class Solver>
void say(const char* name, Solver solver) {
  Eigen::MatrixXd design(4, 2);
  design << 1, 1, 1, 1 + 1e-6, 1, 1 - 1e-6, 1, 1;
  solver.compute(design);
  const Eigen::VectorXd found = solver.solve(Eigen::Vector4d(1, 2, 3, 4));
  std::printf("%s: rank %d, largest coefficient %.4g\n", name,
              int(solver.rank()), found.cwiseAbs().maxCoeff());
}

int main() {
  using M = Eigen::MatrixXd;
  const int thin = Eigen::ComputeThinU | Eigen::ComputeThinV;
  say("ColPivHouseholderQR, default", Eigen::ColPivHouseholderQR<M>(4, 2));
  say("ColPivHouseholderQR, 1e-3",
      Eigen::ColPivHouseholderQR<M>(4, 2).setThreshold(1e-3));
  say("FullPivHouseholderQR, 1e-3",
      Eigen::FullPivHouseholderQR<M>(4, 2).setThreshold(1e-3));
  say("CompleteOrthogonalDecomposition, 1e-3",
      Eigen::CompleteOrthogonalDecomposition<M>(4, 2).setThreshold(1e-3));
  say("BDCSVD, 1e-3", Eigen::BDCSVD<M>(4, 2, thin).setThreshold(1e-3));
}
END
g++ -std=c++17 -isystem eigen/usr/include/eigen3 probe.cc -o probe
./probe | tee seen
diff seen - <<'END'
ColPivHouseholderQR, default: rank 2, largest coefficient 5e+05
ColPivHouseholderQR, 1e-3: rank 1, largest coefficient 5e+05
FullPivHouseholderQR, 1e-3: rank 1, largest coefficient 2.5
CompleteOrthogonalDecomposition, 1e-3: rank 1, largest coefficient 1.25
BDCSVD, 1e-3: rank 1, largest coefficient 1.25
END
echo "as stated: the rank is 1 and the solution of rank 2"
