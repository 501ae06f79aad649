"""The ways to the server that callers are told of, as the settings say."""

from voxhelm.api.ice_servers import RelayOptions
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.sections.realtime import RealtimeSettings


def relay_options(realtime: RealtimeSettings) -> RelayOptions:
    """What callers are told of ways to the server. Raises ConfigurationInvalid for a secret that cannot be read."""
    secret = ""
    if realtime.turn_urls and realtime.turn_secret_file is not None:
        try:
            secret = realtime.turn_secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationInvalid(
                f"'realtime.turn_secret_file' names {realtime.turn_secret_file}, which cannot be read."
            ) from error
        if not secret:
            raise ConfigurationInvalid(f"'realtime.turn_secret_file' names {realtime.turn_secret_file}, which is empty.")
    return RelayOptions(realtime.stun_urls, realtime.turn_urls, secret, realtime.turn_lifetime_seconds)
