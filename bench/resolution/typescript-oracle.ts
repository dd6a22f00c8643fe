import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** A place in a file: absolute path and UTF-16 offset. */
export interface SourcePlace {
  readonly path: string;
  readonly offset: number;
  readonly name: string;
}

/** What the compiler says of one call. */
export interface OracleCall {
  /** 0-based, of the called name. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
  /** Names of the declarations the call may mean; undefined where the compiler does not know either (`any`). */
  readonly declarations: readonly SourcePlace[] | undefined;
}

const DEFAULTS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  allowJs: true,
};

function optionsFor(folder: string): ts.CompilerOptions {
  const config = ts.findConfigFile(folder, (path) => ts.sys.fileExists(path));
  const options =
    config === undefined
      ? {}
      : ts.parseJsonConfigFileContent(
          ts.readConfigFile(config, (path) => ts.sys.readFile(path)).config,
          ts.sys,
          dirname(config),
        ).options;
  return { ...DEFAULTS, ...options, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true };
}

/** The node whose text is the called name: `b` of `a.b()`, `new A.b()`, `super` of `super()`. */
function calledName(callee: ts.Expression): ts.Node | undefined {
  let node: ts.Node = callee;
  while (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAwaitExpression(node)) {
    node = node.expression;
  }
  if (ts.isPropertyAccessExpression(node)) return node.name;
  return ts.isIdentifier(node) || node.kind === ts.SyntaxKind.SuperKeyword ? node : undefined;
}

function placeOf(declaration: ts.Declaration): SourcePlace {
  const name = ts.getNameOfDeclaration(declaration);
  const file = declaration.getSourceFile();
  const offset = (name ?? declaration).getStart(file);
  return { path: file.fileName, offset, name: name?.getText(file) ?? 'default' };
}

function declarationsOf(checker: ts.TypeChecker, call: ts.CallExpression | ts.NewExpression, name: ts.Node) {
  let symbol = checker.getSymbolAtLocation(name);
  if (symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0) symbol = checker.getAliasedSymbol(symbol);
  const found: ts.Declaration[] = [...(symbol?.declarations ?? [])];
  const signature = checker.getResolvedSignature(call)?.declaration;
  // A name out of `await import(…)` is declared by its pattern, and is the function it is bound to.
  if (signature !== undefined && !found.some((declaration) => !ts.isBindingElement(declaration))) found.push(signature);
  // The constructor is as good an answer as its class; anything else a signature adds is a type, not what is called.
  if (signature !== undefined && ts.isConstructorDeclaration(signature)) found.push(signature, signature.parent);
  return found.length === 0 ? undefined : found.map(placeOf);
}

/**
 * Every call and `new` of some files with what the TypeScript compiler takes it to mean.
 *
 * @param folder - Where the nearest `tsconfig.json` is looked for.
 * @param paths - Relative to the folder, with `/`.
 * @param cacheFile - Where the answer is kept for the next run: the compiler takes minutes.
 * @returns By path.
 */
export function typescriptCalls(
  folder: string,
  paths: readonly string[],
  cacheFile?: string,
): Readonly<Record<string, readonly OracleCall[]>> {
  if (cacheFile !== undefined && existsSync(cacheFile)) {
    // Written below, by this function.
    return JSON.parse(readFileSync(cacheFile, 'utf8')) as Record<string, OracleCall[]>;
  }
  const program = ts.createProgram(
    paths.map((path) => join(folder, path)),
    optionsFor(folder),
  );
  const checker = program.getTypeChecker();
  const result: Record<string, OracleCall[]> = {};
  for (const path of paths) {
    const file = program.getSourceFile(join(folder, path));
    if (file !== undefined) result[path] = callsOf(file, checker);
  }
  if (cacheFile !== undefined) writeFileSync(cacheFile, JSON.stringify(result));
  return result;
}

function callsOf(file: ts.SourceFile, checker: ts.TypeChecker): OracleCall[] {
  const calls: OracleCall[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const name = calledName(node.expression);
      if (name !== undefined) {
        const { line, character } = file.getLineAndCharacterOfPosition(name.getStart(file));
        const declarations = declarationsOf(checker, node, name);
        calls.push({ line, column: character, text: node.expression.getText(file), declarations });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return calls;
}
