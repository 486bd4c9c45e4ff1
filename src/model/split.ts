/** A part of a text that can be parsed by itself. */
export interface Piece {
  readonly text: string;
  /** The line where it begins, from 1. */
  readonly line: number;
  /** The columns that were cut off its lines. */
  readonly indent: number;
}

/**
 * Cuts YAML into documents, and a List, as `kubectl get` prints it, into its items: each is then read, or fails, by itself,
 * and has a line. YAML lets neither a `---` at the begin of a line nor a less indented `- ` stand inside of a value.
 */
export function split(text: string): Piece[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const pieces: Piece[] = [];
  let start = 0;
  const close = (end: number) => {
    if (end > start) pieces.push(...items(lines.slice(start, end), start + 1));
  };
  lines.forEach((line, index) => {
    if (!/^---(\s|$)/.test(line)) return;
    close(index);
    // What follows on the marker's own line belongs to the document, `--- # comment` as well as `--- {a: b}`.
    lines[index] = `   ${line.slice(3)}`;
    start = index;
  });
  close(lines.length);
  return pieces.filter((piece) => /^\s*[^\s#%]/m.test(piece.text));
}

/** The kind that a piece names at its top; undefined if it does not say so plainly. */
export function kindOf({ text }: Piece): string | undefined {
  return /^kind:[ \t]+["']?([A-Za-z]+)["']?[ \t]*(#.*)?$/m.exec(text)?.[1];
}

function items(lines: string[], line: number): Piece[] {
  const whole = [{ text: lines.join('\n'), line, indent: 0 }];
  const from = lines.findIndex((text) => /^items:\s*(#.*)?$/.test(text));
  if (from < 0 || !lines.some((text) => /^kind:\s*["']?\w*List["']?\s*$/.test(text))) return whole;
  const dash = /^( *)- /.exec(lines[from + 1] ?? '');
  // Items that share anchors cannot be read one by one.
  if (!dash || lines.some((text) => /[-:?,[{]\s+&[^\s&]/.test(text))) return whole;
  const indent = dash[1].length + 2;
  const pieces: { lines: string[]; line: number }[] = [];
  for (const [index, text] of lines.entries()) {
    if (index <= from) continue;
    if (text.startsWith(`${dash[1]}- `)) pieces.push({ lines: [text.slice(indent)], line: line + index });
    else if (text.startsWith(' '.repeat(indent))) pieces[pieces.length - 1].lines.push(text.slice(indent));
    else if (/^\s*(#.*)?$/.test(text)) pieces[pieces.length - 1].lines.push('');
    else if (text.startsWith(' ') || text.startsWith('-')) return whole;
    else break; // `kind` and `metadata` of the List itself.
  }
  return pieces.map((piece) => ({ text: piece.lines.join('\n'), line: piece.line, indent }));
}
