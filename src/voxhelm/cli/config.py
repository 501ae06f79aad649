"""`voxhelm config`: the settings in force, or what they may be."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

EPILOG: Final = """
[bold]Examples[/]
  voxhelm config > all-settings.yaml
  VOXHELM_SERVER__PORT=9000 voxhelm config
  voxhelm config --schema > voxhelm.schema.json
"""


@dataclass(frozen=True, slots=True)
class ConfigFlags:
    """What `config` can be told."""

    config: Annotated[Path | None, typer.Option("--config", "-c", metavar="FILE", help="Settings, else voxhelm.yaml.")] = None
    schema: Annotated[bool, typer.Option("--schema", help="The JSON schema of the file instead.")] = False


def config(flags: ConfigFlags) -> None:
    """Print the settings in force as YAML: from the environment, the file and the defaults."""
    import yaml

    from voxhelm.config import json_schema, load_settings

    if flags.schema:
        print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        return
    settings = load_settings(flags.config, os.environ)
    print(yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False, allow_unicode=True), end="")
