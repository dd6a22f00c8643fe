import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeIntent } from '../../../src/checkpoint/pickle/intent/describe-intent.ts';
import type { PickleIntent } from '../../../src/checkpoint/pickle/intent/pickle-intent.ts';
import { OPCODES } from '../../../src/checkpoint/pickle/opcodes.ts';
import { ALLOWED_GLOBALS } from '../../../src/checkpoint/torch/torch-globals.ts';
import { call, dict, int, list, name, text, tuple } from '../../fixtures/checkpoint/pickle-writer.ts';

/** Pickles are written as text: one character a byte. */
function intentOf(pickle: string): PickleIntent | undefined {
  const bytes = Uint8Array.from(Buffer.from(`\x80\x02${pickle}.`, 'latin1'));
  return describeIntent(bytes, { byteOffset: 1000, allowedGlobals: ALLOWED_GLOBALS });
}

function short(value: string): string {
  return `\x8c${String.fromCharCode(value.length)}${value}`;
}

const IMPORT_OS = call('__builtin__', '__import__', text('os'));
/** `getattr(…, name)`. */
const attribute = (of: string, named: string): string => call('__builtin__', 'getattr', of, text(named));
/** The value below, called. */
const reduce = (callee: string, ...args: readonly string[]): string => `${callee}${tuple(...args)}R`;

