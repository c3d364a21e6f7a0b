from __future__ import annotations

from pathlib import Path

from runtime.files.folder import FolderStore
from runtime.files.s3 import S3Store
from runtime.files.signature import Signer
from runtime.files.store import FileStore
from runtime.settings import Settings


def open_file_store(settings: Settings) -> FileStore:
    """The bucket if one is named, else the folder."""
    if not settings.s3_endpoint:
        return FolderStore(Path(settings.attachment_folder))
    signer = Signer(settings.s3_key_id, settings.s3_secret.get_secret_value(), settings.s3_region)
    return S3Store(settings.s3_endpoint, settings.s3_bucket, settings.namespace, signer)
