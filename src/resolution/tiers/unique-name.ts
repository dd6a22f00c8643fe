import { callablesKey, hashKey } from '../dependencies.ts';
import type { DependencyRecorder } from '../dependencies.ts';
import { isType } from '../project-index.ts';
import type { Declaration, ProjectIndex } from '../project-index.ts';
import { lookAtDeclaration } from '../tracked-scope.ts';

const MIN_NAME_LENGTH = 4;

/** Names so common that one definition in the project says nothing about a call through an unknown receiver. */
const COMMON_NAMES: ReadonlySet<string> = new Set(
  `accept access after alert apply append appendchild assign available before bind body call cancel catch ceil charat check children clear clone close
  code collect commit compare compareto compile complete concat connect contains content context copy count create cursor data debug decode defer
  delete describe destroy detail dispatch dispose done each emit empty enabled encode endswith entries equals error errorf evaluate every exec
  execute exists exit extend extract fatal fatalf fetch fetchall fetchone field fields file fill filter final find findall findone finish first
  flat flatmap flush foreach fork format from fsync full getattribute getclass getdata getid getitem getkey getlogger getmessage getname getsize gettext
  gettype getvalue group groupby handle handler hasnext hasownproperty hash hashcode head header headers hexdigest identity includes indexof
  info init insert instance invoke isalive isempty isfile isinstance isvalid items iter iterator join json keys kill last lastindexof length
  limit line lines list listen load locale lock logf lookup lower main make match matcher matches member merge message method mkdir model module
  move name names next node nodes notify notifyall number object offset once onerror open option options order other parse part parts
  pattern perform pipe poll popleft position post prepare print printf println process property publish push query queue quit raise read readfile
  readline readlines ready receive recv reduce register reject release reload remove removeitem render repeat replace replaceall request require
  reset resize resolve respond response restore result resume return reverse rollback root round rows save scan schedule search seek select send sendall
  serialize service session setattribute setitem setname settext setup setvalue shift shutdown shuffle size skip sleep slice some sort sortby
  source splice split splitlines start startswith state status stop store stream string strip subscribe substr substring success sync synchronize
  tell test text then throw title toarray tojson tolist tolocalestring tolowercase tostring touppercase trim trimend trimstart truncate type
  uncaught union unlink unlock unsubscribe unwrap update updated upper uppercase user valid validate value valueof values verify version view visit
  wait warn warning warningf where with wrap write writefile writeline writelines yield zfill`
    .trim()
    .split(/\s+/),
);

/** What the project has under a name. */
export interface NameCandidates {
  /** The one member of that name where there is one and the name is not common. */
  readonly unique: Declaration | undefined;
  /** Functions and methods of that name; overloads count once. */
  readonly count: number;
}

/**
 * The last tier, for a call through a receiver of unknown type: the one method of that name in the project. Right about
 * half of the time where it was measured, hence the confidence of 0.3.
 */
export class UniqueNames {
  readonly #index: ProjectIndex;
  readonly #recorder: DependencyRecorder;
  /** Language group → name → answer: a common name is asked for thousands of times. */
  readonly #known = new Map<string, Map<string, NameCandidates & { readonly key: number }>>();

  constructor(index: ProjectIndex, recorder: DependencyRecorder) {
    this.#index = index;
    this.#recorder = recorder;
  }

  /**
   * @param group - Languages whose names may mean each other.
   * @param isMember - The call has a receiver: only members count as its target.
   */
  find(group: string, name: string, isMember: boolean): NameCandidates {
    let names = this.#known.get(group);
    if (names === undefined) this.#known.set(group, (names = new Map()));
    let candidates = names.get(name);
    if (candidates === undefined) {
      candidates = { ...this.#count(group, name), key: hashKey(callablesKey(group, name)) };
      names.set(name, candidates);
    }
    const { unique, count } = candidates;
    if (this.#recorder.isRecording) this.#recorder.lookHash(candidates.key);
    if (unique !== undefined) lookAtDeclaration(this.#recorder, unique);
    return isMember && unique !== undefined && !belongsToType(unique) ? { unique: undefined, count } : candidates;
  }

  /** What an event runs, in the order of files. Names of subscriptions have a blank in them: nothing else is named so. */
  subscriptions(group: string, name: string): readonly Declaration[] {
    this.#recorder.look(callablesKey(group, name));
    return this.#index.callables.get(group)?.get(name) ?? [];
  }

  #count(group: string, name: string): NameCandidates {
    const declarations = this.#index.callables.get(group)?.get(name) ?? [];
    const distinct = new Set(
      declarations.map(({ file, definition }) => `${file.parsed.path}#${definition.qualifiedName}`),
    );
    const isCommon = name.length < MIN_NAME_LENGTH || COMMON_NAMES.has(name.toLowerCase()) || /^__\w+__$/.test(name);
    const [only] = distinct.size === 1 && !isCommon ? declarations : [];
    return { unique: only !== undefined && isOwnOfFile(only) ? undefined : only, count: distinct.size };
  }
}

function belongsToType(declaration: Declaration): boolean {
  const { parent, definition } = declaration;
  return definition.kind === 'method' || (parent !== null && isType(parent));
}

/** A function its file keeps to itself (`static` in C, `local` in Lua): who may call it has found it before. */
function isOwnOfFile(declaration: Declaration): boolean {
  return declaration.definition.kind === 'function' && !declaration.definition.exported;
}
