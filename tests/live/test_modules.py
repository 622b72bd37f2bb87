"""How modules are joined into one text."""

import pytest

from gmm.live.modules import expression, module
from tests.live.scripts import evaluated

THREE = {
    "a.js": 'import { two } from "./rooms/b.js";\n\nconst hidden = 1;\nexport const three = () => two() + hidden;\n',
    "rooms/b.js": 'import {\n  one,\n  other,\n} from "../c.js";\nexport { other } from "../c.js";\n'
    "const hidden = 1;\nexport function two() {\n  return one + hidden;\n}\n",
    "c.js": "export const one = 1;\nexport class Other {}\nexport const other = new Other();\n",
}


def test_modules_are_joined_in_the_order_of_their_imports_and_keep_their_names_to_themselves():
    joined = expression("a.js", THREE)
    assert joined.index("const one = 1") < joined.index("function two()") < joined.index("const three")
    assert evaluated(f"{joined}.three()") == 3
    assert evaluated(f"Object.keys({joined})") == ["three"]


def test_each_module_is_there_once():
    assert (
        expression("a.js", {**THREE, "a.js": THREE["a.js"] + 'export { one } from "./c.js";\n'}).count("one = 1") == 1
    )


def test_the_value_of_a_module_with_a_default_is_that():
    shown = 'import { three } from "./a.js";\n\nexport default {\n  render() {\n    return three();\n  },\n};\n'
    made = module("d.js", {**THREE, "d.js": shown})
    assert made.startswith("export default (() => {") and made.endswith("})();\n") and "import" not in made
    assert evaluated(f"({expression('d.js', {**THREE, 'd.js': shown})}).render()") == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('import one from "./c.js";\n', r"""e\.js: 'import one from "\./c\.js";' is not understood"""),
        ('import * as c from "./c.js";\n', "is not understood"),
        ('import { one as two } from "./c.js";\n', "is not understood"),
        ('import { one } from "c";\n', "is not understood"),
        ("const one = 1;\nexport { one };\n", r"'export \{ one \};' is not understood"),
        ("export let one = 1;\n", "is not understood"),
        ('const c = await import("./c.js");\n', "is not understood"),
        ("export default 1;\n", "is not understood"),
        ("export default {\n  a: 1,\n};\nconst b = 2;\n", "is not understood"),
        ("export const a = 1;\nexport default {\n  a,\n};\n", r"e\.js exports a default and a\. Export either\."),
        ('import { four } from "./c.js";\n', r"c\.js has no four\. Export what others import\."),
    ],
)
def test_what_breaks_a_rule_is_named(text, message):
    with pytest.raises(ValueError, match=message):
        expression("e.js", {**THREE, "e.js": text})


def test_modules_that_import_each_other_are_named():
    circle = {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'}
    with pytest.raises(ValueError, match=r"a\.js imports b\.js imports a\.js\. Put what both need into a third module"):
        expression("a.js", circle)
