"""Everything that can be set, for programs that don't leave it to the environment: `load_settings(threshold=0.5)`."""

from assistant.core.settings import Settings, library_folder, load_settings

__all__ = ["Settings", "library_folder", "load_settings"]
