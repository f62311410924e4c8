"""What becomes of scenes: units, masks, missing bands, damaged files."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.builders.scene_refs import SceneWriter, roots_of, write_asset
from workers.contracts.assets import AssetRef, SceneRef
from workers.contracts.features import FeatureSetSpec, FeatureSpec
from workers.contracts.grid import BlockRef
from workers.contracts.parameters import MaskSpec
from workers.errors import DataError, InputError, ParameterError
from workers.pipeline.cube import cube_build
from workers.pipeline.evaluate import MISSING, evaluate, plan_build, windows_require
from workers.pipeline.geometry import target_of_rows
from workers.pipeline.inputs import dropped_inputs, stack_load
from workers.pipeline.scales import plane_scale, to_plane


def spec_of(source, statistic="mean", window=None):
    return FeatureSetSpec(
        features=(FeatureSpec(name="f", source=source, statistic=statistic, window=window),)
    )


def asset(dtype, scale=1.0, **fields):
    return AssetRef(
        **{"key": "b", "path": "/b.tif", "dtype": dtype, "scale": scale, "crs": "EPSG:3035",
           "transform": (10, 0, 0, 0, -10, 0), "shape": (4, 4)} | fields
    )  # fmt: skip


@pytest.mark.parametrize(
    ("dtype", "scale", "sensor", "units"),
    [
        ("uint16", 1e-4, 10_000, 10_000),
        ("int16", 1e-4, 10_000, 10_000),
        ("uint8", 0.01, 10_000, 10_000),
        ("int16", 0.01, 100, 100),
        ("int16", 0.01, 10_000, 100),
        ("uint16", 1.0, 10_000, 1),
        ("uint8", 1.0, 10_000, 1),
        ("float32", 1.0, 10_000, 10_000),
    ],
)
def test_units_fit_the_values_that_a_type_can_hold(dtype, scale, sensor, units):
    assert plane_scale(asset(dtype, scale), sensor) == units


def test_scale_offset_and_nodata_are_applied_once():
    stored = np.array([[0, 1000, 1001, 65535]], dtype=np.uint16)
    boa = asset("uint16", 1e-4, offset=-0.1)
    assert to_plane(stored, boa, 10_000, 0).tolist() == [[MISSING, 0, 1, 32766]]


def test_nodata_of_a_float_raster_may_be_nan():
    stored = np.array([[np.nan, 0.25, -9999.0]], dtype=np.float32)
    assert to_plane(stored, asset("float32"), 10_000, -9999.0).tolist() == [
        [MISSING, 2500, MISSING]
    ]


@pytest.mark.parametrize("dtype", ["uint16", "uint32", "int32", "float32"])
@pytest.mark.parametrize("nodata", [-9999.0, 0.5, float("nan"), 1e20])
def test_a_nodata_that_a_type_cannot_hold_marks_nothing(dtype, nodata):
    stored = np.array([[0, 1, 7]], dtype=dtype)
    assert to_plane(stored, asset(dtype, 1.0), 1, nodata).tolist() == [[0, 1, 7]]


def test_a_stored_minus_32768_that_is_no_nodata_is_clamped():
    stored = np.array([[-32768, 32767]], dtype=np.int16)
    assert to_plane(stored, asset("int16", 1e-4), 10_000, None).tolist() == [[-32767, 32766]]


def loaded(spec, scenes, grid, **mask):
    cube = cube_build(spec, scenes)
    target = target_of_rows(grid, BlockRef(ix=0, iy=0), 0, grid.block_size)
    return cube, stack_load(cube, target, roots=roots_of(scenes), options=MaskSpec(**mask))


def test_clouds_grow_by_the_dilation_and_snow_does_not(tmp_path: Path):
    writer = SceneWriter(tmp_path)
    scene = writer.scene(0, datetime(2018, 5, 1, tzinfo=UTC))
    scl = np.full((64, 64), 4, dtype=np.uint8)
    scl[20, 20], scl[40, 40] = 9, 11
    path = Path(scene.assets["SCL"].path)
    write_asset(path, scl, pixel=20.0, nodata=0)
    _, stack = loaded(spec_of("B04"), [scene], writer.grid(128), dilation_m=40)
    mask = stack.mask.reshape(128, 128)
    assert (mask[36:46, 36:46] == 0).sum() == 13 * 4
    assert (mask[76:86, 76:86] == 0).sum() == 4
    assert (mask == 0).sum() == 14 * 4


def test_scenes_without_the_bands_are_left_out(tmp_path: Path):
    writer = SceneWriter(tmp_path)
    scenes = writer.series(3)
    poor = scenes[1].model_copy(
        update={"assets": {k: a for k, a in scenes[1].assets.items() if k != "B11"}}
    )
    cube = cube_build(spec_of("ndmi"), [scenes[0], poor, scenes[2]])
    assert [scene.id for scene in cube.scenes] == ["s000", "s002"]
    assert cube_build(spec_of("B04"), [poor]).scenes == (poor,)


def test_a_source_that_no_scene_has_names_the_feature(tmp_path: Path):
    scenes = SceneWriter(tmp_path).series(2)
    with pytest.raises(ParameterError, match=r"Feature 'f', source 'B99 \+ 1'.*unknown name 'B99'"):
        cube_build(spec_of("B99 + 1"), scenes)
    lenient = cube_build(spec_of("B99 + 1"), scenes, lenient=True)
    assert lenient.feature_sources == (None,)
    assert "B99" in lenient.warnings[0]


def test_bands_that_never_meet_in_a_scene_are_refused(tmp_path: Path):
    scenes = SceneWriter(tmp_path).series(2)
    parts = [
        scene.model_copy(update={"assets": {key: scene.assets[key]}})
        for scene, key in zip(scenes, ("B04", "B08"), strict=True)
    ]
    with pytest.raises(ParameterError, match="no scene has B08, B04"):
        cube_build(spec_of("B08 - B04"), parts)


def test_no_scene_at_all_is_a_lack_of_data():
    with pytest.raises(DataError, match="No scene"):
        cube_build(spec_of("B04"), [])


def test_a_truncated_asset_drops_its_scene_and_names_it(tmp_path: Path):
    writer = SceneWriter(tmp_path)
    scenes = writer.series(4)
    path = Path(scenes[2].assets["B08"].path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    cube, stack = loaded(spec_of("ndvi", "count_valid"), scenes, writer.grid(128))
    (dropped,) = dropped_inputs(cube, stack.dropped)
    assert dropped.id == "s002"
    assert "scene002" in dropped.reason
    assert "B08" in dropped.reason
    rest = [scene for scene in scenes if scene.id != "s002"]
    other, clean = loaded(spec_of("ndvi", "count_valid"), rest, writer.grid(128))
    expected = evaluate(clean, plan_build(other, dropped=frozenset()))
    found = evaluate(stack, plan_build(cube, dropped=frozenset(stack.dropped)))
    assert np.array_equal(found.features, expected.features)
    assert np.array_equal(found.data_score, expected.data_score)


def test_a_missing_mask_drops_its_scene(tmp_path: Path):
    writer = SceneWriter(tmp_path)
    scenes = writer.series(2)
    Path(scenes[0].assets["SCL"].path).unlink()
    _, stack = loaded(spec_of("B04"), scenes, writer.grid(128))
    assert list(stack.dropped) == [0]
    assert not stack.mask[0].any()


def test_no_readable_scene_is_an_error_that_names_the_first(tmp_path: Path):
    writer = SceneWriter(tmp_path)
    scenes = writer.series(2)
    for scene in scenes:
        Path(scene.assets["B04"].path).write_bytes(b"no image")
    with pytest.raises(InputError, match=r"None of the 2 scenes.*scene000"):
        loaded(spec_of("B04"), scenes, writer.grid(128))


def test_a_window_without_any_scene_names_feature_and_window(tmp_path: Path):
    cube = cube_build(
        spec_of("B04", window="2017-01-01/2017-02-01"), SceneWriter(tmp_path).series(3)
    )
    plan = plan_build(cube, dropped=frozenset())
    with pytest.raises(ParameterError, match=r"'f'.*2017-01-01/2017-02-01"):
        windows_require(cube, plan)


def test_n_min_is_at_most_the_dates_of_the_window(tmp_path: Path):
    writer = SceneWriter(tmp_path)
    scenes = writer.series(3)
    wide, stack = loaded(spec_of("B04", "p050"), scenes, writer.grid(128))
    narrow = cube_build(spec_of("B04", "p050", "2018-03-01/2018-03-11"), scenes)
    seen_wide = evaluate(stack, plan_build(wide, dropped=frozenset())).valid.mean()
    seen_narrow = evaluate(stack, plan_build(narrow, dropped=frozenset())).valid.mean()
    assert 0 < seen_wide < seen_narrow


def test_a_lost_date_lowers_n_min_where_there_were_enough(tmp_path: Path):
    writer = SceneWriter(tmp_path)
    cube, stack = loaded(spec_of("B04", "p050"), writer.series(3), writer.grid(128))
    lost = frozenset({1})
    few = evaluate(stack, plan_build(cube, dropped=lost, n_min=(3,)))
    assert few.valid.any()
    none = evaluate(stack, plan_build(cube, dropped=lost, n_min=(4,)))
    assert not none.valid.any()


def test_data_score_counts_dates_with_all_their_bands(tmp_path: Path):
    writer = SceneWriter(tmp_path)
    scenes = writer.series(5)
    cube, stack = loaded(spec_of("ndvi"), scenes, writer.grid(128))
    score = evaluate(stack, plan_build(cube, dropped=frozenset())).data_score
    whole = stack.mask.astype(bool)
    for (t, _), row in cube.planes.items():
        whole[t] &= stack.planes[row] != MISSING
    assert np.array_equal(score, whole.sum(axis=0))


def test_pixels_outside_every_scene_are_missing(tmp_path: Path):
    writer = SceneWriter(tmp_path)
    scenes = writer.series(2)
    cube = cube_build(spec_of("B04"), scenes)
    far = target_of_rows(writer.grid(64), BlockRef(ix=50, iy=50), 0, 64)
    stack = stack_load(cube, far, roots=roots_of(scenes), options=MaskSpec())
    result = evaluate(stack, plan_build(cube, dropped=frozenset()))
    assert (result.features == MISSING).all()
    assert not result.valid.any()
    assert isinstance(scenes[0], SceneRef)
