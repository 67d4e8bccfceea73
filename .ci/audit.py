"""What we depend on: pinned with hashes and no addresses, installed as locked, licensed as we want it.

`--online` also asks the package index for advisories and yanked releases; without, the audit says that it did not ask.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from pip._internal.models.index import PyPI
from pip._vendor.packaging.markers import Marker

ROOT = Path(__file__).parents[1]
EXTRA = "requirements-forecast.lock"
"""What the extra brings besides, and what of it the other lock has already, in the same versions."""
INDEX = PyPI.pypi_url + "/{name}/{version}/json"
"""The index that pip asks when it is told of no other."""
REFUSED = re.compile(
    r"(?<!L)(?<!Lesser )\bA?GPL|GNU (Affero )?General Public|Proprietary|EULA|Commercial", re.IGNORECASE
)
KNOWN = re.compile(
    r"MIT|BSD|Apache|ISC\b|PSF|Python Software Foundation|MPL|Mozilla|LGPL|Lesser General|Unlicense|Zlib|0BSD|OFL"
    r"|PostgreSQL|CC0|Public Domain|Artistic|HPND",
    re.IGNORECASE,
)
READ_BY_HAND = {"axe-playwright-python": "MIT", "promql-parser": "MIT"}
"""Packages whose metadata names no licence, and the licence that their files hold."""


HEAD = re.compile(r"([\w.\-]+)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(?:;([^\\]*))?")
"""Name, version and marker of an entry of the lock file."""


def plain(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> dict[str, tuple[str, int, str]]:
    """Name to version, number of hashes and marker of each entry of the lock file; of two, the one that is for here."""
    found: dict[str, tuple[str, int, str]] = {}
    for entry in re.split(r"\n(?=\S)", text):
        if head := HEAD.match(entry):
            name, marker = plain(head[1]), (head[3] or "").strip()
            if name not in found or not marker or Marker(marker).evaluate():
                found[name] = (head[2], len(re.findall(r"--hash=sha256:[0-9a-f]{64}", entry)), marker)
    return found


def faults_of_lock(text: str, wanted: list[str]) -> Iterator[str]:
    """What is wrong with the lock file itself."""
    entries = locked(text)
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    if loose := [line for line in lines if not HEAD.match(line)]:
        yield f"the lock has {len(loose)} entries without an exact version"
    if re.search(r"^\s*[^#\n]*(https?://|git\+|file:| @ )", text, re.MULTILINE):
        yield "the lock names an address"
    yield from (f"{name} has no hash" for name, (_, hashes, _) in entries.items() if not hashes)
    for requirement in wanted:
        name = re.match(r"[\w.\-]+", requirement)
        if name and plain(name[0]) not in entries:
            yield f"{name[0]} of pyproject.toml is not in the lock"


def faults_of_installation(text: str) -> Iterator[str]:
    """What is installed in another version than the lock says."""
    for name, (version, _, _) in locked(text).items():
        try:
            there = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # for another platform
        if there != version:
            yield f"{name} is installed as {there}, locked as {version}"


def licence(name: str) -> str:
    """What a package says of its licence, in one line."""
    about = metadata.metadata(name)
    said = [about.get("License-Expression") or "", *(about.get_all("Classifier") or [])]
    short = [each for each in said if each and (each == said[0] or each.startswith("License"))]
    return "; ".join(short) or (about.get("License") or "").strip().partition("\n")[0] or READ_BY_HAND.get(name, "")


def licences(text: str) -> tuple[dict[str, str], list[str]]:
    """The licence of everything that is installed, and what is wrong with some."""
    found = {}
    for name in locked(text):
        try:
            found[name] = licence(name)
        except metadata.PackageNotFoundError:
            continue
    wrong = [f"{name}: the licence {said!r} is not wanted here" for name, said in found.items() if REFUSED.search(said)]
    wrong += [
        f"{name}: the licence {said!r} is not known here" for name, said in found.items() if not KNOWN.search(said)
    ]
    return found, wrong


def advisories(text: str) -> Iterator[str]:
    """What the index says against the locked releases."""
    for name, (version, _, _) in locked(text).items():
        with urllib.request.urlopen(INDEX.format(name=name, version=version), timeout=20) as answer:
            about = json.load(answer)
        yield from (f"{name} {version}: {each['id']}" for each in about.get("vulnerabilities") or ())
        if (about.get("info") or {}).get("yanked"):
            yield f"{name} {version} was yanked"


def main(arguments: list[str]) -> int:
    """Print what was found; 0 when all is well."""
    text, extra = ((ROOT / name).read_text("utf-8") for name in ("requirements.lock", EXTRA))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    beside = [each for some in project["project"]["optional-dependencies"].values() for each in some]
    faults = [*faults_of_lock(text, wanted), *faults_of_lock(extra, beside)]
    text += extra
    found, wrong = licences(text)
    faults += [*faults_of_installation(text), *wrong]
    if "--licences" in arguments:
        print("\n".join(f"{name:32} {said}" for name, said in sorted(found.items())))
    print(f"{len(locked(text))} packages are locked with hashes; the licences of {len(found)} were read.")
    if "--online" in arguments:
        try:
            faults += advisories(text)
        except (OSError, ValueError) as silence:
            print(f"Not asked: advisories and yanked releases, for the index does not answer ({silence}).")
    else:
        print("Not asked: advisories and yanked releases. `make audit ARGS=--online` asks the package index.")
    print("\n".join(faults) or "Nothing is wrong with what was looked at.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
