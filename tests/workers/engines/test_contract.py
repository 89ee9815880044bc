"""What every engine must hold, found by the registry: a new one is tested here without an edit."""

from typing import get_args

import pytest
from pydantic_core import PydanticUndefined

from workers.engines.base import Engine, EngineOptions, EngineSpec, Task
from workers.engines.registry import create, engines
from workers.errors import ModelMissing


@pytest.fixture(params=engines().values(), ids=engines().keys())
def engine(request) -> type[Engine]:
    return request.param


def test_info_is_complete(engine):
    info = engine.info

    assert info.name == info.name.lower()
    assert " " not in info.name
    assert info.title
    assert info.tasks
    assert set(info.tasks) <= set(get_args(Task))
    assert issubclass(info.options, EngineOptions)


def test_its_file_is_called_as_it_is(engine, tmp_path):
    assert EngineSpec.of(engine, "any", tmp_path).engine == engine.info.name


def test_every_option_has_a_title_a_description_and_a_default(engine):
    for name, field in engine.info.options.model_fields.items():
        assert field.title, name
        assert field.description, name
        assert field.default is not PydanticUndefined or field.default_factory, name


def test_every_option_survives_the_way_to_the_child(engine):
    options = engine.info.options()

    assert engine.info.options.model_validate_json(options.model_dump_json()) == options


def test_module_says_what_it_is(engine):
    module = __import__(engine.__module__, fromlist=["__doc__"])

    assert module.__doc__


def test_making_one_reads_nothing_and_loading_tells_that_the_model_is_missing(engine, tmp_path):
    if not engine.info.needs_model:
        pytest.skip("its model is elsewhere")
    made = create(EngineSpec.of(engine, "absent-model", tmp_path / "absent-model"))

    with pytest.raises(ModelMissing) as caught:
        made.load(lambda fraction, message: None)

    assert "absent-model" in str(caught.value)
    assert caught.value.hint
    assert "{" not in str(caught.value)


def test_unloading_what_never_loaded_is_harmless(engine, tmp_path):
    create(EngineSpec.of(engine, "absent-model", tmp_path / "absent-model")).unload()
