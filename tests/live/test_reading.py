"""What the page for own data reads, what it asks, and what it refuses: tables of texts, run in Node."""

import csv
import io

import numpy as np
import pytest

from tests.live.scripts import run

READING = "own/reading.js"

READ = """texts.map((text) => {
  const { data, trouble, asks, questions, columns, column, counts } = read(text);
  const options = asks ? questions.at(-1).options.map(([, words]) => words) : [];
  const after = asks ? questions.at(-1).options.map(([answer]) => {
    const { data, trouble } = read(text, { answers: { [questions.at(-1).key]: answer } });
    return trouble ?? data.x;
  }) : [];
  const names = columns.map(([, name]) => name);
  return { x: data?.x ?? null, trouble, asks, options, after, columns: names, column, counts };
})"""


@pytest.fixture(scope="module")
def reads():
    """A function that reads texts, all in one run."""

    def read(texts):
        return run(READING, READ, texts=texts)

    return read


# --- read -------------------------------------------------------------------

PLAIN = {
    "1\n2\n4": [1, 2, 4],
    "1\r\n2\r\n4\r\n": [1, 2, 4],
    "1\r2\r4": [1, 2, 4],
    "\ufeff1\n2\n4": [1, 2, 4],
    "1, 2, 4": [1, 2, 4],
    "1,2,4": [1, 2, 4],
    "1; 2; 4": [1, 2, 4],
    "1\t2\t4": [1, 2, 4],
    "1 2 4": [1, 2, 4],
    "1 2 4 5\n7 8 9 6\n3": [1, 2, 4, 5, 7, 8, 9, 6, 3],
    "1,\n2,\n4,": [1, 2, 4],
    "100 200 300": [100, 200, 300],
    "100,200,300": [100, 200, 300],
    "# a note\n\n1\n2\n4\n\n": [1, 2, 4],
    "1\n# a note\n2\n4": [1, 2, 4],
    "\u22121\n\u20132\n+4": [-1, -2, 4],
    "1e3\n2.5E-1\n.5\n7.": [1000, 0.25, 0.5, 7],
    "1.234\n2.345\n950": [1.234, 2.345, 950],
    "'1'\n'2'\n'4'": [1, 2, 4],
    '"1"\n"2"\n"4"': [1, 2, 4],
    '"1","2","4"': [1, 2, 4],
    "wait\n1\n2\n4": [1, 2, 4],
    "wait in minutes\n1\n2\n4": [1, 2, 4],
    "wait, in minutes\n1\n2\n4": [1, 2, 4],
    "sep=;\nwait;b\n1;5\n2;9\n4;5": [1, 2, 4],
    "sep=,\nwait,b\n1,5\n2,9\n4,5": [1, 2, 4],
    "sep=|\nwait|b\n1|5\n2|9\n4|5": [1, 2, 4],
    '"wait\nin minutes",b\n1,5\n2,9\n4,5': [1, 2, 4],
    'who,wait\n"Doe\nJohn",1\n"Roe, ""R""",2\nPoe,4': [1, 2, 4],
    'who;wait\n5" nail;1\n"6"" nail";2\nscrew;4': [1, 2, 4],
    '"2019","2020"\n1,5\n2,9\n4,5': [1, 2, 4],  # quoted names over numbers
    "k,2019\n7,1\n5,2\n6,4": [7, 5, 6],
}


def test_what_is_plain_is_read(reads):
    for (text, expected), got in zip(PLAIN.items(), reads(list(PLAIN))):
        assert (got["x"], got["trouble"]) == (expected, None), text


TABLES = {
    # text: names, chosen column, counts
    ",wait\n0,79\n1,54\n2,74\n3,62": (["column 1", "wait"], 1, -1),  # as pandas writes it
    '"","wait"\n"1",79\n"2",54\n"3",74\n"4",62': (["column 1", "wait"], 1, -1),  # as R does
    '"wait"\n"1" 79\n"2" 54\n"3" 74\n"4" 62': (["column 1", "wait"], 1, -1),  # and by write.table
    "n,wait\n1,79\n2,54\n3,74\n4,62": (["n", "wait"], 1, -1),  # n numbers the lines
    "wait,n\n79,3\n54,1\n74,2\n62,2": (["wait", "n"], 0, 1),  # n counts
    '"wait, minutes";b\n79;1\n54;2;\n74;4\n62;8': (["wait, minutes", "b"], 0, -1),
    "wait,b\n79,\n54,2\n74,4\n62,": (["wait", "b"], 0, -1),  # gaps in another column
    "wait,b,\n79,5,\n54,2,\n74,4,\n62,1,": (["wait", "b"], 0, -1),
}


def test_tables_are_read_as_other_programs_write_them(reads):
    for (text, expected), got in zip(TABLES.items(), reads(list(TABLES))):
        assert (got["columns"], got["column"], got["counts"]) == expected, text
        assert got["x"] == [79, 54, 74, 62]


