# shellcheck shell=bash
# Sourced by the scripts beside it: a root folder with a Debian release in it,
# and isoflop's sources under /isoflop there.
: "${root:?where it is, which the caller sets}"

fail() {
  echo "compat: $*" >&2
  exit 1
}

# The Debian mirror that this machine's apt uses.
mirror() {
  # shellcheck disable=SC2016  # apt expands it, not the shell
  apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' |
    sed -n '1s|/*$||p'
}

# make_root RELEASE PACKAGES, with commas; does nothing where it is made.
make_root() {
  local from
  [ "$(id -u)" = 0 ] || fail "needs root, to make and enter another system"
  [ -f "$root/made" ] && return
  command -v debootstrap >/dev/null || fail "install debootstrap first"
  from=$(mirror)
  [ -n "$from" ] || fail "apt knows no Debian mirror; run apt-get update"
  mkdir -p "$root"
  echo "compat: making $root" >&2
  debootstrap --variant=minbase "--include=$2" "$1" "$root" "$from" \
    >"$root.log" 2>&1 ||
    fail "debootstrap failed, see $root.log; delete $root to try again"
  # Proxies and the like.
  apt-config dump Acquire >"$root/etc/apt/apt.conf.d/00machine"
  touch "$root/made"
}

# With the time of now: a source that is older than an object may be newer than
# the one that the object was made of.
copy_sources() {
  mkdir -p "$root/isoflop"
  find "$root/isoflop" -mindepth 1 -maxdepth 1 ! -name build -exec rm -r {} +
  git ls-files -z --cached --others --exclude-standard |
    tar --null -T - -c | tar -x -m -C "$root/isoflop"
}

# enter [OPTION...] -- COMMAND...: unshare's options, and a command in /isoflop
# with env's variables. Mounts and processes end with it, however it ends.
enter() {
  local options=()
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" \
    "${options[@]}" chroot "$root" env -C /isoflop HOME=/root LC_ALL=C.UTF-8 \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"
}
