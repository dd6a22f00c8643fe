"""ONNX Runtime (Python), dynamic int8 of the same network: exported by torch, quantized by ONNX Runtime's own tools.

With --fused its transformer optimizer (attention, GELU, LayerNorm) runs before the quantization.
"""
import os

import numpy
import onnxruntime
import tokenizers

from peer import arguments, batches, mean_pool, read_texts, serve

options = arguments()


def export(path):
    """Once per scratch folder."""
    import onnx
    import torch
    import transformers
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers.optimizer import optimize_model

    network = transformers.AutoModel.from_pretrained(options.model, attn_implementation="eager").eval()

    class Encoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, input_ids, attention_mask):
            return self.network(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    ids = torch.ones((2, 8), dtype=torch.int64)
    axes = {0: "batch", 1: "sequence"}
    torch.onnx.export(
        Encoder(), (ids, ids), path + ".float32", dynamo=False, opset_version=17,
        input_names=["input_ids", "attention_mask"], output_names=["last_hidden_state"],
        dynamic_axes={name: axes for name in ("input_ids", "attention_mask", "last_hidden_state")},
    )
    source = path + ".float32"
    if options.fused:
        fused = optimize_model(source, model_type="bert", num_heads=12, hidden_size=384)
        source = path + ".fused"
        fused.save_model_to_file(source)
    types = {"DefaultTensorType": onnx.TensorProto.FLOAT}  # Shape inference does not know the fused operators.
    quantize_dynamic(source, path + ".new", weight_type=QuantType.QInt8, extra_options=types)
    os.replace(path + ".new", path)


path = os.path.join(options.scratch, "onnxruntime-int8-fused.onnx" if options.fused else "onnxruntime-int8.onnx")
if not os.path.exists(path):
    # In a process of its own: torch must not count as this peer's memory.
    child = os.fork()
    if child == 0:
        export(path)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise SystemExit("the export failed")

texts = read_texts(options.texts)
tokenizer = tokenizers.Tokenizer.from_file(f"{options.model}/tokenizer.json")
tokenizer.enable_truncation(512)
tokenizer.enable_padding()
settings = onnxruntime.SessionOptions()
settings.intra_op_num_threads = options.threads
settings.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])


def encode_all():
    rows = numpy.empty((len(texts), 384), numpy.float32)
    for batch in batches(texts, options.batch):
        encoded = tokenizer.encode_batch([texts[index] for index in batch])
        ids = numpy.array([item.ids for item in encoded], numpy.int64)
        mask = numpy.array([item.attention_mask for item in encoded], numpy.int64)
        (hidden,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
        rows[batch] = mean_pool(hidden, mask)
    return rows


serve(encode_all, {"onnxruntime": onnxruntime.__version__})
