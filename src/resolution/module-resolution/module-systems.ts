import type { FileScope } from '../project-index.ts';
import type { ProjectLayout } from '../project-layout.ts';
import { GoModules } from './go-modules.ts';
import { JvmModules } from './jvm-modules.ts';
import type { ModuleSystem } from './module-system.ts';
import { PythonModules } from './python-modules.ts';
import { RustModules } from './rust-modules.ts';
import { ScriptModules } from './script-modules.ts';

/** Makes the module system of a family from all its files. */
type ModuleSystemFactory = (files: readonly FileScope[], layout: ProjectLayout) => ModuleSystem;

/** By the `modules` of a language. */
const FACTORIES: Readonly<Record<string, ModuleSystemFactory>> = {
  script: (files, layout) => new ScriptModules(layout, new Set(files.map(({ parsed }) => parsed.path))),
  python: (files) => new PythonModules(files.map(({ parsed }) => parsed.path)),
  jvm: (files) => new JvmModules(files),
  go: (files, layout) => new GoModules(files, layout),
  rust: (files, layout) => new RustModules(files, layout),
};

/** A family whose files see nothing of each other but what is unique in the project. */
const NO_MODULES: ModuleSystem = Object.freeze({ visibleNames: 'own', resolve: () => undefined });

/** The module systems of a project, each made when its family is first asked for. */
export class ModuleSystems {
  readonly #files: readonly FileScope[];
  readonly #layout: ProjectLayout;
  readonly #systems = new Map<string, ModuleSystem>();

  constructor(files: readonly FileScope[], layout: ProjectLayout) {
    this.#files = files;
    this.#layout = layout;
  }

  of(family: string): ModuleSystem {
    let system = this.#systems.get(family);
    if (system === undefined) {
      const factory = FACTORIES[family];
      const files = this.#files.filter(({ rules }) => rules.family === family);
      system = factory === undefined ? NO_MODULES : factory(files, this.#layout);
      this.#systems.set(family, system);
    }
    return system;
  }
}
