"""Settings that the service cannot start with are told by their name."""

import pytest

from ptgsched.config import BadSetting, Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "--5"),
        ("TRUSTED_PROXIES", "²"),
        ("TRUSTED_PROXIES", "-1"),
        ("BASE_URL", "http://["),
        ("BASE_URL", "http://ptg.example:port"),
        ("BASE_URL", "ptg.example"),
        ("REDIS_URL", "redis://["),
    ],
)
def test_a_value_that_is_none_names_its_setting(name, value):
    with pytest.raises(BadSetting, match=f"^PTGSCHED_{name}: must "):
        Settings.from_env({f"PTGSCHED_{name}": value})
