import type { FileScope } from '../project-index.ts';
import type { DependencyRecorder } from '../dependencies.ts';
import type { ProjectLayout } from '../project-layout.ts';
import { ElixirModules } from './elixir-modules.ts';
import { DartModules } from './dart-modules.ts';
import { GoModules } from './go-modules.ts';
import { IncludeModules } from './include-modules.ts';
import { JvmModules } from './jvm-modules.ts';
import { LuaModules } from './lua-modules.ts';
import type { ModuleSystem } from './module-system.ts';
import { PhpModules } from './php-modules.ts';
import { NamespaceModules } from './namespace-modules.ts';
import { PythonModules } from './python-modules.ts';
import { RModules } from './r-modules.ts';
import { RubyModules } from './ruby-modules.ts';
import { RustModules } from './rust-modules.ts';
import { ScriptModules } from './script-modules.ts';
import { SourceModules } from './source-modules.ts';
import { SwiftModules } from './swift-modules.ts';
import { traceModules } from './traced-modules.ts';
import { ZigModules } from './zig-modules.ts';

/** Makes the module system of a family from all its files. */
type ModuleSystemFactory = (files: readonly FileScope[], layout: ProjectLayout) => ModuleSystem;

/** By the `modules` of a language. */
const FACTORIES: Readonly<Record<string, ModuleSystemFactory>> = {
  script: (files, layout) => new ScriptModules(layout, new Set(files.map(({ parsed }) => parsed.path))),
  python: (files) => new PythonModules(files.map(({ parsed }) => parsed.path)),
  jvm: (files) => new JvmModules(files),
  go: (files, layout) => new GoModules(files, layout),
  namespace: (files) => new NamespaceModules(files),
  rust: (files, layout) => new RustModules(files, layout),
  php: (files) => new PhpModules(files),
  ruby: (files) => new RubyModules(files),
  swift: (files) => new SwiftModules(files),
  dart: (files, layout) => new DartModules(files, layout),
  include: (files) => new IncludeModules(files),
  source: (files) => new SourceModules(files),
  lua: (files) => new LuaModules(files),
  r: (files, layout) => new RModules(files, layout),
  elixir: (files) => new ElixirModules(files),
  zig: (files) => new ZigModules(files),
};

/** A family whose files see nothing of each other but what is unique in the project. */
const NO_MODULES: ModuleSystem = Object.freeze({ visibleNames: 'own', reads: 'paths', resolve: () => undefined });

/** The module systems of a project, each made when its family is first asked for. */
export class ModuleSystems {
  readonly #files: readonly FileScope[];
  readonly #layout: ProjectLayout;
  readonly #recorder: DependencyRecorder;
  readonly #systems = new Map<string, { readonly plain: ModuleSystem; readonly traced: ModuleSystem }>();

  /** @param recorder - Notes what is asked of the systems. */
  constructor(files: readonly FileScope[], layout: ProjectLayout, recorder: DependencyRecorder) {
    this.#files = files;
    this.#layout = layout;
    this.#recorder = recorder;
  }

  /** The system of a family; questions to it are noted. */
  of(family: string): ModuleSystem {
    return this.#make(family).traced;
  }

  /** The same without notes. */
  plain(family: string): ModuleSystem {
    return this.#make(family).plain;
  }

  /** Of the systems made so far those whose answers depend on what is in the files, not only on where files are. */
  readsContents(family: string): boolean {
    return this.#make(family).plain.reads !== 'paths';
  }

  #make(family: string): { readonly plain: ModuleSystem; readonly traced: ModuleSystem } {
    let system = this.#systems.get(family);
    if (system === undefined) {
      const factory = FACTORIES[family];
      const plain =
        factory === undefined
          ? NO_MODULES
          : this.#recorder.paused(() =>
              factory(
                this.#files.filter(({ rules }) => rules.family === family),
                this.#layout,
              ),
            );
      system = { plain, traced: traceModules(family, plain, this.#recorder) };
      this.#systems.set(family, system);
    }
    return system;
  }
}
