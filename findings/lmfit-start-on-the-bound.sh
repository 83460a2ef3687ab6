#!/usr/bin/env bash
# lmfit 1.1.0 (Debian python3-lmfit 1.1.0-1): a parameter that starts on its only
# bound stays there, and the fit succeeds.
#
# A loss floor E is not negative and not known: Parameters.add("E", 0, min=0). One
# would guess that the fit lifts E off 0, as scipy.optimize.least_squares with
# bounds=(0, inf) does from the same start, and as lmfit does with min=0, max=10.
#
# Seen: with min alone E ends at exactly 0 and the exponent at 0.15 instead of 0.34,
# success True, from a start of 0; from 0.1 all is well. lmfit fits s in place of E,
# E = min - 1 + sqrt(s^2 + 1), whose derivative at s = 0 is 0, and leastsq's step
# there is too small to show a difference. The only trace is that there are no error
# bars. Start inside the bounds.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq python3-lmfit=1.1.0-1 python3-asteval=0.9.28-1 \
  python3-uncertainties=3.1.6-1 python3-future=0.18.2-6 \
  python3-scipy=1.10.1-2 python3-decorator=5.1.1-3 \
  python3-numpy=1:1.24.2-1+deb12u1 libblas3=3.11.0-2 liblapack3=3.11.0-2 \
  libgfortran5=12.2.0-14+deb12u1 libquadmath0=12.2.0-14+deb12u1
for package in *.deb; do dpkg-deb -x "$package" .; done
libraries=$(echo usr/lib/*-linux-gnu)
export PYTHONPATH=usr/lib/python3/dist-packages
export LD_LIBRARY_PATH=$libraries:$libraries/blas:$libraries/lapack
python3 - <<'EOF' | tee seen
import lmfit
import numpy
from scipy.optimize import least_squares

assert lmfit.__version__ == "1.1.0", lmfit.__version__
sizes = numpy.logspace(6, 9, 12)


def loss(floor, log_scale, exponent):
    return floor + numpy.exp(log_scale) * sizes**-exponent


measured = loss(1.7, 6.0, 0.34)


def residuals(p):
    return loss(*p) - measured


for name, start, bounds in (("lmfit, min", 0.1, dict(min=0)),
                            ("lmfit, min and max", 0, dict(min=0, max=10)),
                            ("lmfit, min", 0, dict(min=0))):
    parameters = lmfit.Parameters()
    parameters.add("E", start, **bounds)
    parameters.add("a", 4.0)
    parameters.add("alpha", 0.3)
    fit = lmfit.minimize(lambda p: residuals(p.valuesdict().values()), parameters)
    print(name, "from %g:" % start, "E %.3f, exponent %.3f," % (
        fit.params["E"].value, fit.params["alpha"].value),
        "success", fit.success, "error bars", fit.errorbars)
fit = least_squares(residuals, [0, 4, 0.3], x_scale="jac", ftol=1e-12, xtol=1e-12,
                    bounds=([0, -numpy.inf, -numpy.inf], numpy.inf))
print("SciPy, min from 0: E %.3f, exponent %.3f" % (fit.x[0], fit.x[2]))
EOF
diff seen - <<'EOF'
lmfit, min from 0.1: E 1.700, exponent 0.340, success True error bars True
lmfit, min and max from 0: E 1.700, exponent 0.340, success True error bars True
lmfit, min from 0: E 0.000, exponent 0.153, success True error bars False
SciPy, min from 0: E 1.700, exponent 0.340
EOF
echo "as stated: E stays on its bound"
