#!/usr/bin/env bash
# Ceres 2.1.0 (Debian libceres-dev 2.1.0+really2.1.0+dfsg-1) and SciPy 1.10.1
# (python3-scipy 1.10.1-2): one Huber fit, two covariances, a factor of three apart.
#
# ceres::HuberLoss(d) and least_squares(loss="huber", f_scale=d) are the same loss,
# and both say that they correct residuals and Jacobian for its second derivative, so
# that J^T J is the Gauss-Newton Hessian of the robust problem. One would guess that
# ceres::Covariance, which applies the loss, and the inverse of SciPy's jac^T jac
# agree wherever the fits do: E and slope of a line with a few diverged runs, say.
#
# Seen: the same fit and the same cost, but variances of 0.915 in Ceres and 2.7 in
# SciPy for E. The second derivative of Huber's loss is 0 beyond d. SciPy follows it:
# an outlier adds nothing to jac^T jac, as if it had not been measured. Ceres leaves
# the second derivative out where rho'' is negative, so for Huber, Cauchy and SoftLOne
# alike: an outlier r counts with the weight d / |r|. Neither is a standard error; to
# compare fits of the two, compute both covariances from the residuals by one rule.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq libceres-dev=2.1.0+really2.1.0+dfsg-1 \
  libceres3=2.1.0+really2.1.0+dfsg-1 libeigen3-dev=3.4.0-4 \
  libgoogle-glog-dev=0.6.0-2 libgoogle-glog0v6=0.6.0-2 libgflags-dev=2.2.2-2 \
  libgflags2.2=2.2.2-2 libunwind8=1.6.2-3 libatlas3-base=3.10.3-13 \
  libmetis5=5.1.0.dfsg-7 libspqr2=1:5.12.0+dfsg-2 libcxsparse3=1:5.12.0+dfsg-2 \
  libcholmod3=1:5.12.0+dfsg-2 libsuitesparseconfig5=1:5.12.0+dfsg-2 \
  libamd2=1:5.12.0+dfsg-2 libcamd2=1:5.12.0+dfsg-2 libcolamd2=1:5.12.0+dfsg-2 \
  libccolamd2=1:5.12.0+dfsg-2 libgomp1=12.2.0-14+deb12u1 \
  python3-scipy=1.10.1-2 python3-decorator=5.1.1-3 \
  python3-numpy=1:1.24.2-1+deb12u1 libblas3=3.11.0-2 liblapack3=3.11.0-2 \
  libgfortran5=12.2.0-14+deb12u1 libquadmath0=12.2.0-14+deb12u1
for package in *.deb; do dpkg-deb -x "$package" .; done
libraries=$(echo usr/lib/*-linux-gnu)
export PYTHONPATH=usr/lib/python3/dist-packages
export LD_LIBRARY_PATH=$libraries:$libraries/blas:$libraries/lapack
cat >probe.cc <<'END'
#include <ceres/ceres.h>
#include <cstdio>

struct Line {
  double x, y;
  template <class T>
  bool operator()(const T* p, T* residual) const {
    residual[0] = p[0] + p[1] * x - y;
    return true;
  }
};

int main() {
  const double y[] = {2, 1, 2.1, 2.9, 4.05, 4.95, 6.1, 5};
  double p[] = {0, 1};
  ceres::Problem problem;
  for (int i = 0; i < 8; ++i)
    problem.AddResidualBlock(
        new ceres::AutoDiffCostFunction<Line, 1, 2>(new Line{double(i), y[i]}),
        new ceres::HuberLoss(0.2), p);
  ceres::Solver::Options options;
  options.function_tolerance = options.parameter_tolerance = 1e-15;
  options.max_num_iterations = 500;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  ceres::Covariance covariance{ceres::Covariance::Options()};
  double c[4];
  const std::vector<const double*> blocks{p};
  if (!covariance.Compute(blocks, &problem)) return 1;
  covariance.GetCovarianceBlock(p, p, c);
  std::printf("Ceres %s\n", CERES_VERSION_STRING);
  std::printf("fit %.4f %.4f, cost %.3f\n", p[0], p[1], summary.final_cost);
  std::printf("variances %.3f %.3f\n", c[0], c[3]);
}
END
g++ -std=c++17 -w -isystem usr/include -isystem usr/include/eigen3 probe.cc -o probe \
  -L"$libraries" -Wl,--allow-shlib-undefined -l:libceres.so.3 -l:libglog.so.1
./probe | tee seen
python3 - <<'END' | tee -a seen
import numpy
import scipy
from scipy.optimize import least_squares

x = numpy.arange(8.0)
y = numpy.array([2, 1, 2.1, 2.9, 4.05, 4.95, 6.1, 5])
fit = least_squares(lambda p: p[0] + p[1] * x - y, [0, 1], loss="huber",
                    f_scale=0.2, xtol=1e-15, ftol=1e-15, gtol=1e-15)
variances = numpy.diag(numpy.linalg.inv(fit.jac.T @ fit.jac))
print("SciPy", scipy.__version__)
print("fit %.4f %.4f, cost %.3f" % (*fit.x, fit.cost))
print("variances %.3f %.3f" % tuple(variances))
design = numpy.stack([numpy.ones(8), x], axis=1)
for name, outlier in ("d / |r|", lambda r: 0.2 / r), ("0", lambda r: 0 * r):
    size = numpy.abs(fit.fun)
    weight = numpy.where(size > 0.2, outlier(size), 1)
    by_hand = numpy.linalg.inv((design.T * weight) @ design)
    print("by hand, outliers weigh", name, *numpy.diag(by_hand).round(3))
END
diff seen - <<'END'
Ceres 2.1.0
fit 0.3850 0.8900, cost 0.722
variances 0.915 0.063
SciPy 1.10.1
fit 0.3850 0.8900, cost 0.722
variances 2.700 0.200
by hand, outliers weigh d / |r| 0.915 0.063
by hand, outliers weigh 0 2.7 0.2
END
echo "as stated: one fit, two covariances"
