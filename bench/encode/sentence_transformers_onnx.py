"""sentence-transformers with its ONNX backend, int8: exported and quantized by its own tools, as its manual says.

Its exporter wants transformers 4, so this peer may need a Python environment of its own.
"""
import json
import os
import shutil

import onnxruntime
import sentence_transformers

from peer import arguments, read_texts, serve

options = arguments()
folder = os.path.join(options.scratch, "onnx-int8", "bench", "model")
FILE = "model_qint8_avx512_vnni.onnx"


def export():
    """The whole model folder with the quantized network; also what transformers.js runs."""
    shutil.copytree(options.model, folder + ".new", ignore=shutil.ignore_patterns("*.safetensors", "*.bin"))
    settings = {"export": True, "provider": "CPUExecutionProvider"}
    model = sentence_transformers.SentenceTransformer(options.model, device="cpu", backend="onnx", model_kwargs=settings)
    sentence_transformers.export_dynamic_quantized_onnx_model(model, "avx512_vnni", folder + ".new")
    os.link(os.path.join(folder + ".new", "onnx", FILE), os.path.join(folder + ".new", "onnx", "model_quantized.onnx"))
    flatten_special_tokens(os.path.join(folder + ".new", "tokenizer_config.json"))
    os.replace(folder + ".new", folder)


def flatten_special_tokens(path):
    """transformers.js 4.3 does not read special tokens that are written as objects."""
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    for name, value in config.items():
        if isinstance(value, dict) and "content" in value:
            config[name] = value["content"]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)


if not os.path.exists(folder):
    # In a process of its own: the export must not count as this peer's memory.
    child = os.fork()
    if child == 0:
        export()
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise SystemExit("the export failed")

session = onnxruntime.SessionOptions()
session.intra_op_num_threads = options.threads
session.inter_op_num_threads = 1
texts = read_texts(options.texts)
model = sentence_transformers.SentenceTransformer(
    folder,
    device="cpu",
    backend="onnx",
    model_kwargs={"provider": "CPUExecutionProvider", "file_name": "onnx/" + FILE, "session_options": session},
)
serve(
    lambda: model.encode(texts, batch_size=options.batch, normalize_embeddings=True, show_progress_bar=False),
    {"sentence-transformers": sentence_transformers.__version__, "onnxruntime": onnxruntime.__version__},
)
