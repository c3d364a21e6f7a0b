from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from runtime.saved_environment import FILE_NAME, PROJECT, default_data_dir
from stack.errors import StackError
from stack.privileges import ServerUser, shared_folder

STACK = PROJECT / "stack"


@dataclass(frozen=True)
class Layout:
    """Where one stack keeps its state."""

    data_dir: Path

    @classmethod
    def at(cls, data_dir: Path | None) -> Layout:
        return cls((data_dir or default_data_dir()).expanduser().resolve())

    @property
    def state_file(self) -> Path:
        return self.data_dir / "state.json"

    @property
    def environment_file(self) -> Path:
        return self.data_dir / FILE_NAME

    @property
    def attachment_folder(self) -> Path:
        return self.data_dir / "attachments"

    @property
    def mail_folder(self) -> Path:
        return self.data_dir / "mails"

    @property
    def supervisor_pid_file(self) -> Path:
        return self.pid_file("supervisor")

    @property
    def lock_file(self) -> Path:
        return self.data_dir / "lock"

    def log(self, name: str) -> Path:
        return self.data_dir / "logs" / f"{name}.log"

    def pid_file(self, name: str) -> Path:
        return self.data_dir / "pids" / f"{name}.json"

    def create(self) -> None:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.data_dir):
                pass
        except OSError as problem:
            raise StackError(
                f"The data folder {self.data_dir} cannot be written ({problem.strerror}).",
                "Choose another one with --data-dir.",
            ) from problem

    def store_folder(self, name: str, user: ServerUser) -> Path:
        """A store's own folder: under the data folder, or behind a link there when its user cannot get in."""
        stores = self.data_dir / "stores"
        if not stores.exists() and not stores.is_symlink() and not user.may_pass(self.data_dir):
            stores.symlink_to(tempfile.mkdtemp(dir=shared_folder("tidedesk-data")))
        place = stores.resolve()
        place.mkdir(exist_ok=True)
        place.chmod(0o711)
        if not user.may_pass(place):
            raise StackError(
                f"The servers' user cannot get into {place}: a folder above it was closed to others.",
                "Open that folder (chmod o+x), or start anew with another --data-dir.",
            )
        return user.own_folder(place / name)
