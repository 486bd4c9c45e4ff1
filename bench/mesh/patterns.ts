/** What is compared: the ways out that Istio's documentation describes, and that this library has as patterns. */
export const PATTERNS = ['http', 'tls-origination', 'tls-origination-8080', 'tls-passthrough', 'tcp'] as const;

export type Pattern = (typeof PATTERNS)[number];

/** Who calls, in both shapes. */
export const CLIENT = { namespace: 'payments', workload: 'checkout' };

export const hostsOf = (count: number) => Array.from({ length: count }, (_, index) => `api-${index}.example.com`);
