/**
 * Which codes of errors the public API throws, read from the code: those in a constructor or method, in what it calls, and so on.
 * `test/docs/throws.test.ts` holds the docstrings to it.
 *
 * It is a little more than can happen: no values are looked at, and a call of an abstract method is one of all its implementations.
 * Not counted is what runs later: checks of the whole app, and specs of manifests.
 */
import { resolve } from 'node:path';
import ts from 'typescript';
import { ERRORS } from '../src/error-codes';

const ROOT = resolve(__dirname, '..');
const SRC = `${ROOT}/src/`;

/** Codes, and over what each is thrown. */
export interface Thrown {
  [code: string]: string;
}

/** A constructor or method of the public API. */
export interface Member {
  /** As "Egress", "EgressClient.namespace", "Egress#clientHop". */
  readonly name: string;
  readonly throws: Thrown;
  /** What the docstring says after @throws. */
  readonly said: string;
}

/** What runs, and is looked at as a whole. */
type Body = ts.Node;

/**
 * Never thrown to users: `Mesh.of` makes a mesh of defaults, which pass all checks, or finds one that was checked when it was
 * configured; the base of all exits refuses classes of others.
 */
const NEVER = ['Mesh.of', 'EgressExit.constructor'];

/** Functions that call others back later, besides all constructors. */
const CALLED_BACK = ['object', 'networking'];

export function publicMembers(): Member[] {
  const code = new Code();
  return code.exportedClasses().flatMap(([name, type]) =>
    code
      .membersOf(type)
      .filter(isPublic)
      .flatMap((member) => {
        const bodies = ts.isConstructorDeclaration(member) ? code.makingOf(type) : code.bodiesOf(member);
        return bodies.length === 0
          ? []
          : { name: memberName(name, member), throws: code.thrownBy(bodies), said: saidOf(member) };
      }),
  );
}

/** The code of `src/`, and what calls what in it. */
class Code {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;
  /** Methods by those that they implement. */
  private readonly implementations = new Map<ts.Node, ts.Node[]>();
  private readonly known = new Map<Body, Reading>();

