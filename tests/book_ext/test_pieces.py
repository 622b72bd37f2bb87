"""What a cell prints is shown as it was printed, however it came."""

import pytest
from myst_nb.core.utils import coalesce_streams
from nbformat.v4 import new_output

from tools.book_ext.pieces import joined

PRINTED = "K   log L\n1 -240.416\n\n2 -220.193\n"


@pytest.mark.parametrize("cut", range(1, len(PRINTED)))
def test_a_printed_table_survives_every_cut_into_pieces(cut):
    outputs = [new_output("stream", name="stdout", text=text) for text in (PRINTED[:cut], PRINTED[cut:])]
    [shown] = coalesce_streams(joined(outputs))
    assert shown["text"] == PRINTED


def test_streams_keep_their_names_and_other_outputs_their_places():
    value = new_output("execute_result", data={"text/plain": "1"}, execution_count=1)
    out, error = (new_output("stream", name=name, text="a") for name in ("stdout", "stderr"))
    kept = joined([out, value, error, out])
    assert [output["output_type"] for output in kept] == ["stream", "execute_result", "stream"]
    assert [kept[0]["text"], kept[2]["text"]] == ["aa", "a"]
    assert out["text"] == "a"
