"""Shows the newest table of `make bench`, or writes it into a page:

python -m benchmarks.report
python -m benchmarks.report --write docs/performance.md
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.cli import OUTPUT
from benchmarks.harness.results import Results, markdown
from benchmarks.registry import FIGURES


def replaced(page: str, name: str, content: str) -> str:
    """The page with what stands between `<!-- name -->` and `<!-- end of name -->` replaced."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"the page needs the lines {begin} and {end} once each")
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{content.strip()}\n{end}{rest.partition(end)[2]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=OUTPUT / "results.json")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="the page whose tables are replaced")
    options = parser.parse_args()
    results = Results.load(options.results)
    if not results.figures:
        raise SystemExit(f"There are no results in {options.results} yet: make bench")
    tables = {"measured": markdown(results, list(FIGURES))}
    if options.write is None:
        print("\n\n".join(tables.values()))
        return
    page = options.write.read_text()
    for name, table in tables.items():
        page = replaced(page, name, table)
    options.write.write_text(page)


if __name__ == "__main__":
    main()
