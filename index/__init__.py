"""Finding: everything from a file to scored passages."""

import os

# Nothing leaves the machine: onnxruntime's telemetry is on by default and can only be turned off before anything imports
# onnxruntime, be it us or chromadb.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
