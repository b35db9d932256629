#!/usr/bin/env bash
# Gradescope runs this once, as root, while it builds the image: /autograder/source/course is this repository.
set -euo pipefail
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3.11 python3.11-venv bubblewrap
cd "${AUTOGRADER:-/autograder}/source/course"
python3.11 -m venv .venv
# The CPU build of PyTorch: the image would grow by gigabytes of CUDA otherwise.
PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu \
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