describe('describeIntent', () => {
  it.each<[string, string, string, string]>([
    ['a command', call('os', 'system', text('rm -rf ~')), 'os.system', 'run the command `rm -rf ~`'],
    ['a command of Windows', call('nt', 'system', text('del x')), 'nt.system', 'run the command `del x`'],
    [
      'a list of words',
      call('subprocess', 'run', list(text('ls'), text('-l'))),
      'subprocess.run',
      'run the command `ls -l`',
    ],
    [
      'the words of execv',
      call('os', 'execv', text('/bin/sh'), list(text('sh'), text('-c'), text('id'))),
      'os.execv',
      'run the command `sh -c id`',
    ],
    [
      'a command made at run time',
      call('os', 'system', call('os', 'getenv', text('X'))),
      'os.system',
      "called os.system(os.getenv('X'))",
    ],
    [
      'code',
      call('builtins', 'exec', text('import os\nos.abort()')),
      'builtins.exec',
      'evaluated the Python code `import os\\nos.abort()`',
    ],
    [
      'code that is compiled first',
      call('__builtin__', 'eval', call('__builtin__', 'compile', text('1+1'), text('<s>'), text('eval'))),
      '__builtin__.eval',
      'evaluated the Python code `1+1`',
    ],
    [
      'a chain of attributes',
      reduce(attribute(IMPORT_OS, 'system'), text('id')),
      '__builtin__.getattr',
      'run the command `id`',
    ],
    [
      'an attribute',
      attribute(name('torch._utils', '_rebuild_tensor_v2'), '__globals__'),
      '__builtin__.getattr',
      'taken the attribute __globals__ of torch._utils._rebuild_tensor_v2',
    ],
    [
      'a detour',
      call('__builtin__', 'map', name('os', 'system'), list(text('id'))),
      '__builtin__.map',
      'run the command `id`',
    ],
    [
      'a partial function that has its arguments',
      reduce(call('functools', 'partial', name('os', 'system'), text('id'))),
      'functools.partial',
      'run the command `id`',
    ],
    [
      'a partial function as Python pickles it',
      reduce(
        `${call('functools', 'partial', name('os', 'system'))}${tuple(name('os', 'system'), tuple(text('id')), '}', 'N')}b`,
      ),
      'functools.partial',
      'run the command `id`',
    ],
    [
      'a partial function',
      reduce(call('functools', 'partial', name('os', 'system')), text('id')),
      'functools.partial',
      'run the command `id`',
    ],
    ['an import', IMPORT_OS, '__builtin__.__import__', 'imported, and so run, the module `os`'],
    ['a mere name', name('os', 'system'), 'os.system', 'imported the module os for it'],
    [
      'another pickle',
      call('torch', 'load', text('x')),
      'torch.load',
      'loaded another pickle, which can run anything (torch.load)',
    ],
    [
      'a download',
      call('urllib.request', 'urlopen', text('http://x/')),
      'urllib.request.urlopen',
      'asked the network for `http://x/`',
    ],
    ['a file', call('io', 'open', text('/etc/passwd'), text('w')), 'io.open', 'opened the file `/etc/passwd`'],
    ['deletion', call('shutil', 'rmtree', text('/home')), 'shutil.rmtree', 'deleted `/home`'],
    ['a library', call('ctypes', 'CDLL', text('x.so')), 'ctypes.CDLL', 'loaded the native library `x.so`'],
    [
      'the hub',
      call('torch.hub', 'load', text('a/b'), text('c')),
      'torch.hub.load',
      'downloaded and run the code of `a/b`',
    ],
    [
      'something of somebody',
      call('mine', 'load', int(3), text('a'), 'N', '\x88'),
      'mine.load',
      "called mine.load(3, 'a', None, True)",
    ],
    ['an object', `${name('mine', 'Model')})\x81`, 'mine.Model', 'made an object of the class mine.Model'],
    ['INST', `(${text('id')}ios\nsystem\n`, 'os.system', 'run the command `id`'],
    ['OBJ', `(${name('os', 'system')}${text('id')}o`, 'os.system', 'run the command `id`'],
    [
      'protocol 4',
      `${short('os')}\x94${short('system')}\x94\x93\x94${short('id')}\x85R`,
      'os.system',
      'run the command `id`',
    ],
    ['protocol 0', `${name('os', 'system')}(S'id'\ntR`, 'os.system', 'run the command `id`'],
    ['the memo', `${text('id')}q\x050${name('os', 'system')}h\x05\x85R`, 'os.system', 'run the command `id`'],
    ['an extension of the registry', '\x82\x07)R', 'copyreg.extension 7', 'called copyreg.extension 7()'],
    [
      'what is hidden among honest names',
      dict({ w: name('mine', 'Dtype'), x: call('os', 'system', text('id')) }),
      'os.system',
      'run the command `id`',
    ],
    [
      'what is handed on',
      call('torch._utils', '_rebuild_parameter', call('os', 'system', text('id')), '\x88', '}'),
      'os.system',
      'run the command `id`',
    ],
  ])('tells %s', (_, pickle, global, wouldHave) => {
    const intent = intentOf(pickle);
    expect(`${intent?.module}.${intent?.name}`).toBe(global);
    expect(intent?.wouldHave).toBe(wouldHave);
  });

  it('says where the name stands', () => {
    expect(intentOf(`${text('w')}0${call('os', 'system', text('id'))}`)?.byteOffset).toBe(1009);
  });

  it.each([
    [call('os', 'system', text('id')), 'hostile'],
    [`${name('torch.nn.modules.linear', 'Linear')})\x81`, 'whole-module'],
    [`${name('torch.nn.modules.linear', 'Linear')})\x81${call('os', 'system', text('id'))}`, 'hostile'],
    [`${name('mine', 'Model')})\x81`, 'unknown'],
    [call('builtins', 'list'), 'unknown'],
  ])('tells an attack from a mistake: %j', (pickle, kind) => {
    expect(intentOf(pickle)?.kind).toBe(kind);
  });

  it('finds nothing in a state dict', () => {
    expect(intentOf(dict({ w: name('torch', 'qint8') }))).toBeUndefined();
    expect(intentOf('')).toBeUndefined();
  });

  it('shows literals short, and without what a terminal would act upon', () => {
    const hostile = '\x1b[2J\u202Erm\u2028\x07\x00\x9b';
    expect(intentOf(call('os', 'system', text(hostile)))?.wouldHave).toBe(
      'run the command `\\u{1b}[2J\\u{202e}rm\\u{2028}\\u{7}\\u{0}\\u{9b}`',
    );
    const long = intentOf(call('os', 'system', text('😀'.repeat(1000))))?.wouldHave ?? '';
    expect(long).toBe(`run the command \`${'😀'.repeat(80)}…\``);
  });

  it('goes as far as a damaged pickle does', () => {
    expect(intentOf(`${name('os', 'system')}${text('id')}\x85RX\xff\xff\xff`)?.wouldHave).toBe('run the command `id`');
    expect(intentOf(`R0tbu${call('os', 'system', text('id'))}`)?.wouldHave).toBe('run the command `id`');
  });

  it.each([
    ['a list that contains itself', `${name('os', 'system')}]q\x00h\x00aq\x01\x85R`],
    ['lists 2^60 leaves wide', `${name('os', 'system')}]${'q\x00h\x00h\x00\x86'.repeat(60)}\x85R`],
    [
      'one long tuple, used 100,000 times',
      `(${'N'.repeat(100_000)}tq\x000${`${name('a', 'b')}h\x00R0`.repeat(50_000)}`,
    ],
    ['calls 100,000 deep', `${name('os', 'system')}${')R'.repeat(100_000)}`],
    ['a million values', 'N'.repeat(1_000_000) + name('os', 'system')],
  ])('ends on %s', (_, pickle) => {
    expect((intentOf(pickle)?.wouldHave ?? '').length).toBeLessThan(400);
  });

  it('ends on any sequence of opcodes, in one printable line', () => {
    const opcode = fc.constantFrom(...OPCODES.keys());
    const names = fc.constantFrom(...Buffer.from('cos\nsystem\n'), ...Buffer.from('cmine\nf\n'));
    fc.assert(
      fc.property(fc.array(fc.oneof(opcode, names, fc.nat({ max: 255 })), { maxLength: 80 }), (codes) => {
        const bytes = Uint8Array.from([...Buffer.from('cos\nsystem\n'), ...codes]);
        const intent = describeIntent(bytes, { byteOffset: 0, allowedGlobals: ALLOWED_GLOBALS });
        expect(intent?.wouldHave).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{1,400}$/u);
      }),
      { numRuns: 3000 },
    );
  });
});
