"""The types that all parts of the assistant share: questions, answers, turns, events, errors, settings."""
