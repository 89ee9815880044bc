"""Where things live on this machine; SENSORIUM_HOME moves all of them below one folder. No Qt."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

ASSETS_DIR = Path(__file__).resolve().parent.parent / "assets"


@dataclass(frozen=True)
class Paths:
    """The folders of the app; they are made when first written to."""

    config_dir: Path
    data_dir: Path
    log_dir: Path

    @classmethod
    def of_user(cls) -> Paths:
        """The platform's own places, or all below SENSORIUM_HOME when that is set."""
        if home := os.environ.get("SENSORIUM_HOME"):
            return cls.below(Path(os.path.expanduser(home)).resolve())
        dirs = platformdirs.PlatformDirs("sensorium", appauthor=False)
        return cls(dirs.user_config_path, dirs.user_data_path, dirs.user_log_path)

    @classmethod
    def below(cls, folder: Path) -> Paths:
        return cls(folder / "config", folder / "data", folder / "log")

    @property
    def settings_file(self) -> Path:
        return self.config_dir / "settings.toml"

    @property
    def socket_file(self) -> Path:
        """Where a window listens to `sensorium toggle` and `sensorium pause`."""
        return self.data_dir / "window.sock"

    @property
    def history_dir(self) -> Path:
        return self.data_dir / "history"

    @property
    def drawings_dir(self) -> Path:
        return self.data_dir / "drawings"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"

    @property
    def log_file(self) -> Path:
        return self.log_dir / "sensorium.log"
