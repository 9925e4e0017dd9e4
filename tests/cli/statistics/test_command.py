"""`delphi statistics` as a researcher uses it: cases as JSON, ratings as CSV in every dress, and refusals."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from click.testing import CliRunner

from delphi.cli.main import DelphiGroup

LONG = """panellist,group,round,item,rating
P1,carers,1,First steps,8
P2,carers,1,First steps,7
P3,workers,1,First steps,3
P4,workers,1,First steps,
P5,workers,1,First steps,can't say
P1,carers,2,First steps,8
P2,carers,2,First steps,9
P3,workers,2,First steps,5
P1,carers,1,Next steps,9
"""
WIDE = "id;First steps;Next steps\nP1;8;9\nP2;7;\nP3;3,0;99\n"
COLUMNS = ("--group-column", "group", "--round-column", "round")


@pytest.fixture
def statistics(tmp_path):
    """Runs the command on the text or bytes of a file, without an installation or a database."""

    def run(content, *options, name="ratings.csv"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        group = DelphiGroup(lambda: pytest.fail("the command needs no application"))
        return CliRunner().invoke(group, ["statistics", str(file), *options], prog_name="delphi")

    return run


def printed(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_cases_are_answered_in_their_order_and_an_unreadable_one_stops_no_other(statistics):
    scale = {"min": 1, "max": 9}
    cases = [
        {"family": "ram", "input": {"ratings": [7, 8, 9], "scale": scale}},
        {"family": "ram", "input": {"ratings": [7, 12], "scale": scale}},
        {"family": "kappas", "input": {}},
        {"family": "proportion_ci", "input": {"k": 3, "n": 4}},
    ]
    result = statistics(json.dumps(cases), name="cases.json")
    answers = json.loads(result.stdout)
    assert result.exit_code == 1
    assert answers[0]["results"]["class_biomed"] == "appropriate"
    assert answers[1]["error"] == "rating 2 of “ratings” is 12, which is not on the scale 1 to 9."
    assert answers[2]["error"].startswith(
        "“family” is “kappas”, which we do not know. We know: agreement_bands"
    )
    assert set(answers[3]["results"]) == {"wilson", "clopper_pearson"}


@pytest.mark.parametrize(
    ("groups", "k", "reason"),
    [({"a": [7, 8]}, 1, "too_few"), ({}, 0, "no_data"), ({"a": [None], "b": []}, 0, "no_data")],
)
def test_nothing_to_compare_with_is_no_difference_and_no_error(statistics, groups, k, reason):
    case = {"family": "group_differences", "input": {"groups": groups, "scale": {"min": 1, "max": 9}}}
    found = printed(statistics(json.dumps(case)))
    assert (found["results"]["k"], found["results"]["h"], found["results"]["p"]) == (k, None, None)
    assert found["reasons"]["p"] == reason


def test_one_case_is_answered_with_one_object(statistics):
    case = {"family": "multiplicity", "input": {"p_values": [0.01, None]}}
    assert printed(statistics(json.dumps(case)))["results"]["holm"] == [0.01, None]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"ratings": [1], "counts": [1]},
            "“ratings” and “counts” are both given, but one of them is needed.",
        ),
        ({"ratings": [True]}, "rating 1 of “ratings” is true, but it must be a whole number."),
        ({"ratings": [2.5]}, "rating 1 of “ratings” is 2.5, but it must be a whole number."),
        ({"ratings": "7 8 9"}, "“ratings” is “7 8 9”, but it must be a list."),
        ({"counts": [1, 2]}, "“counts” has 2 counts, but the scale has 9 points."),
        ({"counts": [0] * 8 + [-1]}, "count 9 of “counts” is -1, but it must be 0 or more."),
        ({"ratings": [7], "agree_band": [7, 10]}, "“agree_band” is 7 to 10, but the scale is 1 to 9."),
        (
            {"ratings": [7], "agree_band": [3, 9]},
            "“agree_band” and “disagree_band” both hold 3; they must be apart.",
        ),
        (
            {"ratings": [7], "agree_band": [9, 7]},
            "“agree_band” runs from 9 to 7, but its lowest point must come first.",
        ),
        (
            {"ratings": [7, 10**80]},
            f"rating 2 of “ratings” is 1{'0' * 56}…, which is not on the scale 1 to 9.",
        ),
        ({"ratings": [7], "weights": 1}, "“weights” is not an input or option that we know."),
        (
            {"ratings": [7], "scale": {"min": 9, "max": 1}},
            "“scale” runs from 9 to 1, but its “max” must be above its “min”.",
        ),
        ({}, "“ratings” and “counts” are both missing, but one of them is needed."),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(statistics, given, sentence):
    case = {"family": "agreement_bands", "input": {"scale": {"min": 1, "max": 9}} | given}
    result = statistics(json.dumps(case))
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"] == sentence


SEVEN = {"min": 1, "max": 7}
TWICE = {"round1": [1, 7, 3], "round2": [2, None, 3], "scale": SEVEN}


@pytest.mark.parametrize(
    ("family", "given", "defined", "undefined"),
    [
        ("stability", TWICE, "pct_changed", {"pct_band_status_changed"}),
        (
            "attrition",
            TWICE,
            "cliffs_delta",
            {"pct_agree_completers", "pct_agree_dropouts", "fisher_p"},
        ),
        (
            "bootstrap",
            {"ratings": [1, 5, 7], "scale": SEVEN},
            "median_bca95",
            {"pct_agree", "pct_agree_percentile95", "pct_agree_bca95"},
        ),
    ],
)
def test_what_needs_no_band_is_answered_on_a_scale_without_a_usual_one(
    statistics, family, given, defined, undefined
):
    found = printed(statistics(json.dumps({"family": family, "input": given})))
    assert found["results"][defined] is not None
    assert {key for key, why in found["reasons"].items() if why == "band_not_declared"} == undefined


def test_published_rules_say_what_keeps_them_from_being_asked(statistics):
    def reasons(**bands):
        case = {"family": "rule_sensitivity", "input": {"ratings": [6, 7], "scale": SEVEN} | bands}
        return printed(statistics(json.dumps(case)))["reasons"]

    bare, half = reasons(), reasons(agree_band=[6, 7])
    assert (bare["pct_agree_ge_75"], bare["comet_70_15_in"]) == ("band_not_declared", "band_not_declared")
    assert bare["median_ge_7"] == "rule_not_for_scale"
    assert "pct_agree_ge_75" not in half
    assert half["comet_70_15_in"] == "band_not_declared"


def test_a_band_that_is_null_is_the_usual_one(statistics):
    given = {"ratings": [8], "scale": {"min": 1, "max": 9}, "agree_band": None, "disagree_band": None}
    found = printed(statistics(json.dumps({"family": "agreement_bands", "input": given})))
    assert (found["results"]["n_agree"], found["results"]["comet_70_15"]) == (1, "consensus_in")


def test_lists_of_plain_numbers_are_answered_with_lists(statistics):
    def answered(**given):
        return statistics(json.dumps({"family": "content_validity", "input": given}))

    found = printed(answered(n_experts=[6, 0, 6], n_relevant=[5, 0, 6]))
    assert found["results"]["i_cvi"] == [pytest.approx(5 / 6), None, 1]
    assert found["reasons"]["i_cvi"] == "no_data"
    wrong = json.loads(answered(n_essential=[2, 5], n=4).stdout)["error"]
    assert wrong == (
        "in place 2 of the lists, “n_essential” is 5 and “n” is 4, but nobody can be counted twice."
    )
    assert "lists of them must be as long" in json.loads(answered(n_essential=[2], n=[4, 5]).stdout)["error"]


def test_a_p_value_that_was_not_there_says_so(statistics):
    found = printed(statistics(json.dumps({"family": "multiplicity", "input": {"p_values": [0.01, None]}})))
    assert found["reasons"] == dict.fromkeys(("holm", "bh", "bonferroni"), "no_data")


def test_cases_in_utf_16_are_read_and_a_table_of_them_is_refused(statistics):
    cases = '{"family": "proportion_ci", "input": {"k": 1, "n": 2}}'
    assert printed(statistics(cases.encode("utf-16")))["results"]["wilson"]
    refused = statistics(cases, "--format", "table")
    assert (refused.exit_code, "answered as JSON" in refused.stderr) == (2, True)


@pytest.mark.parametrize("content", ['{"family": ' + "9" * 5000 + "}", "[" * 100_000])
def test_json_that_python_gives_up_on_is_refused_in_a_sentence(statistics, content):
    result = statistics(content)
    assert (result.exit_code, "The file holds a number of thousands" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("family", "given", "sentence"),
    [
        ("proportion_ci", {"k": 1, "n": 10**400}, "“n” is 1000"),
        ("descriptives", {"ratings": [], "scale": {"min": 10**400, "max": 10**400 + 8}}, "“scale” runs from"),
        ("proportion_ci", {"k": 1, "n": {"a": float("nan")}}, '“n” is {"a": NaN}, but'),
    ],
)
def test_numbers_beyond_all_people_stop_nothing_else(statistics, family, given, sentence):
    cases = [{"family": family, "input": given}, {"family": "proportion_ci", "input": {"k": 1, "n": 2}}]
    wrong, right = json.loads(statistics(json.dumps(cases)).stdout)
    assert wrong["error"].startswith(sentence)
    assert "results" in right


def test_a_level_as_near_to_one_as_numbers_go_is_still_a_level(statistics):
    level = {"conf_level": 0.9999999999999999}
    found = printed(statistics(json.dumps({"family": "proportion_ci", "input": {"k": 1, "n": 2} | level})))
    assert found["results"]["wilson"][0] < 0.01


def test_ten_thousand_cases_are_one_call(statistics):
    case = {"family": "descriptives", "input": {"ratings": [1, 5, 9, None], "scale": {"min": 1, "max": 9}}}
    answers = printed(statistics(json.dumps([case] * 10_000)))
    assert len(answers) == 10_000
    assert answers[-1]["results"]["median"] == 5


def test_a_long_file_gives_items_groups_and_rounds(statistics):
    found = printed(statistics(LONG, "--scale", "1-9", *COLUMNS, "--format", "json"))
    first = found["items"][0]
    assert (first["item"], first["round"], first["group"]) == ("First steps", "1", "everybody")
    assert (first["n"], first["n_missing"], first["n_unable"], first["median"]) == (3, 1, 1, 7)
    assert [row["group"] for row in found["items"][:3]] == ["everybody", "carers", "workers"]
    assert found["groups"][0]["cliffs_delta"] == 1
    (moved,) = found["rounds"]
    assert (moved["n_pairs"], moved["n_dropouts"]) == (3, 0)
    assert moved["pct_changed"] == pytest.approx(200 / 3)


def test_a_wide_file_with_semicolons_and_decimal_commas_is_read(statistics):
    found = printed(statistics(WIDE, "--scale", "1-9", "--missing", "99", "--format", "json"))
    assert [(row["item"], row["n"], row["n_missing"]) for row in found["items"]] == [
        ("First steps", 3, 0),
        ("Next steps", 1, 2),
    ]


def test_a_file_that_names_its_separator_and_writes_a_true_minus_is_read(statistics):
    found = printed(statistics('sep=;\nitem;rating\n"a\nb";−2\n', "--scale", "-3-3", "--format", "json"))
    assert (found["items"][0]["item"], found["items"][0]["median"]) == ("a\nb", -2)
    assert "\na b   1" in statistics('sep=;\nitem;rating\n"a\nb";−2\n', "--scale", "-3-3").stdout


def test_rounds_follow_their_numbers_and_who_has_no_group_is_compared_with_nobody(statistics):
    rows = [
        "id,group,round,item,rating",
        "1,x,Round 10,a,5",
        "1,x,Round 2,a,4",
        "2,y,Round 2,a,3",
        "3,,Round 2,a,1",
    ]
    found = printed(statistics("\n".join(rows), "--scale", "1-5", *COLUMNS, "--format", "json"))
    assert [(row["from_round"], row["to_round"]) for row in found["rounds"]] == [("Round 2", "Round 10")]
    first = [(row["group"], row["n"]) for row in found["items"] if row["round"] == "Round 2"]
    assert first == [("everybody", 3), ("x", 1), ("y", 1)]
    assert found["groups"][0]["n"] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_read(statistics, encoding):
    found = printed(
        statistics("Begrüßung,Nähe\n4,5\n".encode(encoding), "--scale", "1-5", "--format", "json")
    )
    assert [row["item"] for row in found["items"]] == ["Begrüßung", "Nähe"]


def test_the_table_is_for_people_and_the_csv_for_programs(statistics):
    text = statistics(LONG, "--scale", "1-9", *COLUMNS).stdout
    assert "COMET 70/15" in text
    assert "From one round to the next" in text
    lines = statistics(LONG, "--scale", "1-9", *COLUMNS, "--format", "csv", "--show", "rounds").stdout
    assert lines.splitlines()[0].startswith("item,from_round,to_round,n_round1,n_round2,n_pairs,cv1")


def test_an_excel_file_holds_every_table_and_no_formula(statistics, tmp_path):
    file = tmp_path / "out.xlsx"
    result = statistics("item,rating\n=1+1,4\n", "--scale", "1-5", "--to", str(file))
    assert result.exit_code == 0, result.output
    sheet = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))["Items"]
    assert [cell.value for cell in sheet[1]][:2] == ["item", "n"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        ("item,rating\na,4\na,six\n", (), "row 3, column rating: “six” is not a rating. Leave a missing"),
        ("item,rating\na,6\n", (), "row 2, column rating: 6 is not on the scale 1 to 5."),
        ("item,rating\na,4.5\n", (), "row 2, column rating: “4.5” is not a whole number."),
        ("item,rating\n,4\n", (), "row 2 has no item in its column item."),
        ("a,a\n1,2\n", (), "row 1 has the heading “a” twice."),
        ("a,b\n1,2,3\n", (), "row 2 has 3 cells, but there are 2 headings."),
        ("", (), "The file is empty."),
        ("a,b\n", (), "The file has headings and no ratings."),
        ("a,b\n1,2\n", ("--group-column", "c"), "There is no column “c”. The headings are: a, b."),
        (
            "id,round,a\nP1,1,2\nP1,1,3\n",
            ("--round-column", "round"),
            "row 3, column a: “P1” has answered this item in this round before.",
        ),
        ("P,round,a\nP1,,2\n", ("--round-column", "round"), "row 2 has no round in its column round."),
        ("\n\nitem,rating\na,9\n", (), "row 4, column rating: 9 is not on the scale 1 to 5."),
        ('item,rating\na,4\n"b,5\nc,3\n', (), "a quotation mark is opened after row 1 and never closed"),
        ("a\n1\n", ("--to", "/nowhere/at/all.xlsx"), "/nowhere/at/all.xlsx cannot be written: No such file"),
        ("[1, 2", (), "The file is not JSON: "),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place(statistics, content, options, sentence):
    result = statistics(content, "--scale", "1-5", *options)
    assert result.exit_code == 1
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "A CSV file needs its scale: --scale 1-9."),
        (("--scale", "nine"), "“nine” is not a range."),
        (("--scale", "1-7", "--agree", "6-7"), "Give both bands: --agree and --disagree."),
        (("--scale", "1-9", "--agree", "3-9"), "The bands --agree and --disagree overlap"),
        (("--scale", "1-9", "--agree", "7-10"), "--agree is 7 to 10, but the scale is 1 to 9."),
    ],
)
def test_options_that_do_not_fit_are_refused(statistics, options, sentence):
    result = statistics("item,rating\na,4\n", *options)
    assert result.exit_code == 2
    assert sentence in result.stderr
