#!/usr/bin/env bash
# h5diff of HDF5 1.10.8 (Debian hdf5-tools 1.10.8+repack1-1): a relative limit lets
# an infinity in the first file pass as equal to any number.
#
# h5diff -p R prints a difference and exits 1 where |(a - b) / b| > R, a from the
# first file and b from the second, by its own help. One would guess that a loss of
# inf in a table of a run that diverged differs from the 3.2 of the reference by more
# than any R, in either order: inf / 3.2 is inf.
#
# Seen: it divides by a. With the reference first, inf is a difference; with the
# reference second, (b - a) / a is nan, nan is not above R, and h5diff is silent and
# exits 0, even for inf against -inf. -d R finds it in both orders, and a nan against
# a number is found in all. Put the table to trust first, or look for inf yourself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq hdf5-tools=1.10.8+repack1-1 libhdf5-103-1=1.10.8+repack1-1 \
  libaec0 libsz2 libcurl4 libbrotli1 libnghttp2-14 libpsl5 librtmp1 libssh2-1 \
  libldap-2.5-0 libsasl2-2 libssl3 libgssapi-krb5-2 libkrb5-3 libk5crypto3 \
  libkrb5support0 libkeyutils1
for package in *.deb; do dpkg-deb -x "$package" .; done
libraries=$(echo usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH=$libraries:$libraries/hdf5/serial
export PATH=usr/bin:$PATH
cat >shape <<'END'
PATH loss
INPUT-CLASS TEXTFP
RANK 1
DIMENSION-SIZES 3
OUTPUT-CLASS FP
OUTPUT-SIZE 64
END
table() { # name, losses
  echo "${@:2}" >"$1.txt"
  h5import "$1.txt" -c shape -o "$1.h5"
}
table reference 3.4 3.2 3.1
table diverged 3.4 inf 3.1
table below 3.4 -inf 3.1
table missing 3.4 nan 3.1

compare() { # kind of limit, limit, first, second
  local status=0
  h5diff -q "$@" || status=$?
  echo "h5diff ${*%.h5} exits $status"
}
{
  h5diff --version | sed 's/.*: *//'
  h5diff --help | grep -o '|(a-b)/b| > R'
  for limit in -p -d; do
    for pair in "reference diverged" "diverged reference" "diverged below" \
      "reference missing" "missing reference"; do
      read -r first second <<<"$pair"
      compare "$limit" 0.1 "$first.h5" "$second.h5"
    done
  done
} | tee seen
diff seen - <<'END'
Version 1.10.8
|(a-b)/b| > R
h5diff -p 0.1 reference diverged exits 1
h5diff -p 0.1 diverged reference exits 0
h5diff -p 0.1 diverged below exits 0
h5diff -p 0.1 reference missing exits 1
h5diff -p 0.1 missing reference exits 1
h5diff -d 0.1 reference diverged exits 1
h5diff -d 0.1 diverged reference exits 1
h5diff -d 0.1 diverged below exits 1
h5diff -d 0.1 reference missing exits 1
h5diff -d 0.1 missing reference exits 1
END
echo "as stated: inf first is no difference"
