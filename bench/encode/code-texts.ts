import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tokenizer } from '../../src/model/tokenizer/tokenizer.ts';

/** Tokens after which a chunk ends. */
const CHUNK_TOKENS = 118;

/**
 * Code chunks of about 128 tokens: half from the TypeScript files of this repository, half generated stored procedures
 * and functions, so that the mix does not depend on the state of the repository alone.
 */
export function codeTexts(root: string, count: number, tokenizer: Tokenizer): string[] {
  const generated = Array.from({ length: Math.ceil(count / 2) }, (_, index) => generatedCode(index));
  const files = execFileSync('git', ['ls-files', 'src/*.ts'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const own = files.toSorted().flatMap((file) => chunk(readFileSync(join(root, file), 'utf8').split('\n'), tokenizer));
  const step = Math.max(1, Math.floor(own.length / (count - generated.length)));
  const picked = own.filter((_, index) => index % step === 0).slice(0, count - generated.length);
  return [...picked, ...generated.flatMap((code) => chunk(code.split('\n'), tokenizer).slice(0, 1))];
}

/** Whole lines until a chunk is full; the rest at the end is left out. */
function chunk(lines: readonly string[], tokenizer: Tokenizer): string[] {
  const chunks: string[] = [];
  let current: string[] = [];
  let tokens = 0;
  for (const line of lines) {
    current.push(line);
    tokens += tokenizer.encode(line, { addSpecialTokens: false }).ids.length;
    if (tokens < CHUNK_TOKENS) continue;
    chunks.push(current.join('\n'));
    current = [];
    tokens = 0;
  }
  return chunks;
}

const THINGS = ['order', 'invoice', 'customer', 'shipment', 'payment', 'product', 'supplier', 'account', 'session'];
const ACTIONS = ['cancel', 'create', 'approve', 'archive', 'recalculate', 'assign', 'merge', 'validate'];

function generatedCode(index: number): string {
  const thing = THINGS[index % THINGS.length] ?? '';
  const other = THINGS[(index * 5 + 3) % THINGS.length] ?? '';
  const action = ACTIONS[(index * 3) % ACTIONS.length] ?? '';
  return index % 2 === 0 ? procedure(thing, other, action, index) : pythonFunction(thing, other, action, index);
}

function procedure(thing: string, other: string, action: string, index: number): string {
  return `CREATE OR REPLACE PROCEDURE sales.${action}_${thing}(p_${thing}_id IN NUMBER, p_limit IN NUMBER DEFAULT ${index * 7}) AS
  v_total NUMBER(12, 2);
BEGIN
  SELECT SUM(i.quantity * i.price) INTO v_total
    FROM ${thing}_items i JOIN ${other}s o ON o.id = i.${other}_id
   WHERE i.${thing}_id = p_${thing}_id AND o.status <> 'CLOSED';
  IF v_total > p_limit THEN
    UPDATE ${thing}s SET status = '${action.toUpperCase()}', changed_at = SYSDATE WHERE id = p_${thing}_id;
    INSERT INTO audit_log (entity, entity_id, action, amount) VALUES ('${thing}', p_${thing}_id, '${action}', v_total);
  ELSE
    RAISE_APPLICATION_ERROR(-20${100 + (index % 800)}, '${thing} below limit');
  END IF;
END ${action}_${thing};`;
}

function pythonFunction(thing: string, other: string, action: string, index: number): string {
  return `def ${action}_${thing}(repository, ${thing}_id: int, *, limit: float = ${index}.0) -> bool:
    """${action} one ${thing} and everything of its ${other} that is still open."""
    ${thing} = repository.find(${thing}_id)
    if ${thing} is None:
        raise LookupError(f"no ${thing} {${thing}_id}")
    total = sum(item.quantity * item.price for item in ${thing}.items if item.${other} is not None)
    if total <= limit:
        logger.info("%s stays as it is: %.2f", ${thing}.name, total)
        return False
    for ${other} in ${thing}.${other}s:
        ${other}.status = "${action}"
        repository.save(${other})
    repository.commit(reason="${action}", amount=total)
    return True`;
}
