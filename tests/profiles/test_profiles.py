from __future__ import annotations

import contextlib
import io
import json
import struct
import xml.etree.ElementTree as ET
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hack.tools.planners import folder
from pydynamo_manifests.cli import main
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.profiles import config_map, plots, profile_lines, read_profile
from pydynamo_manifests.profiles.npz import read_npz
from pydynamo_manifests.yaml import dump, load

if TYPE_CHECKING:
    from pathlib import Path

PREFILL: dict[str, Any] = {
    "prefill_isl": [100, 1000, 2000, 4000],
    "prefill_ttft": [20.5, 40, 60, 110],
    "prefill_thpt_per_gpu": [5000, 25000, 33000, 36000],
}
DECODE: dict[str, Any] = {
    "x_kv_usage": [0.1, 0.5, 0.1, 0.5],
    "y_context_length": [1000, 1000, 4000, 4000],
    "z_itl": [5, 12, 6, 15],
    "z_thpt_per_gpu": [300, 900, 250, 800],
    "max_kv_tokens": 100000,
}


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - a chart of our own


def npz(arrays: dict[str, list[float]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, values in arrays.items():
            header = repr({"descr": "<f8", "fortran_order": False, "shape": (len(values),)}).encode()
            body = struct.pack(f"<{len(values)}d", *values)
            archive.writestr(
                f"{name}.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body
            )
    return out.getvalue()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "prefill_raw_data.json").write_text(json.dumps(PREFILL))
    (tmp_path / "decode_raw_data.json").write_text(json.dumps(DECODE))
    return tmp_path


def test_a_folder_its_files_and_their_config_map_say_the_same(home: Path, tmp_path: Path) -> None:
    whole = read_profile(str(home))
    assert whole.prefill
    assert whole.decode
    assert whole.prefill.ttft == (20.5, 40, 60, 110)
    assert read_profile(str(home / "prefill_raw_data.json")).decode is None
    (mapped := tmp_path / "cm.yaml").write_text(dump(config_map(whole, "planner-profile-data")))
    again = read_profile(str(mapped))
    assert (again.prefill, again.decode) == (whole.prefill, whole.decode)
    (both := tmp_path / "both.json").write_text(json.dumps({"prefill": PREFILL, "decode": DECODE}))
    assert read_profile(str(both)).decode == whole.decode


def test_arrays_of_numpy_win_as_they_do_in_the_planner(home: Path) -> None:
    (home / "selected_prefill_interpolation").mkdir()
    (home / "selected_prefill_interpolation" / "raw_data.npz").write_bytes(
        npz({**PREFILL, "prefill_ttft": [1, 2, 3, 4]})
    )
    found = read_profile(str(home))
    assert found.prefill
    assert found.prefill.ttft == (1, 2, 3, 4)


def test_the_planner_s_own_sample() -> None:
    sample = folder("1.6.1") / "dynamo/planner/tests/data/profiling_results/H200_TP1P_TP1D"
    if not sample.is_dir():
        pytest.skip("the planner 1.6.1 is not installed: make planners")
    found = read_profile(str(sample))
    assert found.prefill
    assert found.decode
    assert (len(found.prefill.isl), found.decode.max_kv_tokens) == (17, 945029)
    assert len(profile_lines(found)) > 40


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({**PREFILL, "prefill_isl": []}, "prefill_isl is empty: the profiler measured nothing, look at its log"),
        ({"prefill_isl": [1]}, "prefill_ttft is missing; a profile has prefill_isl, prefill_ttft, prefill_thpt_per_gpu"),
        (
            {**PREFILL, "prefill_ttft": [1, 2]},
            "the columns differ in length (prefill_isl 4, prefill_ttft 2, prefill_thpt_per_gpu 4): the profile is damaged",
        ),
        ({k: v[:3] for k, v in PREFILL.items()}, "3 prompt lengths; the planner draws a cubic curve, which needs 4: profile with a finer prefill granularity"),
        ({**PREFILL, "prefill_ttft": [0.02, 0.04, 0.06, 0.1]}, "prefill_ttft is at most 0.1; it is in milliseconds, and these look like seconds"),
        ({**PREFILL, "prefill_ttft": [1, 0, 3, 4]}, "prefill_ttft holds 0; a measurement is above 0"),
        ({**PREFILL, "prefill_ttft": [1, "x", 3, 4]}, "prefill_ttft holds 'x', which is no number"),
        ({k: [*v, v[-1]] for k, v in PREFILL.items()}, "prefill_isl has a prompt length twice, which no curve can pass"),
        ({**DECODE, "x_kv_usage": [10, 50, 10, 50]}, "x_kv_usage 10 is not a share from 0 to 1"),
        ({**DECODE, "max_kv_tokens": None}, "max_kv_tokens None is no number of tokens"),
        (
            {**DECODE, "y_context_length": [5, 5, 5, 5]},
            "2 KV shares and 1 context lengths; the planner needs two of each: profile with a finer decode granularity",
        ),
        ({**DECODE, "z_itl": [0.005, 0.012, 0.006, 0.015]}, "z_itl is at most 0.015; it is in milliseconds, and these look like seconds"),
    ],
)  # fmt: skip
def test_what_would_stop_or_mislead_the_planner_is_refused(
    data: dict[str, Any], message: str, tmp_path: Path
) -> None:
    (file := tmp_path / "p.json").write_text(json.dumps(data))
    with pytest.raises(InputError) as e:
        read_profile(str(file))
    assert str(e.value) == f"{file}: {message}"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.json", "", "is empty: the profiler wrote nothing, look at its log"),
        ("p.json", "{}", "holds no profile"),
        ("p.json", '{"a": 1}', "holds no profile: no prefill_isl and no x_kv_usage in it"),
        ("p.json", "{", "is neither JSON nor YAML"),
        ("p.yaml", "kind: ConfigMap\ndata: {a: b}\n", "the ConfigMap has neither prefill_raw_data.json nor decode_raw_data.json"),
        ("p.yaml", "kind: ConfigMap\ndata: {prefill_raw_data.json: '['}\n", "prefill_raw_data.json is not JSON"),
        ("p.yaml", "kind: ConfigMap\ndata: {prefill_raw_data.json: '{}'}\n", "prefill_raw_data.json holds no profile"),
        ("p.npz", "junk", "is no readable .npz file"),
    ],
)  # fmt: skip
def test_what_is_no_profile_is_refused(name: str, content: str, message: str, tmp_path: Path) -> None:
    (file := tmp_path / name).write_text(content)
    with pytest.raises(InputError) as e:
        read_profile(str(file))
    assert message in str(e.value)