def test_the_reader_chooses_the_columns():
    text = "a;b;c\n1;2;3\n4;5;9\n7;8;6"
    program = (
        "wishes.map((wish) => { const { data, trouble } = read(text, wish); return trouble ?? [data.x, data.w]; })"
    )
    wishes = [{"column": 2}, {"column": 0, "counts": 2}, {"column": 1, "counts": 1}, {"column": 7}]
    got = run(READING, program, text=text, wishes=wishes)
    same = "Values and counts are the same column: choose two, or “no counts”."
    assert got == [[[3, 9, 6], [1, 1, 1]], [[1, 4, 7], [3, 9, 6]], same, [[1, 4, 7], [1, 1, 1]]]
    block = run(READING, "read(text, { column: -1, counts: -1 }).data.x", text="1 2 3\n4 5 9\n7 8 6")
    assert block == [1, 2, 3, 4, 5, 9, 7, 8, 6]


# --- asked ------------------------------------------------------------------

ASKED = {
    # text: the words to choose from, and what each is read as
    "1.234,56\n2.345,67": {
        "“1.234,56” means 1234.56": [1234.56, 2345.67],
        "“1.234,56” is 1.234 and 56": [1.234, 2.345],
    },
    "1,234.56\n2,345.67": {
        "“1,234.56” means 1234.56": [1234.56, 2345.67],
        "“1,234.56” is 1 and 234.56": [1, 2],
    },
    "1 234\n2 345\n980": {
        "“1 234” means 1234": [1234, 2345, 980],
        "“1 234” is 1 and 234": [1, 234, 2, 345, 980],
    },
    "1\u00a0234\n2\u00a0345": {"“1 234” means 1234": [1234, 2345], "“1 234” is 1 and 234": [1, 2]},
    "1\u202f234\n2\u202f345": {"“1 234” means 1234": [1234, 2345], "“1 234” is 1 and 234": [1, 2]},
    "1\u2009234,5\n2\u2009345,5": {"“1 234,5” means 1234.5": [1234.5, 2345.5], "“1 234,5” is 1 and 234,5": ""},
    "1'234\n2'345": {"“1'234” means 1234": [1234, 2345]},
    "3,14\n2,72": {"“3,14” means 3.14": [3.14, 2.72], "“3,14” is 3 and 14": [3, 2]},
    "3,14\n4\n2,72": {"“3,14” means 3.14": [3.14, 4, 2.72], "“3,14” is 3 and 14": ""},
    "3,14": {"“3,14” means 3.14": "There is only one number, 3.14", "“3,14” is 3 and 14": [3, 14]},
    "0,125\n3,250": {"“0,125” means 0.125": [0.125, 3.25], "“0,125” is 0 and 125": [0, 3]},
    "1,234\n950": {
        "“1,234” means 1.234": [1.234, 950],
        "“1,234” means 1234": [1234, 950],
        "“1,234” is 1 and 234": [1, 234, 950],
    },
    "1,234,567\n2,345,678": {
        "“1,234,567” means 1234567": [1234567, 2345678],
        "“1,234,567” is 1, 234 and 567": [1, 2],
    },
    "3,14 2,72 1,62": {"“3,14” means 3.14": [3.14, 2.72, 1.62]},
    "3,14, 2,72, 1,62": {"“3,14” means 3.14": [3.14, 2.72, 1.62], "“3,14” is 3 and 14": [3, 14, 2, 72, 1, 62]},
    "x 3,5\ny 4,5\nz 6,1": {"“3,5” means 3.5": [3.5, 4.5, 6.1]},
    "wert\n3,14\n2,72": {"“3,14” means 3.14": [3.14, 2.72]},
    "a;b\n3,14;1\n2,72;2": {"“3,14” means 3.14": [3.14, 2.72]},
    "a\tb\n1.234,5\t1\n2.345,5\t2": {"“1.234,5” means 1234.5": [1234.5, 2345.5]},
    'a,b\nx,"1,234"\ny,"5,678"': {"“1,234” means 1.234": [1.234, 5.678], "“1,234” means 1234": [1234, 5678]},
    "a;b\n1.234;3,5\n2.345;4,5": {"“1.234” means 1234": [1234, 2345], "“1.234” means 1.234": [1.234, 2.345]},
    "2019;2020\n3;1\n4;2": {"Names of the columns": [3, 4], "Numbers like those below": [2019, 3, 4]},
    "2019\n79\n54": {"The name of the column": [79, 54], "Numbers like those below": [2019, 79, 54]},
    "name;2019;2020\nA;3;4\nB;5;7": {"Names of the columns": [3, 5], "Numbers like those below": [2019, 3, 5]},
    ",0\n0,79\n1,54\n2,60": {"Names of the columns": [79, 54, 60], "Numbers like those below": ""},
    "1\n\n2\n\n\n4": {"Skip 3 empty lines": [1, 2, 4]},
    "wait\n\n1\n2": {"Skip 1 empty line": [1, 2]},
    "a;b\n1;5\n;\n2;6": {"Skip 1 empty line": [1, 2]},
    "a,b\n1,2\n,3\n4,5": {"Skip 1 line without a value": [1, 4]},
    "a,count\n1,2\n3,\n4,5": {"Skip 1 line without a value": [1, 4]},
    "1\nNA\n2\nnan\n5": {"Skip 2 lines without a value": [1, 2, 5]},
    "1 2\n3\n4 5": {"One list": [1, 2, 3, 4, 5]},
}


