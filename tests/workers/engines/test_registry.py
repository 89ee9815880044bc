"""Every engine is found by its file alone, without importing what it needs."""

import subprocess
import sys
import textwrap

import pytest

from tests.scripted_engine import FACTORY, ScriptedEngine, ScriptedOptions, scripted
from workers.engines.registry import create, engine_named, engines, engines_for
from workers.errors import UsageError


def test_engines_are_found_by_name():
    assert "faster-whisper" in engines()
    assert all(engine.info.name == name for name, engine in engines().items())


def test_engine_is_had_by_name():
    assert engine_named("faster-whisper").info.tasks == ("speech",)


def test_unknown_engine_is_refused_with_those_there_are():
    with pytest.raises(UsageError, match=r"no engine 'wisper'\. Choose one of: .*faster-whisper"):
        engine_named("wisper")


def test_engines_are_listed_by_task():
    names = {engine.info.name for engine in engines_for("speech")}

    assert "faster-whisper" in names
    assert "emotion" not in names


def test_spec_makes_the_engine_it_was_made_from():
    spec = scripted(words=(" hey",))

    engine = create(spec)

    assert spec.factory == FACTORY
    assert isinstance(engine, ScriptedEngine)
    assert engine._options == ScriptedOptions(words=(" hey",))


def test_equal_options_are_equal_keys():
    assert scripted() == scripted(words=ScriptedOptions().words)
    assert scripted() != scripted(words=(" hey",))


def test_finding_the_engines_imports_no_heavy_library():
    script = """
        import sys
        from workers.engines.registry import engines

        engines()
        heavy = {"torch", "transformers", "diffusers", "ctranslate2", "faster_whisper", "onnxruntime", "cv2", "av"}
        print(sorted(heavy & set(sys.modules)))
    """

    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)

    assert done.stdout == "[]\n", done.stderr
