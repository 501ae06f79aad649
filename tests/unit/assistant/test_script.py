import pytest

from voxhelm.assistant.script import Script, read_script
from voxhelm.domain.errors import ConfigurationInvalid


def test_a_script_is_read(tmp_path):
    file = tmp_path / "script.yaml"
    file.write_text(
        "rules:\n"
        "  - when: 'weather in (?P<city>\\w+)'\n"
        "    call: {name: weather, arguments: {city: '{city}'}}\n"
        "  - {after_tool: weather, say: 'It is {output}.', word_seconds: 0.1}\n"
        "otherwise: Pardon?\n",
        encoding="utf-8",
    )
    script = read_script(file)
    assert script.otherwise == "Pardon?"
    assert script.rules[0].when.search("The WEATHER in Sofia")["city"] == "Sofia"
    assert script.rules[0].call.arguments == {"city": "{city}"}
    assert (script.rules[1].after_tool, script.rules[1].word_seconds) == ("weather", 0.1)


def test_json_is_read_too_and_an_empty_file_is_a_script(tmp_path):
    file = tmp_path / "script.json"
    file.write_text('{"rules": [{"say": "Yes."}]}')
    assert read_script(file).rules[0].say == "Yes."
    file.write_text("")
    assert read_script(file) == Script()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: [{say: [1]}]", "say"),
        ("rules: [{sya: Hello}]", "sya"),
        ("rules: [{when: '('}]", "is not right"),
        ("rules: {", "is not right"),
        ("- 1", "is not right"),
    ],
)
def test_what_is_wrong_with_a_script_is_told(tmp_path, text, told):
    file = tmp_path / "script.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationInvalid, match=told):
        read_script(file)


def test_a_script_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigurationInvalid, match="cannot be read"):
        read_script(tmp_path / "none.yaml")