def test_what_can_be_meant_in_two_ways_is_asked(reads):
    for (text, expected), got in zip(ASKED.items(), reads(list(ASKED))):
        assert got["x"] is None and got["asks"], text
        assert [words.replace("\u00a0", " ") for words in got["options"]] == list(expected), text
        for wanted, after in zip(expected.values(), got["after"]):
            if wanted == "":  # asked again
                continue
            assert after.startswith(wanted) if isinstance(wanted, str) else after == wanted, text


def test_an_answer_holds_for_its_question_only(reads):
    program = """(() => {
      const { questions: [{ key }] } = read("3,14\\n2,72"), answers = { [key]: "comma" };
      return ["3,14\\n2,72\\n1,5", "1,234\\n950"].map((text) => read(text, { answers }).asks);
    })()"""
    assert run(READING, program) == [False, True]


# --- refused ----------------------------------------------------------------

REFUSED = {
    "": "There are no numbers yet: paste a column of numbers, or drop a file.",
    "  \n\n": "There are no numbers yet",
    "# nothing but a note": "There are no numbers yet",
    "3.5": "There is only one number, 3.5: a spread needs at least two different ones.",
    "2\n2\n2\n": "All 3 numbers are 2: a spread needs at least two different ones.",
    "1\n2\nthree\n4": "Line 3, “three”: this is not a number. Correct it, or remove the line.",
    "x\n1\n\n2\n?": "Line 5, “?”: this is not a number.",
    "wait\nmin\n79\n54": "Line 2, “min”: this is not a number.",
    "1\n-inf\n4": "Line 2, “-inf”: this is not a finite number. Write its value, or remove the line.",
    "1\n1e999\n4": "Line 2, “1e999”: this is beyond the range of a number here.",
    "-1e200\n1e200\n3": "their variance is beyond the range of a number here. Rescale them.",
    "1,5\n2.5": "Line 1, “1,5”, and line 2, “2.5”: these are not written alike. Write all numbers",
    "id,value\n1,3,5\n2,4,6": "Line 1 has 2 names where line 2 has 3 fields: give each column one name and each line",
    "id,value\n1,3,5": "If a comma in it is a decimal one, put semicolons between the columns.",
    "a;b;c\n1;2\n3;4": "Line 1 has 3 names where line 2 has 2 fields",
    "wait\n1 2 4": "Line 1 has 1 name where line 2 has 3 fields",
    "a,b\n1,2\n1,2,3\n4,5": "Line 1 has 2 names where line 3 has 3 fields",
    "a,b\n1,2\n1\n1,2,3\n4,5": "Line 1 has 2 names where line 4 has 3 fields",
    '"a\n1\n2': "Line 1: a quotation mark opens here and does not close. Close it, or remove it.",
    'a,b\n1,"x\n2,5': "Line 2: a quotation mark opens here and does not close.",
    "x,count\n1,2\n2,1.5": "Line 3, “1.5”: a count is a whole number, 0 or more.",
    "x,count\n1,2\n2,-1": "Line 3, “-1”: a count is a whole number, 0 or more.",
    "x,count\n1,0\n2,0": "All counts are 0: there is nothing to fit.",
    "only words here": "Line 1, “only”: this is not a number.",
    "=1+1\n2\n3": "Line 1, “=1+1”: this is not a number.",
    "2\n1 234,5 kg\n3": "this is not a number.",
    "\n".join(map(str, range(200_001))): "These are 200,001 numbers, and this page takes 200,000: ",
}


def test_what_cannot_be_read_gets_one_sentence(reads):
    for (text, expected), got in zip(REFUSED.items(), reads(list(REFUSED))):
        assert got["x"] is None and not got["asks"], text[:80]
        assert expected in got["trouble"], (text[:80], got["trouble"])


def test_at_least_forty_texts_are_in_the_tables():
    assert len({*PLAIN, *TABLES, *ASKED, *REFUSED}) > 80


# --- the numbers, and what is written ------------------------------------------


def test_equal_values_are_collected_and_standardised():
    x = np.random.default_rng(4).integers(0, 40, 500) / 8 + 1e6
    data = run(READING, "read(text).data", text="\n".join(map(repr, x.tolist())))
    values, counts = np.unique(x, return_counts=True)
    np.testing.assert_array_equal(data["values"], values)
    np.testing.assert_array_equal(data["ws"], counts)
    assert (data["median"], data["total"], data["resolution"]) == (np.median(x), 500, 0.125)
    np.testing.assert_array_equal(np.array(data["zs"]) * data["scale"], values - np.median(x))


def test_a_spreadsheet_never_runs_what_is_downloaded():
    dangerous = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "=a,b", '=HYPERLINK("x")']
    harmless = ["wait", "wait, minutes", 'the "wait"', "-2.5", "+3", "1e5", "a=b"]
    written = run(READING, "texts.map(field)", texts=dangerous + harmless)
    cells = [next(csv.reader(io.StringIO(text)))[0] for text in written]
    assert cells == [f"'{text}" for text in dangerous] + harmless
