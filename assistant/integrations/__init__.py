"""Footnote inside other programs: a llama-index query engine, OpenTelemetry spans."""
