"""The XML inside word processors' files: ZIP archives and documents that may be hostile."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from typing import Any

from litmap.parsing import safe_markup

MAX_PART = 64_000_000
"""Bytes of one file of an archive once it is unpacked."""
MAX_PARTS = 20_000
"""Files of an archive."""


class Archive:
    """A ZIP archive in memory, of which single files are read up to `MAX_PART` bytes."""

    def __init__(self, data: bytes, what: str) -> None:
        """Raises ValueError, which calls the file `what`, where it is no archive."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (
            zipfile.BadZipFile,
            OSError,
            ValueError,
            NotImplementedError,
            struct.error,
        ) as error:
            raise ValueError(f"not {what}: {error}") from error
        if len(self._zip.filelist) > MAX_PARTS:
            raise ValueError(f"more than {MAX_PARTS:,} files in it")

    def part(self, name: str) -> bytes:
        """The bytes of a file, b'' where there is none. Raises ValueError for one that is damaged,
        encrypted or too large.
        """
        try:
            with self._zip.open(name) as file:
                data = file.read(MAX_PART + 1)
        except KeyError:
            return b""
        except (
            zipfile.BadZipFile,
            zlib.error,
            lzma.LZMAError,
            struct.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,  # encrypted
        ) as error:
            raise ValueError(f"{name} in it cannot be read: {error}") from error
        if len(data) > MAX_PART:
            raise ValueError(f"{name} in it is larger than {MAX_PART:,} bytes")
        return data

    def xml(self, name: str) -> Any:
        """The root of an XML file, None where there is no such file."""
        data = self.part(name)
        return parse_xml(data) if data else None


def parse_xml(data: bytes) -> Any:
    """The root element, comments left out. Raises ValueError for what is no XML, declares entities
    of its own, or nests deeper than libxml2 reads.
    """
    return safe_markup.parse_xml(data).root


def local(node: Any) -> str:
    """The name of an element without its namespace, '' for what is no element."""
    return str(node.tag).rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""


def attribute(node: Any, name: str) -> str:
    """The value of an attribute, whatever its namespace; '' where there is none."""
    return next((str(v) for k, v in node.attrib.items() if k.rsplit("}", 1)[-1] == name), "")


def child(node: Any, *path: str) -> Any:
    """The first element at the path of names below this one, or None."""
    for name in path:
        node = next((below for below in node if local(below) == name), None)
        if node is None:
            return None
    return node
