#!/usr/bin/env bash
# Eigen 3.4.0 (Debian libeigen3-dev 3.4.0-4): a product with Transpositions from
# the right is a product with their transpose.
#
# LDLT::transpositionsP() is documented as the permutation P of A = P^T L D L^T P.
# One would guess that M * P, with P as Eigen returns it, is M * (P * I), I the
# identity, as for every other matrix: then D^(1/2) L^T * P squares to A.
#
# Seen: P * I is right, and so is the product with it as a matrix; M * P applies
# the transpositions to the columns in the order in which P * M applies them to
# the rows, which is M * P^T. For one transposition, or for an order that is its
# own inverse, nobody notices. Write M * P.transpose().
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq libeigen3-dev=3.4.0-4
dpkg-deb -x libeigen3-dev_3.4.0-4_all.deb eigen
cat >probe.cc <<'EOF'
#include <Eigen/Cholesky>
#include <cstdio>

int main() {
  Eigen::Matrix3d A;
  A << 1, 0.1, 0.2, 0.1, 3, 0.3, 0.2, 0.3, 2;
  const Eigen::LDLT<Eigen::Matrix3d> ldlt(A);
  const Eigen::Matrix3d identity = Eigen::Matrix3d::Identity();
  const Eigen::Matrix3d root =
      ldlt.vectorD().cwiseSqrt().asDiagonal() *
      Eigen::Matrix3d(ldlt.matrixU());
  const Eigen::Matrix3d as_matrix =
      root * Eigen::Matrix3d(ldlt.transpositionsP() * identity);
  const Eigen::Matrix3d direct = root * ldlt.transpositionsP();
  const Eigen::Matrix3d transposed =
      root * ldlt.transpositionsP().transpose();
  const auto error = [&](const Eigen::Matrix3d& m) {
    return (m.transpose() * m - A).norm();
  };
  const bool guess = error(direct) < 1e-12;
  std::printf("error of M * (P * I)      %.1e\n", error(as_matrix));
  std::printf("error of M * P            %.1e\n", error(direct));
  std::printf("error of M * P.transpose() %.1e\n", error(transposed));
  return !guess && error(as_matrix) < 1e-12 && error(transposed) < 1e-12 ? 0 : 1;
}
EOF
g++ -std=c++17 -O1 -isystem eigen/usr/include/eigen3 probe.cc -o probe
./probe || { echo "this has changed" >&2; exit 1; }
# Seen: error of M * (P * I) 5e-16, of M * P 2.5, of M * P.transpose() 5e-16.
