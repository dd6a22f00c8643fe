import { describe, expect, it } from 'vitest';
import { CheckpointFailure } from '../../../src/checkpoint/checkpoint-error.ts';
import { scanGlobals } from '../../../src/checkpoint/pickle/scan-globals.ts';
import type { GlobalUse } from '../../../src/checkpoint/pickle/pickle-objects.ts';
import { unpickle, type Unpickled } from '../../../src/checkpoint/pickle/unpickle.ts';
import { describeValue } from '../../../src/checkpoint/pickle/values.ts';

const ALLOWED = new Map<string, GlobalUse>([
  ['collections OrderedDict', 'ordered-dict'],
  ['torch Size', 'call'],
  ['torch qint8', 'value'],
]);

/** Pickles are written as text: one character a byte. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

function read(pickle: string): Unpickled {
  return unpickle(bytesOf(pickle), {
    failure: new CheckpointFailure('test.pkl'),
    byteOffset: 1000,
    allowedGlobals: ALLOWED,
    persistentIdTag: 'storage',
  });
}

const MAKE_DICT = 'ccollections\nOrderedDict\n)R';

describe('unpickle', () => {
  it.each<[string, string, unknown]>([
    ['None', 'N.', null],
    ['True', '\x88.', true],
    ['False', '\x89.', false],
    ['a negative int', 'J\xfe\xff\xff\xff.', -2],
    ['a byte', 'K\xff.', 255],
    ['a short', 'M\x01\x02.', 513],
    ['an empty long', '\x8a\x00.', 0],
    ['a signed long', '\x8a\x01\xff.', -1],
    ['2^53 - 1', '\x8a\x07\xff\xff\xff\xff\xff\xff\x1f.', Number.MAX_SAFE_INTEGER],
    ['2^53', '\x8a\x07\x00\x00\x00\x00\x00\x00\x20.', 2n ** 53n],
    ['a float', 'G\x3f\xf8\x00\x00\x00\x00\x00\x00.', { kind: 'float', value: 1.5 }],
    ['text', 'X\x03\x00\x00\x00\xe2\x82\xac.', '€'],
    ['text of Python 2', 'U\x02hi.', 'hi'],
    ['a tuple', '(K\x01K\x02K\x03K\x04t.', { kind: 'tuple', items: [1, 2, 3, 4] }],
    ['nested tuples', 'K\x01\x85K\x02\x86.', { kind: 'tuple', items: [{ kind: 'tuple', items: [1] }, 2] }],
    ['a list', '](K\x01K\x02eK\x03a.', { kind: 'list', items: [1, 2, 3] }],
    ['a name', 'ctorch\nqint8\n.', { kind: 'global', name: 'torch.qint8' }],
    [
      'a call',
      'ctorch\nSize\n(K\x02K\x03t\x85R.',
      { kind: 'call', callee: 'torch.Size', args: [{ kind: 'tuple', items: [2, 3] }], byteOffset: 1021 },
    ],
    [
      'a storage',
      '(X\x07\x00\x00\x00storageK\x05tQ.',
      { kind: 'persistent-id', id: { kind: 'tuple', items: ['storage', 5] }, byteOffset: 1018 },
    ],
    ['a value from the memo', 'K\x07r\x00\x01\x00\x00j\x00\x01\x00\x00\x86.', { kind: 'tuple', items: [7, 7] }],
  ])('reads %s', (_, pickle, expected) => {
    expect(read(`\x80\x02${pickle}`).value).toEqual(expected);
  });

  it('fills dicts and keeps the attribute _metadata apart from items', () => {
    const { value } = read(`${MAKE_DICT}(U\x01aK\x01U\x01bK\x02uU\x01cK\x03s}(U\x09_metadataK\x04U\x05otherK\x05ub}b.`);
    expect(value).toEqual({
      kind: 'dict',
      isOrdered: true,
      entries: new Map([
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ]),
      metadata: 4,
    });
  });

  it('shares values through the memo', () => {
    const { value } = read(']q\x05h\x05\x86.');
    if (value === null || typeof value !== 'object' || value.kind !== 'tuple') throw new Error('no tuple');
    expect(value.items[0]).toBe(value.items[1]);
  });

  it('keeps names such as __proto__ as plain keys', () => {
    const { value } = read('}U\x09__proto__K\x01s.');
    expect(value).toMatchObject({ entries: new Map([['__proto__', 1]]) });
  });

  it('says where the pickle ends, what it names and what it refers to', () => {
    const { endOffset, globals, persistentIds } = read('ctorch\nqint8\nctorch\nSize\nctorch\nqint8\n\x87.more');
    expect({ endOffset, globals, persistentIds }).toEqual({
      endOffset: 1040,
      globals: ['torch.qint8', 'torch.Size'],
      persistentIds: [],
    });
  });

  it('survives lists that contain themselves', () => {
    const { value } = read(']q\x00h\x00a.');
    expect(describeValue(value)).toBe('list');
  });

  it.each([
    ['a call of a plain value', 'ctorch\nqint8\n)R.', 'calls torch.qint8 with 0 arguments at byte 1014'],
    ['a call of no name', 'N)R.', 'calls None'],
    ['a call without a tuple', 'ctorch\nSize\n]R.', 'calls torch.Size without a tuple'],
    ['an OrderedDict with arguments', 'ccollections\nOrderedDict\nN\x85R.', 'with 1 arguments'],
    ['items of a list', '](K\x01K\x02u.', 'sets items of list'],
    ['an odd number of items', '}(K\x01u.', 'a key without a value'],
    ['a list for a key', '}]Ns.', 'a dict key of type list'],
    ['appending to a tuple', ')Na.', 'appends to tuple'],
    ['the state of a plain dict', '}}b.', 'sets the state of dict'],
    ['the state of a call', 'ctorch\nSize\n)R}b.', 'sets the state of torch.Size()'],
    ['another persistent id', 'U\x06module\x85Q.', "of kind 'module'"],
    ['taking values from below a mark', 'K\x01(\x85.', 'takes 1 values from a stack that has fewer'],
    ['stopping with values left', 'NN.', 'stops with values left over'],
    ['stopping inside a mark', 'N(.', 'takes a value from an empty stack'],
    ['text that is not UTF-8', 'U\x01\xff.', 'not UTF-8'],
    ['protocol 6', '\x80\x06N.', 'pickle protocol 6 does not exist'],
  ])('refuses %s', (_, pickle, message) => {
    expect(() => read(pickle)).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_MALFORMED', message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ['many marks', '('.repeat(300), 'nests 257 marks, more than the limit of 256'],
    ['a deep stack', 'N'.repeat(20_000), '16385 values, more than the limit of 16384'],
    ['long text', 'X\xff\xff\xff\x7f', 'a string of 2147483647 bytes, more than the limit of 4194304'],
    ['a long integer', '\x8a\xff', 'an integer of 255 bytes, more than the limit of 64'],
    ['a long name', `c${'x'.repeat(600)}\n`, 'more than the limit of 512'],
    ['many instructions', `N${'q\x00'.repeat(1_000_000)}`, 'more instructions, more than the limit of 1000000'],
    ['many objects', `]${'}a'.repeat(200_000)}`, 'makes 200001 objects, more than the limit of 200000'],
    [
      'many attributes',
      `${MAKE_DICT}}${Array.from({ length: 65 }, (_, key) => `K${String.fromCharCode(key)}Ns`).join('')}b`,
      'sets 65 attributes, more than the limit of 64',
    ],
  ])('limits %s', (_, pickle, message) => {
    expect(() => read(pickle)).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_LIMIT_EXCEEDED', message: expect.stringContaining(message) }),
    );
  });

  it.each(['c', 'cposix\n', 'cposix\nsystem', 'X\x09\x00\x00\x00abc', 'K', 'G\x00', '\x8a\x02\x01', ''])(
    'says that %j is cut',
    (pickle) => {
      expect(() => read(pickle)).toThrow(expect.objectContaining({ code: 'CHECKPOINT_TRUNCATED' }));
    },
  );

  it('names the forbidden global and its place', () => {
    expect(() => read('\x80\x02cos\nsystem\n')).toThrow(
      expect.objectContaining({
        code: 'CHECKPOINT_FORBIDDEN_GLOBAL',
        message:
          'test.pkl names the forbidden global os.system at byte 1002, which would have imported the module os for it; nothing in it was executed',
        details: {
          path: 'test.pkl',
          global: 'os.system',
          byteOffset: 1002,
          isWholeModule: false,
          wouldHave: 'imported the module os for it',
        },
      }),
    );
  });
});

function scan(pickle: string): string[] {
  return Array.from(
    scanGlobals(bytesOf(pickle), 10),
    ({ module, name, byteOffset }) => `${module} ${name} @${byteOffset}`,
  );
}

describe('scanGlobals', () => {
  it.each<[string, string, string[]]>([
    ['GLOBAL and INST', 'cos\nsystem\n(U\x02hiiposix\npopen\n.', ['os system @10', 'posix popen @26']],
    [
      'STACK_GLOBAL',
      '\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system\x94\x93.',
      ['os system @35'],
    ],
    ['STACK_GLOBAL through the memo', '\x8c\x02osq\x07\x8c\x06systemh\x07h\x07\x93.', ['os os @28']],
    ['a second pickle after the first', 'N.\x80\x02cos\nsystem\n.', ['os system @14']],
    ['what stands before the damage', 'cos\nsystem\n\xff', ['os system @10']],
    ['nothing in text', 'hello', []],
    ['text of the old string instructions', 'U\x02osT\x06\x00\x00\x00system\x93', ['os system @25']],
    ['names that are not on the stack any more as unknown', 'U\x0bcollectionsU\x0bOrderedDict00\x93.', ['? ? @38']],
    [
      'what follows text that Python takes and UTF-8 forbids',
      'X\x03\x00\x00\x00\xed\xa0\x80cos\nsystem\n.',
      ['os system @18'],
    ],
  ])('lists %s', (_, pickle, expected) => {
    expect(scan(pickle)).toEqual(expected);
  });

  it.each([
    ['a long name', `c${'x'.repeat(600)}\nsystem\ncos\nsystem\n.`],
    ['many instructions', `${'N'.repeat(1_000_001)}cos\nsystem\n.`],
  ])('says so where %s would hide what follows', (_, pickle) => {
    expect(() => scan(pickle)).toThrow(expect.objectContaining({ code: 'CHECKPOINT_LIMIT_EXCEEDED' }));
  });
});
