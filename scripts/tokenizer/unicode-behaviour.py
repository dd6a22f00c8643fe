"""Prints, as JSON, what the Rust library does with each code point by itself.

    pip install tokenizers==0.23.3
    python unicode-behaviour.py > unicode-behaviour.json    (for make-unicode-exceptions.ts)
"""

import json
import sys

import tokenizers
from tokenizers import normalizers, pre_tokenizers

OFF = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
bert = {
    "cleaned": normalizers.BertNormalizer(**{**OFF, "clean_text": True}),
    "chinese": normalizers.BertNormalizer(**{**OFF, "handle_chinese_chars": True}),
    "lowercase": normalizers.BertNormalizer(**{**OFF, "lowercase": True}),
}
forms = {name: getattr(normalizers, name.upper())() for name in ("nfc", "nfd", "nfkc", "nfkd")}
strip_bert = normalizers.BertNormalizer(**{**OFF, "strip_accents": True})
strip_all = normalizers.StripAccents()
words = pre_tokenizers.BertPreTokenizer()
byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)


def is_joined(text):
    return len(byte_level.pre_tokenize_str(text)) == 1


result = {"version": tokenizers.__version__, "dropped": [], "chinese": [], "spaces": [], "punctuation": [], "letters": [], "numbers": [], "bertMarks": [], "marks": [], "reordered": []}
result.update({name: {} for name in ("lowercase", *forms)})
for code_point in (*range(0xD800), *range(0xE000, 0x110000)):
    character = chr(code_point)
    if bert["cleaned"].normalize_str(character) == "":
        result["dropped"].append(code_point)
    if bert["chinese"].normalize_str(character) != character:
        result["chinese"].append(code_point)
    for name, normalizer in (("lowercase", bert["lowercase"]), *forms.items()):
        normalized = normalizer.normalize_str(character)
        if normalized != character:
            result[name][code_point] = normalized
    # Behind U+0345 (combining class 240) and before U+0334 (class 1): a mark changes places with one of them.
    pairs = (f"\u0345{character}", f"{character}\u0334")
    if any(forms["nfd"].normalize_str(pair) == pair[::-1] for pair in pairs):
        result["reordered"].append(code_point)
    if strip_bert.normalize_str(character) == "":
        result["bertMarks"].append(code_point)
    if strip_all.normalize_str(character) == "":
        result["marks"].append(code_point)
    pieces = len(words.pre_tokenize_str(f"a{character}b"))
    if pieces == 2:
        result["spaces"].append(code_point)
    elif pieces == 3:
        result["punctuation"].append(code_point)
    if is_joined(f"a{character}"):
        result["letters"].append(code_point)
    elif is_joined(f"1{character}"):
        result["numbers"].append(code_point)
json.dump(result, sys.stdout)
