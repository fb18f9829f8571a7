"""The archive of a folder as it is uploaded: its bytes depend on nothing but the files."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Final

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that an archive can name."""


def archive(folder: Path, target: Path) -> str:
    """Writes the archive and tells the SHA-256 of its bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for path in sorted(folder.rglob("*"), key=Path.as_posix):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
                entry.external_attr = (0o100000 | (path.stat().st_mode & 0o777)) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                made.writestr(entry, path.read_bytes())
    return hashlib.sha256(target.read_bytes()).hexdigest()
