# Sourced by run, test and tools/setup: where things are, and the words they share. Sets root, jobs, PATH.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() { say "asman: $*"; exit 1; }

# A compiler of ours takes up to 1.2 GB: as many as there are processors, as far as memory goes.
jobs=$(nproc)
memory_gb=$(awk '/^MemAvailable/ {print int($2 / 1048576 / 1.2)}' /proc/meminfo)
if [ "${memory_gb:-1}" -lt "$jobs" ]; then jobs=$((memory_gb > 1 ? memory_gb : 1)); fi

if command -v ccache >/dev/null; then
  export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
fi

# node_is_current: the node first on PATH runs vite 8 and playwright-core.
node_is_current() {
  command -v node >/dev/null && command -v npm >/dev/null || return 1
  local version major minor
  version=$(node --version 2>/dev/null) || return 1
  IFS=. read -r major minor _ <<<"${version#v}"
  [ "$major" -ge 22 ] || { [ "$major" -eq 20 ] && [ "$minor" -ge 19 ]; }
}
if [ -x "$root/.tools/node_modules/.bin/node" ] && ! node_is_current; then PATH=$root/.tools/node_modules/.bin:$PATH; fi

# build PRESET [cmake option…] -- [target…]: configures and builds in build/PRESET.
build() {
  local preset=$1 options=() targets=()
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
  [ $# -eq 0 ] || shift
  for target; do targets+=(--target "$target"); done
  (cd "$root" && cmake --preset "$preset" --log-level=WARNING "${options[@]}" >/dev/null &&
    cmake --build --preset "$preset" --parallel "$jobs" "${targets[@]}")
}

# build_web: the display into web/dist, unless nothing changed since it was last built.
build_web() {
  [ -f "$root/web/package.json" ] && [ -f "$root/web/index.html" ] || return 0
  local built=$root/web/dist/index.html
  if [ -f "$built" ] && [ -z "$(find "$root/web" -path "$root/web/node_modules" -prune -o -path "$root/web/dist" -prune -o \
    -path "$root/web/public/geo" -prune -o -type f -newer "$built" -print -quit)" ]; then return 0; fi
  npm --prefix "$root/web" run --silent build
}
