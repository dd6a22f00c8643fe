"""PyTorch dynamic int8 (fbgemm): every Linear of the same network, as torch.ao quantizes it by default."""
import numpy
import tokenizers
import torch
import transformers

from peer import arguments, batches, mean_pool, read_texts, serve

options = arguments()
torch.set_num_threads(options.threads)
texts = read_texts(options.texts)
tokenizer = tokenizers.Tokenizer.from_file(f"{options.model}/tokenizer.json")
tokenizer.enable_truncation(512)
tokenizer.enable_padding()
network = transformers.AutoModel.from_pretrained(options.model).eval()
network = torch.ao.quantization.quantize_dynamic(network, {torch.nn.Linear}, dtype=torch.qint8)


def encode_all():
    rows = numpy.empty((len(texts), 384), numpy.float32)
    with torch.inference_mode():
        for batch in batches(texts, options.batch):
            encoded = tokenizer.encode_batch([texts[index] for index in batch])
            ids = torch.tensor([item.ids for item in encoded])
            mask = torch.tensor([item.attention_mask for item in encoded])
            hidden = network(input_ids=ids, attention_mask=mask).last_hidden_state
            rows[batch] = mean_pool(hidden.numpy(), mask.numpy())
    return rows


serve(encode_all, {"torch": torch.__version__, "engine": torch.backends.quantized.engine})
