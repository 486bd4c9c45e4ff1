/** Names come from files of others: no control character of theirs reaches a terminal, and no line of theirs begins in a report. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

/** A text that says in Markdown what it says: nothing in it is markup, a link, or the name of somebody who is then notified. */
export function inMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]()<>#|!~]/g, '\\$&')
    .replaceAll('@', '&#64;');
}

/** A name in Markdown, as code. */
export function codeInMarkdown(text: string): string {
  return `\`${oneLine(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

/** A sentence: with a full stop, and with a capital letter unless it begins with a name. */
export function sentence(text: string): string {
  const line = oneLine(text);
  const isWord = /^(?!istiod|istioctl|ztunnel)[a-z]+[ ,:]/.test(line);
  return `${isWord ? `${line[0].toUpperCase()}${line.slice(1)}` : line}.`;
}

/** "1 error", "2 errors". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