def test_an_empty_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no profile: neither prefill_raw_data"):
        read_profile(str(tmp_path))
    with pytest.raises(InputError, match="cannot be read"):
        read_profile(str(tmp_path / "none"))


def test_unsorted_prompt_lengths_are_put_in_order(tmp_path: Path) -> None:
    (file := tmp_path / "p.json").write_text(json.dumps({k: v[::-1] for k, v in PREFILL.items()}))
    found = read_profile(str(file)).prefill
    assert found
    assert found.isl == (100, 1000, 2000, 4000)
    assert found.ttft == (20.5, 40, 60, 110)


def test_charts_are_whole_and_say_their_targets(home: Path) -> None:
    drawn = plots(read_profile(str(home)), ttft=100, itl=10)
    assert set(drawn) == {"prefill", "decode"}
    for text, words in (
        (drawn["prefill"], {"target 100 ms", "100 tokens"}),
        (drawn["decode"], {"target 10 ms", "1,000 tokens of context"}),
    ):
        texts = {t.text for t in parsed(text).iter("{http://www.w3.org/2000/svg}text")}
        assert words <= texts
    assert drawn == plots(read_profile(str(home)), ttft=100, itl=10)


def one_array(header: bytes, body: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body)
    return out.getvalue()


HEADER = b"{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n"


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (one_array(b""), "x: a.npy is no NumPy array of numbers"),
        (one_array(b"{"), "x: a.npy is no NumPy array of numbers"),
        (one_array(HEADER % (b"|O", b"1,")), "x: a.npy holds |O, not numbers"),
        (one_array(HEADER % (b"<f8", b"-1,")), "x: a.npy is no NumPy array of numbers"),
        (
            one_array(HEADER % (b"<f8", b"99999999999,"), b"12345678"),
            "x: a.npy is cut off: 1 of 99999999999 numbers",
        ),
    ],
)
def test_an_array_that_is_none_is_refused(array: bytes, message: str) -> None:
    with pytest.raises(InputError) as e:
        read_npz(array, "x")
    assert str(e.value) == message


def test_arrays_of_any_number_order_and_shape() -> None:
    assert read_npz(one_array(HEADER % (b"<i8", b""), struct.pack("<q", 7)), "x") == {"a": [7]}
    assert read_npz(one_array(HEADER % (b">f4", b"2, 2"), struct.pack(">4f", 1, 2, 3, 4)), "x") == {
        "a": [1, 2, 3, 4]
    }


@given(st.data())
@settings(max_examples=150)
def test_a_damaged_file_is_refused_or_read(data: st.DataObject) -> None:
    whole = bytearray(npz({"prefill_isl": [1.0, 2.0, 3.0]}))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError):
        read_npz(bytes(whole), "x")


def test_the_command(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plot = tmp_path / "p.svg"
    assert main(["profile", "show", str(home), "--plot", str(plot), "--itl", "20"]) == 0
    out = capsys.readouterr().out
    assert "           1000              40.0            25000.0\n" in out
    assert "decode, 100000 tokens of KV cache" in out
    assert {p.name for p in tmp_path.glob("*.svg")} == {"p-prefill.svg", "p-decode.svg"}
    assert main(["profile", "show", str(home), "--configmap", "planner-profile-data"]) == 0
    made = load(capsys.readouterr().out)
    assert set(made["data"]) == {"prefill_raw_data.json", "decode_raw_data.json"}
    assert main(["profile", "show", str(home / "decode_raw_data.json"), "--plot", str(plot)]) == 0
    assert "prefill: no curve: it cannot be scaled" in capsys.readouterr().out
    assert plot.exists()
    assert main(["profile", "show", str(home), "--itl", "0.02"]) == 2
    assert "write --itl 20" in capsys.readouterr().err
