import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PREFERRED_MODEL } from '../../src/model/resolve-model.ts';
import { canMount } from '../helpers/run-cli.ts';
import { GROUPS, type Fault } from './fault.ts';
import { committedRows, pageOf, TABLE_LANGUAGES, writePage, type TableLanguage } from './fault-table.ts';
import { CONFIGURATION_FAULTS, ONNX_FAULTS, TOKENIZER_FAULTS } from './folder-faults.ts';
import { HUB_FAULTS } from './hub-faults.ts';
import { MACHINE_FAULTS } from './machine-faults.ts';
import { removeShared, runFault, type FaultRow } from './run-fault.ts';
import { WEIGHT_FAULTS } from './weight-faults.ts';

const FAULTS: readonly Fault[] = [
  ...WEIGHT_FAULTS,
  ...TOKENIZER_FAULTS,
  ...CONFIGURATION_FAULTS,
  ...ONNX_FAULTS,
  ...HUB_FAULTS,
  ...MACHINE_FAULTS,
];
/** Faults that run at once: the hub's spend their time waiting. */
const AT_ONCE = { hub: 4, others: 2 };
const SUITE_TIMEOUT_MS = 300_000;

const mayMount = canMount();
const isRun = (fault: Fault): boolean => fault.needs !== 'mount' || mayMount;
const rows = new Map<Fault, FaultRow>();
const rowOf = (fault: Fault): FaultRow => {
  const row = rows.get(fault);
  if (row === undefined) throw new TypeError(`"${fault.name}" did not run`);
  return row;
};

async function runAll(faults: readonly Fault[], atOnce: number): Promise<void> {
  const queue = [...faults];
  const work = async (): Promise<void> => {
    for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) rows.set(fault, await runFault(fault));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** The row of a fault that cannot be made here; its line is that of the committed page. */
function notRun(fault: Fault): FaultRow {
  return {
    fault,
    logged: [],
    hints: [],
    model: null,
    exit: null,
    strictExit: null,
    strictCode: null,
    stderr: '',
  };
}

function pageOnDisk(language: TableLanguage): { readonly path: string; readonly text: string } {
  const path = fileURLToPath(new URL(`../../${pageOf(language)}`, import.meta.url));
  return { path, text: existsSync(path) ? readFileSync(path, 'utf8') : '' };
}

beforeAll(async () => {
  const runnable = FAULTS.filter(isRun);
  await Promise.all([
    runAll(
      runnable.filter(({ group }) => group === 'hub'),
      AT_ONCE.hub,
    ),
    runAll(
      runnable.filter(({ group }) => group !== 'hub'),
      AT_ONCE.others,
    ),
  ]);
}, SUITE_TIMEOUT_MS);
afterAll(removeShared);

describe.each(GROUPS)('a fault of %s:', (group) => {
  const faults = FAULTS.filter((fault) => fault.group === group);
  // Mounting a small disk needs a user name space, which some containers do not allow: these faults are passed over there.
  it.for(faults)('$name', (fault, { skip }) => {
    if (!isRun(fault)) skip('this system does not let a test mount a small disk');
    const row = rowOf(fault);
    expect(row.stderr).not.toMatch(/\n\s+at .+:\d+:\d+/);
    // Done, or a reason that belongs to the model or its files; never a fault of this program.
    expect([0, 4, 5]).toContain(row.exit);
    expect([0, 4, 5]).toContain(row.strictExit);
    const meant = fault.group === 'hub' ? 'org/model' : PREFERRED_MODEL;
    if (row.model === meant) return;
    // Another model serves or none: the reason is told, with what to do, and strict ends with it.
    expect(row.logged.length).toBeGreaterThan(0);
    expect(row.hints.length).toBeGreaterThan(0);
    expect(row.strictExit).not.toBe(0);
    expect(row.strictCode).toMatch(/^[A-Z]+(?:_[A-Z0-9]+)+$/);
    expect(row.logged.join(' ')).toContain(row.strictCode);
    if (row.exit === 0) expect(row.logged.join(' ')).toContain('MODEL_FALLBACK: ');
  });
});

describe('the table of faults', () => {
  it.each(TABLE_LANGUAGES)('in the documentation (%s) is what happened', (language) => {
    const { path, text } = pageOnDisk(language);
    const page = writePage(
      FAULTS.map((fault) => rows.get(fault) ?? notRun(fault)),
      language,
      committedRows(text),
    );
    if (process.env['UPDATE_DOCS'] === '1') {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, page);
    }
    expect(pageOnDisk(language).text, 'UPDATE_DOCS=1 npx vitest run test/faults writes it').toBe(page);
  });

  it('has at least the 25 faults that were promised, each with its own name', () => {
    expect(FAULTS.length).toBeGreaterThanOrEqual(25);
    for (const key of ['name', 'portugueseName'] as const)
      expect(new Set(FAULTS.map((fault) => fault[key])).size).toBe(FAULTS.length);
  });
});
