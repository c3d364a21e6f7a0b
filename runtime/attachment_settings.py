from __future__ import annotations

from typing import Any

from pydantic import BaseSettings, Field, SecretStr, root_validator

from runtime.saved_environment import default_data_dir


class AttachmentSettings(BaseSettings):
    """The part of the settings that says where attachments are kept, and how many."""

    attachment_folder: str = Field(
        default_factory=lambda: str(default_data_dir() / "attachments"),
        min_length=1,
        description="Folder that attachments are kept in, the same for all processes; not used with s3_endpoint",
    )
    attachment_limit_bytes: int = Field(
        default=25 * 1_048_576, ge=1_024, le=5 * 1_073_741_824, description="Largest attachment, bytes"
    )
    attachment_user_quota_bytes: int = Field(
        default=5 * 1_073_741_824, ge=1_024, description="All attachments that one person uploaded, bytes"
    )
    attachment_organization_quota_bytes: int = Field(
        default=50 * 1_073_741_824, ge=1_024, description="All attachments that people of one organization uploaded"
    )
    attachment_types: tuple[str, ...] = Field(
        default=(), description="Media types taken, as found by content; without any, all that are known and harmless"
    )
    attachment_upload_timeout_s: int = Field(
        default=900, ge=1, le=1_800, description="Longest time that one upload may take, s"
    )

    s3_endpoint: str = Field(
        default="",
        regex=r"^(https?://[^/?#@\s]+)?$",
        description="Origin of an S3-compatible store that keeps the attachments instead of the folder",
    )
    s3_bucket: str = Field(
        default="", regex=r"^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$", description="Bucket there; it must exist"
    )
    s3_region: str = Field(default="us-east-1", min_length=1, max_length=64, description="Region of the bucket")
    s3_key_id: str = Field(default="", max_length=255, description="Id of the access key")
    s3_secret: SecretStr = Field(default="", description="Secret of the access key")

    @root_validator(skip_on_failure=True)
    def _complete_store(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["s3_endpoint"] and not (values["s3_bucket"] and values["s3_key_id"] and values["s3_secret"]):
            raise ValueError("s3_endpoint needs s3_bucket, s3_key_id and s3_secret")
        return values
