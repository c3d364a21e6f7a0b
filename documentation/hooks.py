"""What mkdocs calls: it takes the generated pages as if they were files in docs/."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from documentation.pages import pages


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    return files
