"""Makes the fixtures of test/golden/tokenizer/small-tokenizers.test.ts with the Rust library.

    pip install tokenizers==0.23.3
    python scripts/make-tokenizer-fixtures.py

Trains a small WordPiece and a small byte-level BPE vocabulary on texts of the frozen corpus, and writes the ids the library
gives to texts that separate a right tokenizer from a nearly right one, for each setting that changes ids.
"""

import copy
import gzip
import json
import random
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

FOLDER = Path(__file__).parent.parent / "test" / "fixtures" / "tokenizer"
RANDOM = random.Random(20261123)
PARTS = [
    "[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "<s>", "</s>", "<mask>", "<code>", "select", "selected", "é", "e\u0301",
    "Σ", "ΟΔΟΣ", "İ", "中文", "１", "don't", "we'll", "it'S", "'", "\u2019s", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u0085",
    "\u200b", "\ufeff", "\u0000", "\ufffd", "\u00ad", "x" * 101, "x" * 100, "é" * 51, "##ing", "ing", "😀", "👩🏽‍💻",
    "\U0002ceb0", "\U0002f800", "ab_cd", "fooBar", "123", "½", "٣", "...", "\u0301", "\u1abf", "\u0898", "q\u0307\u0323",
    "--", "한국어", "ไทย", "हिन्दी", "العَرَبِيّة", "\u166d", "\u061d", "Ⅷ", "ﬁ", "def f(x):", "  return", "ß", "ẞ",
]


def corpus():
    with gzip.open(FOLDER / "corpus-default.json.gz") as file:
        frozen = json.load(file)
    texts = [(kind, text[:600]) for kind, text in zip(frozen["kinds"], frozen["texts"])]
    chosen = [text for kind, text in texts if kind == "adversarial"]
    by_kind = {}
    for kind, text in texts:
        by_kind.setdefault(kind, []).append(text)
    for kind in sorted(by_kind):
        chosen += RANDOM.sample(by_kind[kind], min(25, len(by_kind[kind])))
    mixes = ["".join(RANDOM.choices(PARTS, k=RANDOM.randint(1, 7))) for _ in range(900)]
    clean = lambda text: text.encode("utf-8", "replace").decode()
    return [clean(text) for kind, text in texts if kind not in ("adversarial", "codepoints")], [
        clean(text) for text in mixes + chosen
    ]


def word_piece(texts):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    # Its order depends on a hash; the vocabulary is sorted so that it does not.
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=3000, limit_alphabet=900, special_tokens=special))
    words = special + sorted(token for token in tokenizer.get_vocab() if token not in special)
    tokenizer.model = models.WordPiece({word: index for index, word in enumerate(words)}, unk_token="[UNK]")
    tokenizer.add_special_tokens(special)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", words.index("[CLS]")), ("[SEP]", words.index("[SEP]"))]
    )
    return json.loads(tokenizer.to_str())


def byte_level(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    # Without the rarest bytes: what becomes of those is worth a test.
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=1500, special_tokens=special, limit_alphabet=180))
    tokenizer.add_special_tokens([*special[:4], AddedToken("<mask>", lstrip=True)])
    # By position: the names of its parameters differ between versions.
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, False)
    definition = json.loads(tokenizer.to_str())
    # A token that merging does not make: only `ignore_merges` finds it.
    definition["model"]["vocab"]["fooBar"] = len(definition["model"]["vocab"])
    return definition


def added(vocabulary):
    flags = {"special": False, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    tokens = [
        {**flags, "content": "<code>", "rstrip": True},
        {**flags, "content": "select", "single_word": True, "normalized": True},
        {**flags, "content": "É", "normalized": True, "lstrip": True},
    ]
    # One that the vocabulary has keeps its id there; what the file says is not looked at.
    unknown = [token["content"] for token in tokens if token["content"] not in vocabulary]
    return [
        {**token, "id": len(vocabulary) + unknown.index(token["content"]) if token["content"] in unknown else 0}
        for token in tokens
    ]


def variants(name, definition):
    """Settings that change ids; each a dictionary of fields of tokenizer.json that take the place of the original ones."""
    model = {key: value for key, value in definition["model"].items() if key not in ("vocab", "merges")}
    tokens = definition["added_tokens"]
    # Truncation and padding of the file are not used: the model's maximum length is.
    cuts = {
        "truncation": {"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": tokens[0]["content"]},
    }
    more = {"added_tokens": [*tokens, *added(definition["model"]["vocab"])]}
    if name == "wordpiece":
        bert = definition["normalizer"]
        step = lambda **changes: {"normalizer": {**bert, **changes}}
        return [
            cuts,
            step(lowercase=False),
            step(lowercase=False, strip_accents=True),
            step(strip_accents=False),
            step(clean_text=False),
            step(handle_chinese_chars=False),
            {"model": {**model, "max_input_chars_per_word": 6}},
            {"model": {**model, "continuing_subword_prefix": "#"}},
            {"post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}},
            {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Lowercase"}, {"type": "StripAccents"}]}},
            more,
        ]
    byte = definition["pre_tokenizer"]
    return [
        cuts,
        {"pre_tokenizer": {**byte, "add_prefix_space": True}},
        {"pre_tokenizer": {**byte, "use_regex": False}},
        {"pre_tokenizer": {**byte, "trim_offsets": False}, "normalizer": {"type": "NFC"}},
        {"normalizer": {"type": "NFKC"}},
        {"model": {**model, "ignore_merges": True}},
        {"model": {**model, "unk_token": "<unk>"}},
        {"model": {**model, "unk_token": "<unk>", "fuse_unk": True}},
        {"post_processor": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}},
        more,
    ]


def with_changes(definition, changes):
    changed = copy.deepcopy(definition)
    for field, value in changes.items():
        changed[field] = {**changed[field], **value} if field == "model" else value
    return changed


def ids(definition, texts):
    tokenizer = Tokenizer.from_str(json.dumps(definition))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


training, texts = corpus()
print(len(texts), "texts")
result = {"about": f"scripts/make-tokenizer-fixtures.py with tokenizers {tokenizers.__version__}", "texts": texts}
for name, train in (("wordpiece", word_piece), ("byte-level", byte_level)):
    definition = train(training)
    (FOLDER / f"small-{name}.json").write_text(json.dumps(definition, ensure_ascii=False))
    result[name] = {
        "ids": ids(definition, texts),
        "variants": [
            # The first texts are the mixes, which settings change most.
            {"changes": changes, "ids": ids(with_changes(definition, changes), texts[:700])}
            for changes in variants(name, definition)
        ],
    }
    print(name, [sum(a != b for a, b in zip(v["ids"], result[name]["ids"])) for v in result[name]["variants"]])
with open(FOLDER / "small-tokenizers.json.gz", "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as file:
    file.write(json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode())
