"""The former place of `assistant.writing`, for programs that import what was documented there."""
