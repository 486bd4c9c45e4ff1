/** A masked text frame, as a client sends it; at most 125 bytes. */
export function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 125) throw new Error('a frame of the bed has at most 125 bytes');
  // A mask of zeros is a valid mask and leaves the payload readable in a packet dump.
  return Buffer.concat([Buffer.from([0x81, 0x80 + payload.length, 0, 0, 0, 0]), payload]);
}

/** An unmasked text frame, as a server sends it. */
export function serverFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
}

/** The text of one short frame of either kind. */
export function unframe(data: Buffer): string {
  const isMasked = data[1] >= 0x80;
  const length = data[1] % 0x80;
  const start = isMasked ? 6 : 2;
  return data.subarray(start, start + length).toString();
}
