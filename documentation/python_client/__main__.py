"""`python -m documentation.python_client`: writes the generated part of clients/python from docs/openapi."""

from __future__ import annotations

from documentation.python_client.files import FOLDERS, PACKAGE, files


def main() -> None:
    present = files()
    for folder in FOLDERS:
        for old in (PACKAGE / folder).glob("*.py"):
            if f"{folder}/{old.name}" not in present:
                old.unlink()
    for name, text in present.items():
        path = PACKAGE / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
