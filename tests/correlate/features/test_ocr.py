import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from correlate.features import ocr
from correlate.features.ocr import Line, Reader


@pytest.fixture(scope="module")
def reader():
    return Reader()


def written(lines, size=(640, 360), font=30):
    """A picture with texts at places."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for (x, y), text in lines:
        draw.text((x, y), text, "black", ImageFont.load_default(font))
    return picture


def test_lines_are_read_with_their_places_in_the_order_of_reading(reader):
    lines = [((30, 240), "Port of Rotterdam"), ((30, 30), "FIRE ON CONTAINER SHIP"), ((400, 244), "12 March 2024")]
    found = reader.lines(written(lines))
    assert [line.text for line in found] == ["FIRE ON CONTAINER SHIP", "Port of Rotterdam", "12 March 2024"]
    for line, ((x, y), _) in zip(found, (lines[1], lines[0], lines[2]), strict=True):
        assert abs(line.box[0] - x) < 12
        assert abs(line.box[1] - y) < 12
        assert 25 < line.box[3] < 60
        assert ocr.SURE <= line.score <= 1


def test_writing_is_found_in_large_and_small_pictures(reader):
    for size, font in (((2400, 1500), 110), (((240, 120)), 24)):
        found = reader.lines(written([((size[0] // 10, size[1] // 3), "Rotterdam")], size, font))
        assert [line.text for line in found] == ["Rotterdam"]
        assert abs(found[0].box[0] - size[0] // 10) < font / 2


@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270])
def test_standing_lines_are_read_either_way(reader, turn):
    turned = written([((60, 160), "HARBOUR NEWS")]).transpose(turn)
    (line,) = reader.lines(turned)
    assert line.text == "HARBOUR NEWS"
    assert line.box[3] > 4 * line.box[2]


def test_lines_of_few_letters_are_left_out(reader):
    assert reader.lines(written([((60, 60), "2024"), ((60, 200), "7")])) == []


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (3, 2), (33, 31)])
@pytest.mark.parametrize("colour", ["white", "black"])
def test_empty_pictures_of_any_shape_hold_nothing(reader, size, colour):
    assert reader.lines(Image.new("RGB", size, colour)) == []


def test_noise_and_many_regions_end_soon(reader):
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    assert all(line.score >= ocr.SURE for line in reader.lines(Image.fromarray(noise)))
    map_ = np.zeros((640, 640), np.float32)
    for row in range(0, 640, 16):
        for column in range(0, 640, 40):
            map_[row : row + 8, column : column + 30] = 0.9
    assert len(ocr.cores(map_)) == ocr.MAX_LINES


def test_a_core_grows_by_its_area_over_its_perimeter():
    probable = np.zeros((100, 200), np.float32)
    probable[40:51, 20:121] = 0.9  # centres of pixels: 100 wide, 10 high
    probable[80:82, 20:60] = 0.9  # too thin
    probable[0:20, 150:190] = 0.4  # too weak
    (corners,) = ocr.cores(probable)
    grown = 1.6 * 1000 / 220
    expected = [
        [20 - grown, 40 - grown],
        [120 + grown, 40 - grown],
        [120 + grown, 50 + grown],
        [20 - grown, 50 + grown],
    ]
    assert np.abs(corners - expected).max() < 0.1


def test_order_of_rows():
    right, left = Line("right", (200, 12, 50, 20), 1), Line("left", (10, 8, 50, 24), 1)
    below, top = Line("below", (5, 60, 50, 20), 1), Line("top", (300, 0, 20, 4), 1)
    assert [line.text for line in ocr.in_order([below, right, top, left])] == ["top", "left", "right", "below"]
    assert ocr.in_order([]) == []
