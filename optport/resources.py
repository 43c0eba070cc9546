"""The data files beside the code: in a directory, or in the archive that optport runs from."""

from __future__ import annotations

from pathlib import Path


def exists(path: Path) -> bool:
    """Whether there is a data file of that path."""
    return path.is_file() or (not path.parent.is_dir() and _in_archive(path) is not None)


def read(path: Path) -> str:
    """Return the text of a data file; raises `FileNotFoundError` where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except NotADirectoryError:
        data = _in_archive(path)
        if data is None:
            raise FileNotFoundError(path) from None
        return data.decode("utf-8")


def stems(folder: Path, suffix: str) -> list[str]:
    """Return the names of a folder's data files with that suffix, without it, in order."""
    if folder.is_dir():
        return sorted(path.stem for path in folder.glob(f"*{suffix}"))
    import zipfile

    archive = _archive(folder)
    with zipfile.ZipFile(archive) as opened:
        paths = map(Path, opened.namelist())
        inside = folder.relative_to(archive)
        return sorted(p.stem for p in paths if p.parent == inside and p.suffix == suffix)


def _in_archive(path: Path) -> bytes | None:
    import zipfile

    archive = _archive(path)
    with zipfile.ZipFile(archive) as opened:
        try:
            return opened.read(path.relative_to(archive).as_posix())
        except KeyError:
            return None


def _archive(path: Path) -> Path:
    """Return the file that a path leads through."""
    return next(parent for parent in path.parents if parent.is_file())
