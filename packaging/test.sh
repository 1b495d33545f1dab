#!/usr/bin/env bash
# Installs what the tests need, builds with asserts and warnings as errors, runs the tests; ends with ctest's summary.
#   packaging/test.sh           all tests but those labelled slow
#   packaging/test.sh --slow    all tests
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/setup.sh

label=(-LE slow)
for argument in "$@"; do
    case "$argument" in
    --slow) label=() ;;
    *)
        sed -n '2,4s/^# \{0,1\}//p' "$0"
        exit 2
        ;;
    esac
done

install_missing packaging/debian-packages/{engine,window,test}.txt
# onnxruntime judges the exported models; without it those tests say that they were skipped.
if [ -f tests/exchange/onnxruntime/package-lock.json ] && [ ! -d tests/exchange/onnxruntime/node_modules/onnxruntime-node ]; then
    (cd tests/exchange/onnxruntime && ONNXRUNTIME_NODE_INSTALL=skip npm ci --no-audit --no-fund) \
        || echo "note: onnxruntime could not be installed; its tests will be skipped"
fi
# Microsoft's client libraries judge the sandbox; the same holds.
if [ ! -d tests/cloud/sandbox/node/node_modules/@azure/arm-compute ]; then
    (cd tests/cloud/sandbox/node && npm ci --ignore-scripts --no-audit --no-fund) \
        || echo "note: the @azure packages could not be installed; the test that needs them will be skipped"
fi

if [ ! -d tests/cloud/storage/node/node_modules/azurite ]; then
    (cd tests/cloud/storage/node && npm ci --ignore-scripts --no-audit --no-fund) \
        || echo "note: the storage emulator could not be installed; the tests that need it will be skipped"
fi

build_preset dev
cd build/dev
exec ctest --parallel 2 --output-on-failure --timeout 600 "${label[@]}"
