import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CheckpointError, type CheckpointErrorCode } from '../../src/checkpoint/checkpoint-error.ts';
import { openCheckpoint } from '../../src/checkpoint/open-checkpoint.ts';
import { fixturePath } from '../fixtures/checkpoint/fixture-files.ts';

/** Hostile and damaged files, and what the error must say. Their payloads would leave a mark if they ever ran. */
const REFUSED: ReadonlyArray<readonly [file: string, code: CheckpointErrorCode, message: string]> = [
  [
    'evil-os-system',
    'CHECKPOINT_FORBIDDEN_GLOBAL',
    'names the forbidden global posix.system at byte 48, which would have run the command `touch torchfmt-PWNED`; nothing in it was executed',
  ],
  [
    'evil-builtin-eval',
    'CHECKPOINT_FORBIDDEN_GLOBAL',
    "names the forbidden global __builtin__.eval at byte 217, which would have evaluated the Python code `__import__('os').system('touch torchfmt-PWNED')`; nothing",
  ],
  [
    'evil-after-valid',
    'CHECKPOINT_FORBIDDEN_GLOBAL',
    'names the forbidden global posix.system at byte 212, which would have run the command `touch torchfmt-PWNED`; nothing',
  ],
  [
    'evil-stack-global-p4',
    'CHECKPOINT_FORBIDDEN_OPCODE',
    'the pickle has the forbidden opcode FRAME at byte 48 and names the forbidden global posix.system at byte 74, which would have run the command `touch torchfmt-PWNED`; nothing in it was executed',
  ],
  [
    'evil-inst',
    'CHECKPOINT_FORBIDDEN_OPCODE',
    'the pickle has the forbidden opcode INST at byte 74 and names the forbidden global posix.system at byte 74, which would have run the command `touch torchfmt-PWNED`; nothing',
  ],
  [
    'evil-newobj',
    'CHECKPOINT_FORBIDDEN_GLOBAL',
    'names the forbidden global subprocess.Popen at byte 48, which would have run the command `touch torchfmt-PWNED`; nothing',
  ],
  [
    'evil-getattr-chain',
    'CHECKPOINT_FORBIDDEN_GLOBAL',
    'names the forbidden global __builtin__.getattr at byte 48, which would have taken the attribute __globals__ of torch._utils._rebuild_tensor_v2; nothing',
  ],
  [
    'evil-build-setstate',
    'CHECKPOINT_FORBIDDEN_GLOBAL',
    'names the forbidden global posix.system at byte 98, which would have imported the module posix for it; nothing',
  ],
  [
    'evil-pid-not-storage',
    'CHECKPOINT_FORBIDDEN_GLOBAL',
    'names the forbidden global posix.system at byte 94, which would have imported the module posix for it; nothing',
  ],
  [
    'evil-torch-load-gadget',
    'CHECKPOINT_FORBIDDEN_GLOBAL',
    'names the forbidden global torch.hub.load at byte 48, which would have downloaded and run the code of `x/y`; nothing',
  ],
  [
    'evil-legacy-first',
    'CHECKPOINT_NOT_A_CHECKPOINT',
    'is a bare pickle that torch.save did not write and names the forbidden global posix.system at byte 2, which would have run the command `touch torchfmt-PWNED`; nothing in it was executed',
  ],
  ['js-proto-global', 'CHECKPOINT_FORBIDDEN_GLOBAL', 'names the forbidden global __proto__.constructor at byte 48'],
  ['js-proto-storage', 'CHECKPOINT_FORBIDDEN_GLOBAL', 'names the forbidden global torch.__proto__ at byte 129'],
  [
    'geo-past-end',
    'CHECKPOINT_MALFORMED',
    'tensor w: shape [3, 2], strides [2, 1] and offset 0 reach past the 4 elements of the storage',
  ],
  ['geo-negative-offset', 'CHECKPOINT_MALFORMED', 'offset -1 are not all whole numbers from 0 up'],
  ['geo-negative-stride', 'CHECKPOINT_MALFORMED', 'strides [-1] and offset 3 are not all whole numbers'],
  ['geo-negative-size', 'CHECKPOINT_MALFORMED', 'shape [-4]'],
  [
    'geo-huge-size',
    'CHECKPOINT_LIMIT_EXCEEDED',
    'tensor w: its 4398046511104 bytes are more than the 643 bytes of the whole file',
  ],
  ['geo-overflow', 'CHECKPOINT_MALFORMED', 'has more elements than can be counted'],
  ['geo-rank-mismatch', 'CHECKPOINT_MALFORMED', 'shape [2, 2], strides [1] and offset 0 do not fit together'],
  ['geo-numel-lies', 'CHECKPOINT_MALFORMED', 'storage 0 of 1000 elements needs 4000 bytes and has 16 at byte 167'],
  ['geo-missing-record', 'CHECKPOINT_MALFORMED', 'there is no record of storage 7 at byte 166'],
  ['geo-many-dims', 'CHECKPOINT_LIMIT_EXCEEDED', 'a tensor has 5000 dimensions, more than 64'],
  ['q-scale-nan', 'CHECKPOINT_INVALID_QUANTIZATION', 'tensor w: the scale is NaN, not a positive float32'],
  ['q-scale-negative', 'CHECKPOINT_INVALID_QUANTIZATION', 'tensor w: the scale is -1, not a positive float32'],
  ['vm-deep-nesting', 'CHECKPOINT_LIMIT_EXCEEDED', 'more than the limit of 16384 at byte 16432'],
  ['vm-memo-bomb', 'CHECKPOINT_FORBIDDEN_OPCODE', 'the forbidden opcode POP at byte 85'],
  ['vm-neg-len', 'CHECKPOINT_FORBIDDEN_OPCODE', 'the forbidden opcode BINSTRING at byte 48'],
  ['vm-underflow', 'CHECKPOINT_MALFORMED', 'takes 2 values from a stack that has fewer at byte 48'],
  ['vm-no-mark', 'CHECKPOINT_MALFORMED', 'closes a mark it never set at byte 48'],
  ['vm-bad-memo', 'CHECKPOINT_MALFORMED', 'reads memo slot 99, which was never written at byte 48'],
  ['vm-no-stop', 'CHECKPOINT_TRUNCATED', 'the pickle ends at byte 49, inside an instruction or before its STOP'],
  ['vm-unknown-op', 'CHECKPOINT_MALFORMED', '0xff is no pickle opcode at byte 48'],
  ['vm-top-int', 'CHECKPOINT_NOT_A_CHECKPOINT', 'holds a pickled int without readable tensors'],
  ['vm-int-key', 'CHECKPOINT_NOT_A_CHECKPOINT', 'holds a pickled OrderedDict without readable tensors'],
  ['damage-truncated-half', 'CHECKPOINT_TRUNCATED', 'has no end record in its last 65557 bytes'],
  ['damage-truncated-100', 'CHECKPOINT_TRUNCATED', 'has no end record in its last 100 bytes'],
  ['damage-empty', 'CHECKPOINT_TRUNCATED', 'the file is empty'],
  ['damage-crc-pkl', 'CHECKPOINT_CHECKSUM_MISMATCH', 'record fp32/data.pkl at byte 64 does not have its CRC-32'],
  [
    'damage-cd-offset',
    'CHECKPOINT_MALFORMED',
    'record fp32/data/1 is said to lie at byte 145323, past the 142520 bytes of records',
  ],
  [
    'damage-cd-size',
    'CHECKPOINT_MALFORMED',
    'record fp32/data/1 of 2147483647 bytes reaches past the 142520 bytes of records',
  ],
  ['damage-git-lfs-pointer', 'CHECKPOINT_LFS_POINTER', 'is a Git LFS pointer, not the file it points to'],
  ['damage-html', 'CHECKPOINT_NOT_A_CHECKPOINT', 'is an HTML or XML page'],
  ['damage-safetensors', 'CHECKPOINT_NOT_A_CHECKPOINT', 'is a safetensors file without readable tensors'],
  ['damage-gguf', 'CHECKPOINT_UNSUPPORTED', 'is a GGUF model'],
  ['damage-tar', 'CHECKPOINT_UNSUPPORTED', 'is a tar checkpoint of torch before 0.1.10'],
  ['zip-deflated', 'CHECKPOINT_UNSUPPORTED', 'holds the compressed record fp32/data.pkl (zip method 8)'],
  ['zip-bomb', 'CHECKPOINT_UNSUPPORTED', 'holds the compressed record archive/data.pkl (zip method 8)'],
  ['zip-encrypted-flag', 'CHECKPOINT_UNSUPPORTED', 'holds the encrypted record archive/data.pkl'],
  ['zip-no-root', 'CHECKPOINT_NOT_A_CHECKPOINT', 'it has no folder with a data.pkl'],
  ['zip-no-pkl', 'CHECKPOINT_NOT_A_CHECKPOINT', 'it has no folder with a data.pkl'],
  ['zip-not-torch', 'CHECKPOINT_NOT_A_CHECKPOINT', 'it has no folder with a data.pkl'],
  ['zip-big-endian', 'CHECKPOINT_UNSUPPORTED', 'was saved on a big-endian machine'],
  ['zip-byteorder-junk', 'CHECKPOINT_MALFORMED', 'the byte order is "middle" at byte 260'],
];

