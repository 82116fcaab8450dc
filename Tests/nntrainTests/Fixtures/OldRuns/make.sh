#!/usr/bin/env bash
# Makes the recorded runs and their expected results with a released program.
#
#   make.sh PROGRAM   PROGRAM is nntrain of the version whose runs are to be recorded
#
# Runs record the absolute path of their data, hence a place that names no machine.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$(realpath "${1:?usage: make.sh PROGRAM}")
place=/tmp/old-runs
mkdir "$place"
trap 'rm -rf "$place"' EXIT

python3 -B "$here/make_data.py"
for config in "$here"/*/train.yaml; do
  from=$(dirname "$config")
  kind=$(basename "$from")
  rm -rf "$from/run" "$from/expected"
  cp -r "$from" "$place/$kind"
  mkdir "$from/expected"
  cd "$place/$kind"
  while read -r name file arguments; do
    [[ $name == "$kind" ]] || continue
    # shellcheck disable=SC2086  # arguments are words without spaces
    if [[ $file == train ]]; then
      "$program" train train.yaml --run-dir run $arguments --quiet --no-report
      cp -r run "$from/run"
    else
      "$program" $arguments >"$from/expected/$file"
    fi
  done <"$here/cases.txt"
  "$program" train train.yaml --run-dir run --resume --quiet --no-report
  cp run/model.safetensors "$from/expected/weights.safetensors"
  cp run/metrics.csv "$from/expected/metrics.csv"
done
