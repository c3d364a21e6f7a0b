from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from stack.errors import StackError

# Postgres and Elasticsearch refuse to run as root; every Linux has this account and it owns nothing.
UNPRIVILEGED_USER = "nobody"
SHARED_PARENT = Path("/var/tmp")


class PopenUser(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[str | int]


@dataclass(frozen=True)
class ServerUser:
    """Who the servers run as: the caller, or an unprivileged account when the caller is root."""

    uid: int
    gid: int
    is_caller: bool

    @classmethod
    def choose(cls) -> ServerUser:
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), is_caller=True)
        try:
            account = pwd.getpwnam(UNPRIVILEGED_USER)
        except KeyError:
            raise StackError(
                f"Postgres and Elasticsearch refuse to run as root, and there is no user '{UNPRIVILEGED_USER}'.",
                "Run this as an ordinary user.",
            ) from None
        return cls(account.pw_uid, account.pw_gid, is_caller=False)

    def may_pass(self, path: Path) -> bool:
        """Whether this user can go through every folder down to the path."""
        if self.is_caller:
            return True
        folders = [path, *path.parents] if path.is_dir() else list(path.parents)
        return all(self._may_enter(folder) for folder in folders if folder.exists())

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)

    def as_popen_arguments(self) -> PopenUser:
        if self.is_caller:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own_folder(self, path: Path) -> Path:
        path.mkdir(parents=True, exist_ok=True)
        if not self.is_caller:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)
        return path

    def own_tree(self, path: Path) -> None:
        if self.is_caller:
            return
        for folder, _, files in os.walk(path):
            os.chown(folder, self.uid, self.gid)
            for name in files:
                os.chown(os.path.join(folder, name), self.uid, self.gid, follow_symlinks=False)


def shared_folder(name: str) -> Path:
    """A folder of ours that other users can pass, for when the checkout lies under a closed home."""
    path = SHARED_PARENT / f"{name}-{os.geteuid()}"
    path.mkdir(mode=0o711, exist_ok=True)
    status = path.lstat()
    # anyone may create names in /var/tmp: a folder or link that someone else put there is not ours to use
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise StackError(
            f"{path} belongs to someone else.", "Remove it, or move the checkout out of the closed folder."
        )
    path.chmod(0o711)
    return path
