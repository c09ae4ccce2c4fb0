"""How `.env` is read."""

import re
from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import parse_stream
from pydantic_settings import DotEnvSettingsSource

_IN_SINGLE_QUOTES = re.compile(r"\s*(export\s+)?[^=]+=[^\S\n]*'")


class EnvFile(DotEnvSettingsSource):
    """What stands in single quotes is taken as it is, as shells and Compose do: the library would
    put variables in the place of `${…}` there, too."""

    def _read_env_file(self, file_path: Path) -> Mapping[str, str | None]:
        read = dict(super()._read_env_file(file_path))
        with file_path.open(encoding=self.env_file_encoding or "utf-8") as stream:
            for line in parse_stream(stream):
                if line.key and _IN_SINGLE_QUOTES.match(line.original.string):
                    read[line.key if self.case_sensitive else line.key.lower()] = line.value
        return read
