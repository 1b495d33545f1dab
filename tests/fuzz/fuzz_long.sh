#!/bin/sh
# Long fuzzing on demand: builds the fuzzers with clang and runs each of them.
#
#   tests/fuzz/fuzz_long.sh [SECONDS_EACH [TARGET...]]     default: 600 seconds, all targets
#
# What is found lies in build/fuzz/found/<target>/; the grown corpus in build/fuzz/corpus/<target>/.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build="$root/build/fuzz"
seconds=${1:-600}
[ $# -gt 0 ] && shift
mkdir -p "$root/build"
targets=${*:-csv ctf npy hdf5 expression arff libsvm jsonl sqlite archive idx cifar image audio listing text run_spec events model safetensors onnx onnx_import network spec}

for compiler in clang++-19 clang++; do
    command -v "$compiler" >/dev/null && break
done
command -v "$compiler" >/dev/null || {
    echo "fuzz_long.sh: clang is needed, which the other tests are not: apt install clang-19 libclang-rt-19-dev libomp-19-dev llvm-19" >&2
    exit 1
}

cmake -S "$root" -B "$build" -G Ninja \
    -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DTRAINYARD_TESTS=ON -DTRAINYARD_WINDOW=OFF -DTRAINYARD_ASSERTS=ON -DTRAINYARD_FUZZ=ON \
    -DTRAINYARD_SANITIZE=address,undefined,fuzzer-no-link >"$build.log" 2>&1 || { cat "$build.log" >&2; exit 1; }
programs=
for target in $targets; do
    programs="$programs fuzz_$target"
done
# shellcheck disable=SC2086 # a word each
cmake --build "$build" --target $programs

status=0
for target in $targets; do
    mkdir -p "$build/corpus/$target" "$build/found/$target"
    echo "== $target for $seconds s"
    # libvorbis keeps what it took for a damaged Ogg file: memory of others, nothing that we could give back.
    leaks=1
    [ "$target" = audio ] && leaks=0
    # 25 s is a hang for inputs of 64 KiB; 2 GiB is far beyond what any of them may allocate.
    # UBSan would print what it finds and go on.
    ASAN_OPTIONS="detect_leaks=$leaks" UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1" "$build/fuzz/fuzz_$target" -max_total_time="$seconds" -detect_leaks="$leaks" -timeout=25 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
        -max_len=65536 -print_final_stats=1 -verbosity=0 -artifact_prefix="$build/found/$target/" \
        "$build/corpus/$target" "$root/tests/fuzz/corpus/$target" || { status=1; echo "== $target: found something"; }
done
exit $status
