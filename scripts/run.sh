#!/usr/bin/env bash
# Builds if needed and starts the server on http://127.0.0.1:8000. Usage: scripts/run.sh [serve options]
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/memory-router" serve "$@"
