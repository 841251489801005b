"""Finding: everything from a file to scored passages."""

import os

# Nothing leaves the machine: onnxruntime's own reports are on by default, and can only be turned off before it is imported, by
# us or by chromadb.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
