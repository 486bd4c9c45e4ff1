/** Whether it stands for all names below a domain. */
export const isWildcard = (host: string): boolean => host.startsWith('*.');

/** Whether a host is below the domain of a wildcard. */
export const isBelow = (host: string, wildcard: string): boolean =>
  host !== wildcard && isWildcard(wildcard) && host.endsWith(wildcard.slice(1));

/** Names under which clouds serve credentials, and those of this machine. */
const METADATA_NAMES = [
  'instance-data.ec2.internal',
  'localhost',
  'metadata.azure.internal',
  'metadata.goog',
  'metadata.google.internal',
  'metadata.tencentyun.com',
];

/** Whether a host is such a name, or below one; a wildcard also if it stands for one that is nobody's domain. */
export function isNeverOutside(host: string): boolean {
  const names = METADATA_NAMES.filter((name) => !host.startsWith('*.') || !name.endsWith('.com'));
  return names.some((name) => {
    if (host === name || host.endsWith(`.${name}`)) return true;
    return host.startsWith('*.') && name.endsWith(host.slice(1));
  });
}
