"""What Jedi says each call of a package means.

    python python-oracle.py FOLDER OUT

FOLDER holds the package (`requests/…`). Writes JSON: for each call the place of the called name and what Jedi takes it
for. `goto` finds what a name was defined as; where that is a variable or a parameter, `infer` says what it holds.

- `definitions`: places inside of FOLDER, when every answer is a function or class of it
- `outside`: every answer is outside of FOLDER
- neither: Jedi does not know, answers are mixed, the value is an instance (`__call__`), or the answer is code that Jedi
  makes up (the class of a named tuple, the descriptor behind a class method that was kept in a variable), or a stub
  for the package itself that comes with Jedi
"""

import ast
import json
import pathlib
import sys

import jedi

CALLABLE = {"function", "class"}
DESCRIPTORS = {"builtins.classmethod.__get__", "builtins.staticmethod.__get__"}


def utf16(line: str, column: int) -> int:
    """Columns as JavaScript counts them, from code points."""
    return len(line[:column].encode("utf-16-le")) // 2


def called_name(call: ast.Call, lines: list[str]):
    """Line, column in code points and text of the name that a call ends with."""
    function = call.func
    if isinstance(function, ast.Name):
        line, name, at = function.lineno, function.id, function.col_offset
    elif isinstance(function, ast.Attribute):
        line, name = function.end_lineno, function.attr
        at = function.end_col_offset - len(name.encode())
    else:
        return None
    column = len(lines[line - 1].encode()[:at].decode())
    return line, column, name


def answers(script, line: int, column: int):
    found = script.goto(line, column, follow_imports=True)
    if not found or any(name.type not in CALLABLE for name in found):
        found = script.infer(line, column)
    return found


def judge(found, root: pathlib.Path, packages: set[str]) -> dict:
    if not found or any(name.type not in CALLABLE for name in found):
        return {}
    inside, outside = [], []
    for name in found:
        path = name.module_path and pathlib.Path(name.module_path).resolve()
        if path is None and name.full_name is None or name.full_name in DESCRIPTORS:
            return {}  # code that Jedi made up: named tuples, what a class method becomes
        if path is None or not path.is_relative_to(root) or name.line is None:
            if str(name.full_name).split(".")[0] in packages:
                return {}  # the package itself, as stubs that come with Jedi describe it
            outside.append(name.full_name)
            continue
        text = path.read_text("utf-8").splitlines()[name.line - 1]
        place = {"path": path.relative_to(root).as_posix(), "line": name.line}
        inside.append({**place, "column": utf16(text, name.column) + 1, "name": name.name})
    if inside and outside:
        return {}
    return {"definitions": inside} if inside else {"outside": sorted(map(str, outside))}


def main() -> None:
    root = pathlib.Path(sys.argv[1]).resolve()
    project = jedi.Project(root, added_sys_path=[str(root)], smart_sys_path=False)
    packages = {entry.stem for entry in root.iterdir()}
    result: dict[str, list[dict]] = {}
    for path in sorted(root.rglob("*.py")):
        text = path.read_text("utf-8")
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        lines = text.splitlines()
        script = jedi.Script(text, path=path, project=project)
        calls = []
        for node in ast.walk(tree):
            place = called_name(node, lines) if isinstance(node, ast.Call) else None
            if place is None:
                continue
            line, column, name = place
            try:
                judgement = judge(answers(script, line, column), root, packages)
            except Exception as error:  # Jedi fails on some places; those are counted as not known
                judgement = {"failed": type(error).__name__}
            calls.append({"line": line, "column": utf16(lines[line - 1], column) + 1, "name": name, **judgement})
        result[path.relative_to(root).as_posix()] = calls
    pathlib.Path(sys.argv[2]).write_text(json.dumps(result))


main()
