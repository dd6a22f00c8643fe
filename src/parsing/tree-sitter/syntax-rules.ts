import type { SymbolKind } from '../../graph/symbol.ts';
import type { ExportAlias, ImportDeclaration } from '../language.ts';
import type { FlowNotation } from './flow-text.ts';
import type { SyntaxNode } from './syntax-node.ts';
import type { TypeNotation } from './type-name.ts';

/** A definition as the query found it. */
export interface DefinitionSyntax {
  readonly kind: SymbolKind;
  readonly name: string;
  /** The captured node. */
  readonly node: SyntaxNode;
  /** The node with the statements and decorators around it: what the range covers. */
  readonly outer: SyntaxNode;
  /** Text of the `owner` capture, or empty. */
  readonly owner: string;
}

/** What rules may change of a definition. */
export interface DefinitionRefinement {
  readonly kind?: SymbolKind | undefined;
  readonly name?: string | undefined;
  readonly owner?: string | undefined;
}

/** What an export statement says. */
export interface ExportSyntax {
  readonly aliases: readonly ExportAlias[];
  readonly imports: readonly ImportDeclaration[];
}

/** A name that a framework calls: a function handed over, or one that a text names. */
export interface HandlerSyntax {
  readonly name: string;
  /** What stands before the last dot, as code would write it, or null. */
  readonly receiver: string | null;
  /** Where the handler is written. */
  readonly node: SyntaxNode;
}

/** What a registration of a route says. */
export interface RouteSyntax {
  /** Method and path: `GET /users/:id`. */
  readonly name: string;
  /** What requests are given to; empty where that is the decorated function, or code written in place. */
  readonly handlers: readonly HandlerSyntax[];
  /** Where it starts. @defaultValue the captured node */
  readonly start?: SyntaxNode | undefined;
}

/** How frameworks of a language are read. Their query runs on no other files than those the marker is found in. */
export interface FrameworkRules {
  /** Found near the start of every file that registers routes or handlers. */
  readonly marker: RegExp;
  /** The routes of a captured node, none where it only looks like one. Names are made by `routeName`. */
  routesOf(node: SyntaxNode, nameNode: SyntaxNode): readonly RouteSyntax[];
}

/** The differences between languages that a query cannot say. Everything common is in the engine. */
export interface SyntaxRules extends TypeNotation {
  /** Nodes that belong to a definition when it is the only one in them: `export …`, `const …`, decorators. */
  readonly wrapperTypes: ReadonlySet<string>;
  /** Nodes before a definition that belong to it: decorators. */
  readonly decoratorTypes: ReadonlySet<string>;
  readonly commentTypes: ReadonlySet<string>;
  /** A value that starts like this is a loaded module: the names it is given are imports. */
  readonly moduleLoad?: RegExp | undefined;
  /** What other files define is in scope without any import: Go, Java. @defaultValue false */
  readonly sharesPackageScope?: boolean | undefined;
  /**
   * The bare name of a function calls it, so that every name is a use: those of local names are left out.
   * @defaultValue false
   */
  readonly bareNamesAreCalls?: boolean | undefined;
  /** Routes and what else frameworks call; needs a query in `language.json`. @defaultValue none */
  readonly frameworks?: FrameworkRules | undefined;
  /** How flows and arguments are written; without it none are kept. */
  readonly flowNotation?: FlowNotation | undefined;
  /** Fields that hold the type a function returns; looked for on the node, then on its `value`. */
  readonly returnTypeFields: readonly string[];
  /** Fields that hold the declared type of anything else. */
  readonly typeFields: readonly string[];
  /**
   * Blanks what the grammar cannot read (preprocessor lines, attributes made of macros) with spaces. Text and result have
   * the same length and the same lines: every offset stays true.
   */
  prepareText?(text: string): string;
  /** Names and signatures are read from the text as written, not from what `prepareText` made of it. @defaultValue false */
  readonly readsOriginalText?: boolean | undefined;
  /** Name of a use whose node is only a part of it: a selector of Objective-C. Default: the node's text. */
  referenceName?(node: SyntaxNode): string;
  /** Text of a receiver that is not written the way `resolution/expression.ts` reads; null for what is. */
  receiverText?(node: SyntaxNode): string | null;
  /** Decides kind, name or owner where the query could not; null drops the definition. */
  refine?(definition: DefinitionSyntax): DefinitionRefinement | null;
  /** Type of a definition where no field of its node holds it: what an interface that can be called gives. */
  declaredType?(definition: DefinitionSyntax): string | undefined;
  /** Name of the type behind an `owner` or `base.owner` capture. @defaultValue its text */
  ownerName?(text: string): string;
  /** Whether the definition alone is visible from outside; that its parent must be too is the engine's business. */
  isExported(definition: DefinitionSyntax, parentKind: SymbolKind | null): boolean;
  /** The node a definition ends with, where that stands behind its own: the body of a function in Dart. */
  lastNode?(definition: DefinitionSyntax): SyntaxNode | null;
  /** Documentation that is not a comment above. */
  docstring?(definition: DefinitionSyntax): string | null;
  /** Text of a type node to take the name from; default: the node's text. */
  typeText?(node: SyntaxNode): string;
  /** Where the signature starts; default: behind comments and decorators. */
  signatureStart?(definition: DefinitionSyntax): number;
  /** The node after which a definition is all body; default: the field `body` of the node or of its value. */
  bodyOf?(definition: DefinitionSyntax): SyntaxNode | null;
  /**
   * Whether several definitions of one name in one scope are one symbol: `declaration` yields to the others of its
   * name (an overload signature), `accessor` joins the first.
   */
  mergeRole?(definition: DefinitionSyntax): 'declaration' | 'accessor' | null;
  /** The condition under which a file is part of the program, as written. */
  fileCondition?(text: string): string | undefined;
  readImport?(node: SyntaxNode): readonly ImportDeclaration[];
  readExport?(node: SyntaxNode): ExportSyntax;
}
