/** How many characters are gathered before they are encoded: strings that are put together of many take several times as much memory. */
const CHUNK = 65_536;

/** Documents as they stand in a file. */
export function joined<T>(items: T[], documentOf: (item: T, index: number) => string): Buffer[] {
  const chunks: Buffer[] = [];
  let text = '';
  items.forEach((item, index) => {
    text += (index > 0 ? '---\n' : '') + documentOf(item, index);
    if (text.length < CHUNK) return;
    chunks.push(Buffer.from(text));
    text = '';
  });
  return [...chunks, Buffer.from(text)];
}