/** Odd files that are read all the same. */
const ACCEPTED: ReadonlyArray<readonly [file: string, tensorCount: number]> = [
  ['ok-minimal', 1],
  ['q-scales-list', 1],
  ['vm-trailing', 1],
  ['zip-no-byteorder', 1],
  ['zip-no-version', 1],
  ['zip-unaligned', 40],
  ['damage-appended', 40],
  // Its damage is inside a tensor: found when checksums are asked for.
  ['damage-crc-tensor', 40],
];

async function thrownBy(promise: Promise<unknown>): Promise<CheckpointError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof CheckpointError) return thrown;
  throw new Error('no CheckpointError was thrown', { cause: thrown });
}

describe('hostile and damaged checkpoints', () => {
  it('has a verdict for every file', () => {
    const files = readdirSync(fixturePath('bad')).map((name) => name.replace('.bin', ''));
    const judged = [...REFUSED, ...ACCEPTED].map(([file]) => file);
    expect(files.sort()).toEqual(judged.sort());
  });

  it.each(REFUSED)('refuses %s with %s', async (file, code, message) => {
    const path = fixturePath(`bad/${file}.bin`);
    const error = await thrownBy(openCheckpoint(path));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.message.startsWith(path)).toBe(true);
    expect(error.details['path']).toBe(path);
    expect(error.hint).toMatch(/^[A-Z].*\.$/u);
  });

  it.each([
    ['evil-os-system', 'Do not load this file in Python either'],
    ['evil-build-setstate', 'Do not load this file in Python either'],
    ['evil-stack-global-p4', 'Do not load this file in Python either'],
    ['js-proto-global', 'Save plain tensors only, with `torch.save(model.state_dict(), "pytorch_model.bin")`'],
    [
      'vm-memo-bomb',
      'Save it again with `torch.save(model.state_dict(), "pytorch_model.bin")` and its default protocol 2',
    ],
  ])('says what to do about %s', async (file, hint) => {
    const error = await thrownBy(openCheckpoint(fixturePath(`bad/${file}.bin`)));
    expect(error.hint).toContain(hint);
  });

  it('keeps what would have happened apart for programs', async () => {
    const { details } = await thrownBy(openCheckpoint(fixturePath('bad/evil-after-valid.bin')));
    expect(details).toMatchObject({
      global: 'posix.system',
      byteOffset: 212,
      wouldHave: 'run the command `touch torchfmt-PWNED`',
    });
  });

  it.each(ACCEPTED)('reads %s', async (file, tensorCount) => {
    await using checkpoint = await openCheckpoint(fixturePath(`bad/${file}.bin`));
    expect(checkpoint.stateDict.tensors.size).toBe(tensorCount);
    for (const tensor of checkpoint.stateDict.tensors.values()) {
      expect((await tensor.readElements()).length).toBe(tensor.elementCount);
    }
  });

  it('finds a flipped bit in a tensor when asked to', async () => {
    const error = await thrownBy(openCheckpoint(fixturePath('bad/damage-crc-tensor.bin'), { verifyTensorCrc: true }));
    expect(error.code).toBe('CHECKPOINT_CHECKSUM_MISMATCH');
    expect(error.details['record']).toMatch(/^fp32\/data\/\d+$/u);
  });

  it.each([
    [
      'whole-module.bin',
      'CHECKPOINT_FORBIDDEN_GLOBAL',
      'is a whole pickled module, not a state dict, and names the forbidden global',
      'load it in Python with `model = torch.load("whole-module.bin", weights_only=False)` and save its weights with `torch.save(model.state_dict(), "pytorch_model.bin")`.',
    ],
    [
      'whole-module-int8.bin',
      'CHECKPOINT_FORBIDDEN_GLOBAL',
      'is a whole pickled module, not a state dict, and names the forbidden global',
      'load it in Python with `model = torch.load("whole-module-int8.bin", weights_only=False)` and save its weights with `torch.save(model.state_dict(), "pytorch_model.bin")`.',
    ],
    [
      'torchscript.pt',
      'CHECKPOINT_UNSUPPORTED',
      'is a TorchScript program, not a checkpoint',
      'Load it in Python with `model = torch.jit.load("torchscript.pt")` and save its weights with `torch.save(model.state_dict(), "pytorch_model.bin")`.',
    ],
    [
      'torchscript-int8.pt',
      'CHECKPOINT_UNSUPPORTED',
      'is a TorchScript program, not a checkpoint',
      'Load it in Python with `model = torch.jit.load("torchscript-int8.pt")` and save its weights with `torch.save(model.state_dict(), "pytorch_model.bin")`.',
    ],
  ] as const)('refuses %s, which torch wrote for something else', async (file, code, message, hint) => {
    const error = await thrownBy(openCheckpoint(fixturePath(`torch213/${file}`)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });
});
