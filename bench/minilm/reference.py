"""all-MiniLM-L6-v2 by others: sentence-transformers in float32, and a ready int8 ONNX file by ONNX Runtime.

Reads a JSON list of texts from standard input and prints {"float32": [...], "ready": [...], "versions": {...}}.
"""
import argparse
import json
import sys

import numpy
import onnxruntime
import sentence_transformers
import tokenizers

from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--model", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
parser.add_argument("--ready", required=True, help="ready ONNX file of the same network")
options = parser.parse_args()
texts = json.load(sys.stdin)

model = sentence_transformers.SentenceTransformer(str(options.model), device="cpu")
float32 = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)

tokenizer = tokenizers.Tokenizer.from_file(str(options.model / "tokenizer.json"))
tokenizer.no_padding()
tokenizer.enable_truncation(model.max_seq_length)
session = onnxruntime.InferenceSession(options.ready, providers=["CPUExecutionProvider"])
ready = []
for text in texts:
    encoding = tokenizer.encode(text)
    values = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
    feeds = {name.name: numpy.array([values[name.name]], numpy.int64) for name in session.get_inputs()}
    (hidden,) = session.run(["last_hidden_state"], feeds)
    pooled = hidden[0].mean(0)
    ready.append((pooled / numpy.linalg.norm(pooled)).tolist())

versions = {
    "sentence-transformers": sentence_transformers.__version__,
    "onnxruntime": onnxruntime.__version__,
}
print(json.dumps({"float32": float32.tolist(), "ready": ready, "versions": versions}))
