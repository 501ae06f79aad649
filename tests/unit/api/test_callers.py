import pytest

from voxhelm.api.callers import caller_of, key_of
from voxhelm.domain.caller import Priority
from voxhelm.domain.errors import ParameterInvalid


def scope(**headers):
    return {
        "type": "http",
        "client": ("192.0.2.7", 5),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }


def test_without_headers_a_caller_is_its_address_and_interactive():
    caller = caller_of(scope())
    assert (caller.key, caller.priority, caller.patience_seconds) == ("192.0.2.7", Priority.INTERACTIVE, None)


def test_a_key_is_never_kept_as_it_is():
    assert "secret" not in key_of(scope(authorization="Bearer secret"))
    assert key_of(scope(authorization="Bearer secret")) != key_of(scope(authorization="Bearer other"))


def test_class_and_patience_come_from_headers():
    caller = caller_of(scope(x_voxhelm_priority="Batch", x_voxhelm_deadline="2.5"))
    assert (caller.priority, caller.patience_seconds) == (Priority.BATCH, 2.5)


@pytest.mark.parametrize(
    "headers",
    [{"x_voxhelm_priority": "now"}, *({"x_voxhelm_deadline": value} for value in ("soon", "0", "-1", "nan", "inf", ""))],
)
def test_what_makes_no_sense_is_refused(headers):
    with pytest.raises(ParameterInvalid):
        caller_of(scope(**headers))