  public constructor() {
    const { config } = ts.readConfigFile(resolve(ROOT, 'tsconfig.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    this.program = ts.createProgram([`${SRC}index.ts`], { ...options, noEmit: true });
    this.checker = this.program.getTypeChecker();
    for (const file of this.program.getSourceFiles().filter(isOurs)) {
      walk(file, (node) => this.noteImplementations(node));
    }
  }

  public exportedClasses(): [name: string, type: ts.ClassLikeDeclaration][] {
    const index = this.checker.getSymbolAtLocation(this.program.getSourceFile(`${SRC}index.ts`)!)!;
    return this.checker
      .getExportsOfModule(index)
      .flatMap((symbol) =>
        classesOf(this.unaliased(symbol)).map((type) => [symbol.name, type] as [string, typeof type]),
      )
      .filter(([, type]) => isOurs(type));
  }

  /** The constructor of a class, and its methods with those that it inherits within this library. */
  public membersOf(type: ts.ClassLikeDeclaration): ts.ClassElement[] {
    const inherited = this.baseOf(type)
      .filter(isOurs)
      .flatMap((base) => this.membersOf(base));
    return [...type.members, ...inherited.filter((member) => !ts.isConstructorDeclaration(member))];
  }

  /** Each code with the first way to where it is thrown. */
  public thrownBy(bodies: Body[]): Thrown {
    const ways = new Map(bodies.map((body) => [body, [nameOf(body)]]));
    const thrown: Thrown = {};
    for (const [body, way] of ways) {
      const { codes, uses } = this.read(body);
      for (const found of codes) thrown[found] ??= way.join(' > ');
      for (const next of uses) if (!ways.has(next)) ways.set(next, [...way, nameOf(next)]);
    }
    return thrown;
  }

  /** What runs when a class is made into an object. */
  public makingOf(type: ts.ClassLikeDeclaration): Body[] {
    if (!isOurs(type)) return [];
    const own = type.members.filter(
      (member) => ts.isConstructorDeclaration(member) || (ts.isPropertyDeclaration(member) && !isStatic(member)),
    );
    const all = own.some(ts.isConstructorDeclaration) ? own : [...own, ...this.makingOfBase(type)];
    return all.filter((body) => !NEVER.includes(nameOf(body)));
  }

  /** What runs when what is declared is used. */
  public bodiesOf(declaration: ts.Node): Body[] {
    if (!isOurs(declaration) || NEVER.includes(nameOf(declaration))) return [];
    if (ts.isVariableDeclaration(declaration)) return declaration.initializer ? [declaration.initializer] : [];
    if (ts.isFunctionDeclaration(declaration)) return [declaration];
    if (ts.isMethodDeclaration(declaration) || ts.isGetAccessor(declaration) || ts.isMethodSignature(declaration)) {
      return [declaration, ...(this.implementations.get(declaration) ?? [])];
    }
    // A function with which a value was made, as a port's `_resolve`.
    const { parent } = declaration;
    const isHeld = ts.isParameter(declaration) && declaration.type && ts.isFunctionTypeNode(declaration.type);
    return isHeld && ts.isConstructorDeclaration(parent) ? heldBy(parent.parent) : [];
  }

  private makingOfBase(type: ts.ClassLikeDeclaration): Body[] {
    return this.baseOf(type).flatMap((base) => this.makingOf(base));
  }

  private baseOf(type: ts.ClassLikeDeclaration): ts.ClassLikeDeclaration[] {
    const base = type.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
    return base ? classesOf(this.symbolOf(base.expression)) : [];
  }

  private read(body: Body): Reading {
    const reading: Reading = this.known.get(body) ?? { codes: new Set(), uses: new Set() };
    if (this.known.has(body)) return reading;
    this.known.set(body, reading);
    ts.forEachChild(body, (child) =>
      walk(child, (node) => {
        if (ts.isTypeNode(node) || ts.isTypeOfExpression(node) || isForLater(node)) return false;
        if (ts.isStringLiteral(node) && Object.hasOwn(ERRORS, node.text) && !isDescribed(node)) {
          reading.codes.add(node.text);
        }
        for (const used of this.usedAt(node)) reading.uses.add(used);
        return true;
      }),
    );
    return reading;
  }

  private usedAt(node: ts.Node): Body[] {
    if (ts.isNewExpression(node)) {
      return classesOf(this.symbolOf(node.expression)).flatMap((type) => this.makingOf(type));
    }
    if (node.kind === ts.SyntaxKind.SuperKeyword && ts.isCallExpression(node.parent)) {
      return this.makingOfBase(ts.findAncestor(node, ts.isClassLike)!);
    }
    if (!ts.isIdentifier(node) || isNaming(node)) return [];
    return (this.symbolOf(node)?.declarations ?? []).flatMap((declaration) => this.bodiesOf(declaration));
  }

  private symbolOf(node: ts.Node): ts.Symbol | undefined {
    const symbol = ts.isShorthandPropertyAssignment(node.parent)
      ? this.checker.getShorthandAssignmentValueSymbol(node.parent)
      : this.checker.getSymbolAtLocation(node);
    return symbol && this.unaliased(symbol);
  }

  private unaliased(symbol: ts.Symbol): ts.Symbol {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0; // eslint-disable-line no-bitwise
    return isAlias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  private noteImplementations(type: ts.Node): true {
    if (!ts.isClassLike(type)) return true;
    const all = (base: ts.Type): ts.Type[] => [base, ...(base.getBaseTypes() ?? []).flatMap(all)];
    const bases = (type.heritageClauses ?? [])
      .flatMap(({ types }) => types.map((each) => this.checker.getTypeAtLocation(each)))
      .flatMap(all);
    for (const member of type.members) {
      const name = member.name?.getText();
      const above = name === undefined ? [] : bases.flatMap((base) => base.getProperty(name)?.declarations ?? []);
      for (const each of above) this.implementations.set(each, [...(this.implementations.get(each) ?? []), member]);
    }
    return true;
  }
}

interface Reading {
  readonly codes: Set<string>;
  readonly uses: Set<Body>;
}

/** Visits a node, and what is in it where the visitor wants that. */
function walk(node: ts.Node, visit: (node: ts.Node) => boolean): void {
  if (visit(node)) ts.forEachChild(node, (child) => walk(child, visit));
}

function isOurs(node: ts.Node): boolean {
  return node.getSourceFile().fileName.startsWith(SRC);
}

/** A function that is handed over for later, in an object or to what is made. */
function isForLater(node: ts.Node): boolean {
  if (!ts.isArrowFunction(node)) return false;
  let { parent } = node;
  while (ts.isParenthesizedExpression(parent) || ts.isBinaryExpression(parent) || ts.isConditionalExpression(parent)) {
    ({ parent } = parent);
  }
  if (ts.isNewExpression(parent) || ts.isPropertyAssignment(parent)) return true;
  return ts.isCallExpression(parent) && CALLED_BACK.includes(parent.expression.getText());
}

/** The functions with which a class's statics make its values. */
function heldBy(type: ts.ClassLikeDeclaration): Body[] {
  const found: Body[] = [];
  walk(type, (node) => {
    if (isForLater(node) && ts.isNewExpression(node.parent)) found.push(node);
    return true;
  });
  return found;
}

/** Errors that checks of the whole app report. */
function isDescribed({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && parent.expression.getText() === 'describe';
}

/** Where something gets its name, which is no use of it. */
function isNaming(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isShorthandPropertyAssignment(parent)) return false;
  return 'name' in parent && parent.name === node;
}

function classesOf(symbol: ts.Symbol | undefined): ts.ClassLikeDeclaration[] {
  return (symbol?.declarations ?? []).filter(ts.isClassLike);
}

function modifiersOf(member: ts.ClassElement): ts.SyntaxKind[] {
  return (ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : []).map(({ kind }) => kind);
}

const isStatic = (member: ts.ClassElement): boolean => modifiersOf(member).includes(ts.SyntaxKind.StaticKeyword);

function isPublic(member: ts.ClassElement): boolean {
  return modifiersOf(member).includes(ts.SyntaxKind.PublicKeyword) && !member.name?.getText().startsWith('_');
}

function memberName(type: string, member: ts.ClassElement): string {
  return ts.isConstructorDeclaration(member) ? type : `${type}${isStatic(member) ? '.' : '#'}${member.name!.getText()}`;
}

/** A name for people, of the function that a body belongs to. */
function nameOf(body: Body): string {
  const named = ts.findAncestor(
    body,
    (node) => ts.isConstructorDeclaration(node) || ('name' in node && node.name !== undefined),
  );
  if (!named) return 'a function';
  const own = ts.isConstructorDeclaration(named) ? 'constructor' : (named as ts.NamedDeclaration).name!.getText();
  return ts.isClassLike(named.parent) ? `${named.parent.name?.getText()}.${own}` : own;
}

function saidOf(member: ts.Node): string {
  return ts
    .getJSDocTags(member)
    .filter(({ tagName }) => tagName.text === 'throws')
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
    .join(' ');
}
