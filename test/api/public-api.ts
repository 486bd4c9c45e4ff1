import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..', '..');

/** What a user of the package can name: its classes, and the structs that they take. The generated L1 is not among them. */
export interface PublicApi {
  /** The classes, each with the code of its `@example`; undefined for none. */
  readonly examples: Map<string, string | undefined>;
  /** Names of the structs that anything takes, at whatever depth, sorted. */
  readonly structs: string[];
}

/** A TypeScript program of `src/index.ts` and of further sources by name, which import the package by its own. What an old one has read is not read again. */
export function program(sources: Map<string, string> = new Map(), oldProgram?: ts.Program): ts.Program {
  const { options } = ts.getParsedCommandLineOfConfigFile(join(ROOT, 'test/tsconfig.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  })!;
  // What an example makes, it need not use.
  const relaxed = { ...options, noUnusedLocals: false, noUnusedParameters: false };
  const files = new Map([...sources].map(([name, text]) => [join(ROOT, `${name}.ts`), text]));
  const host = ts.createCompilerHost(relaxed);
  const { readFile, fileExists } = host;
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  return ts.createProgram({
    rootNames: [join(ROOT, 'src/index.ts'), ...files.keys()],
    options: relaxed,
    host,
    oldProgram,
  });
}

/** What a program's `src/index.ts` exports. */
export function publicApi(of: ts.Program): PublicApi {
  const checker = of.getTypeChecker();
  const structs = new Set<string>();
  const examples = new Map<string, string | undefined>();

  /** The struct of a parameter or property, and those in it. */
  function take(type: ts.Type): void {
    for (const each of partsOf(checker, type)) {
      const symbol = each.getSymbol();
      if (!symbol || !isOurs(symbol) || !is(symbol, ts.isInterfaceDeclaration) || structs.has(symbol.name)) {
        continue;
      }
      structs.add(symbol.name);
      for (const property of checker.getPropertiesOfType(each)) take(checker.getTypeOfSymbol(property));
    }
  }

  for (const symbol of classesOf(checker, of.getSourceFile(join(ROOT, 'src/index.ts'))!)) {
    examples.set(symbol.name, exampleOf(symbol));
    for (const signature of signaturesOf(checker, symbol)) {
      for (const parameter of signature.parameters) take(checker.getTypeOfSymbol(parameter));
    }
  }
  return { examples, structs: [...structs].sort() };
}

function classesOf(checker: ts.TypeChecker, file: ts.SourceFile): ts.Symbol[] {
  const found = (module: ts.Symbol): ts.Symbol[] =>
    checker.getExportsOfModule(module).flatMap((exported) => {
      const isAlias = is(exported, ts.isExportSpecifier) || is(exported, ts.isNamespaceExport);
      const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
      if (!isOurs(symbol)) return [];
      if (is(symbol, ts.isSourceFile)) return found(symbol);
      return is(symbol, ts.isClassDeclaration) ? [symbol] : [];
    });
  return found(checker.getSymbolAtLocation(file)!);
}

/** Its constructor, its static methods and those of its instances. */
function signaturesOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Signature[] {
  const statics = checker.getTypeOfSymbol(symbol);
  const members = [statics, checker.getDeclaredTypeOfSymbol(symbol)].flatMap((type) =>
    checker.getPropertiesOfType(type),
  );
  const methods = members.filter(
    (member) => isOurs(member) && !member.name.startsWith('_') && !member.declarations?.some(isHidden),
  );
  return [
    ...statics
      .getConstructSignatures()
      .filter(({ declaration }) => declaration && isOurFile(declaration) && !isHidden(declaration)),
    ...methods.flatMap((method) => checker.getTypeOfSymbol(method).getCallSignatures()),
  ];
}

/** The types that a type stands for: of a union, of a list, of what may be left out. */
function partsOf(checker: ts.TypeChecker, given: ts.Type): ts.Type[] {
  const type = checker.getNonNullableType(given);
  if (type.isUnion()) return type.types.flatMap((each) => partsOf(checker, each));
  if (!checker.isArrayType(type)) return [type];
  return partsOf(checker, checker.getTypeArguments(type as ts.TypeReference)[0]);
}

function exampleOf({ declarations = [] }: ts.Symbol): string | undefined {
  const tag = declarations.flatMap(ts.getJSDocTags).find(({ tagName }) => tagName.text === 'example');
  return tag && ts.getTextOfJSDocComment(tag.comment);
}

function isHidden(declaration: ts.Declaration): boolean {
  const modifiers = ts.canHaveModifiers(declaration) ? (ts.getModifiers(declaration) ?? []) : [];
  return modifiers.some(({ kind }) => [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword].includes(kind));
}

const is = ({ declarations = [] }: ts.Symbol, kind: (node: ts.Node) => boolean): boolean => declarations.some(kind);
const isOurs = ({ declarations = [] }: ts.Symbol): boolean => declarations.some(isOurFile);
const isOurFile = (node: ts.Node): boolean => node.getSourceFile().fileName.startsWith(join(ROOT, 'src/'));
