import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILES } from './layout';
import { run } from './process';

export interface KeyPair {
  /** Certificate, PEM. */
  readonly certificate: string;
  /** Private key, PEM. */
  readonly key: string;
}

const SUBJECTS = {
  /** The public authority of the bed's internet: what a pod's operating system trusts. */
  public: 'Bed Public CA',
  /** An authority that nobody trusts. */
  untrusted: 'Bed Untrusted CA',
  /** The authority of client certificates. */
  clients: 'Bed Client CA',
};

export type Authority = keyof typeof SUBJECTS;

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

async function openssl(...args: string[]) {
  await run(['openssl', ...args], { cwd: FILES.pki });
}

function read(name: string): KeyPair {
  return {
    certificate: readFileSync(join(FILES.pki, `${name}.crt`), 'utf8'),
    key: readFileSync(join(FILES.pki, `${name}.key`), 'utf8'),
  };
}

let serial = 0;

/**
 * The certificate and key of an authority, made when first asked for. The kubelet and a suite may both be the first: what one of them
 * made appears as a whole, and the other takes it.
 */
export async function authority(name: Authority): Promise<KeyPair> {
  const file = `ca-${name}/ca`;
  if (!existsSync(join(FILES.pki, `ca-${name}`))) {
    const mine = `making-${process.pid}-${serial++}`;
    mkdirSync(join(FILES.pki, mine), { recursive: true, mode: 0o700 });
    const use = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    const subject = ['-days', '30', '-subj', `/CN=${SUBJECTS[name]}`];
    await openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      `${mine}/ca.key`,
      '-out',
      `${mine}/ca.crt`,
      ...subject,
      ...use,
    );
    publish(mine, `ca-${name}`);
  }
  return read(file);
}

/** A directory takes the place of no other one that has something in it. */
function publish(mine: string, name: string) {
  try {
    renameSync(join(FILES.pki, mine), join(FILES.pki, name));
  } catch (error) {
    if (!existsSync(join(FILES.pki, name))) throw error;
  }
}

/** A new certificate for DNS names or, for a client, a subject's common name. */
export async function issue(by: Authority, commonName: string, dnsNames: string[] = []): Promise<KeyPair> {
  await authority(by);
  const name = `issued-${process.pid}-${serial++}`;
  const usage = dnsNames.length ? 'serverAuth' : 'clientAuth';
  const names = dnsNames.length ? `\nsubjectAltName=${dnsNames.map((dns) => `DNS:${dns}`).join(',')}` : '';
  writeFileSync(join(FILES.pki, `${name}.ext`), `extendedKeyUsage=${usage}${names}\n`);
  await openssl(
    'req',
    ...NEW_KEY,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${commonName.slice(0, 64)}`,
  );
  const signer = ['-CA', `ca-${by}/ca.crt`, '-CAkey', `ca-${by}/ca.key`, '-days', '30'];
  await openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-extfile', `${name}.ext`, '-out', `${name}.crt`);
  return read(name);
}
