# Sourced by quickstart and test: installs Debian packages that are missing.

build_packages="g++ cmake ninja-build git libcli11-dev libtomlplusplus-dev libfmt-dev nlohmann-json3-dev libxxhash-dev libkissfft-dev gnuplot-nox fonts-dejavu-core"
test_packages="dpkg-dev file libopenmpi-dev openmpi-bin libgtest-dev libbenchmark-dev librandom123-dev python3 python3-venv ca-certificates netcdf-bin gdal-bin xxhash zsh fish groff-base chromium-headless-shell"

need_packages() {
  missing=""
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" = 0 ]; then as_root=""; elif command -v sudo >/dev/null; then as_root="sudo"; else
    echo "These Debian packages are missing, and only root can install them:" >&2
    echo "  apt-get install$missing" >&2
    return 1
  fi
  echo "Installing$missing"
  $as_root apt-get update -q >/dev/null
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -q -y --no-install-recommends $missing >/dev/null
}

# nvcc, also where it is not on PATH; prints nothing if there is none.
find_nvcc() {
  command -v nvcc || { [ -x /usr/local/cuda/bin/nvcc ] && echo /usr/local/cuda/bin/nvcc; } || true
}
