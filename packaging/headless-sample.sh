#!/usr/bin/env bash
# The main job without a display: headless-sample.sh BIN [FOLDER]
# Trains the digits sample, evaluates it, exports ONNX, and prints a short summary. FOLDER keeps the results.
set -euo pipefail
bin=$1
folder=${2:-$(mktemp -d "${TMPDIR:-/tmp}/trainyard-digits.XXXXXX")}

echo "Training the digits sample (1,797 pictures of 8 x 8) in $folder"
began=$(date +%s.%N)
"$bin/trainyard-run" train --data sample:digits --preset fast --out "$folder/run" --events text
"$bin/trainyard-run" evaluate --model "$folder/run/model" --data sample:digits --json >"$folder/evaluation.json"
"$bin/trainyard-run" export --model "$folder/run/model" --format onnx --out "$folder/digits.onnx" --json >"$folder/export.json"
took=$(echo "$(date +%s.%N) $began" | awk '{ printf "%.1f", $1 - $2 }')

# The first number behind a key of pretty or compact JSON.
number() { tr -d '\n ' <"$2" | sed -n "s/.*\"$1\":\(-\{0,1\}[0-9.eE+-]*\).*/\1/p"; }
echo
echo "Done in $took s."
echo "  Right on all its pictures:   $(number accuracy "$folder/evaluation.json" | awk '{ printf "%.1f %%", 100 * $1 }')"
echo "  Exported model:              $folder/digits.onnx"
echo "  Largest difference in ONNX:  $(number maxDifference "$folder/export.json")"
echo "  Run folder:                  $folder/run"
