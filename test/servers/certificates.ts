import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, tellingLine } from '../../dev/stack/run-command.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { needProgram } from '../support/or-skip.js';

/** Paths of PEM files: a server's key and certificate, and the certificate of the authority that signed it. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * Creates a certificate for `localhost`, signed by a new authority that nothing else trusts.
 * @throws StackError without openssl
 */
export async function makeCertificates(folder: string): Promise<Certificates> {
  await needProgram('openssl');
  const authority = join(folder, 'authority.pem');
  const authorityKey = join(folder, 'authority.key');
  const certificate = join(folder, 'server.pem');
  const key = join(folder, 'server.key');
  const request = join(folder, 'request.pem');
  const names = join(folder, 'names');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await writeFile(names, 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  await openssl(['req', '-x509', ...newKey, '-keyout', authorityKey, '-out', authority, '-subj', '/CN=test authority']);
  await openssl(['req', ...newKey, '-keyout', key, '-out', request, '-subj', '/CN=localhost']);
  const signing = ['-CA', authority, '-CAkey', authorityKey, '-CAcreateserial', '-days', '2', '-extfile', names];
  await openssl(['x509', '-req', '-in', request, '-out', certificate, ...signing]);
  return { authority, certificate, key };
}

async function openssl(args: readonly string[]): Promise<void> {
  const { ok, output } = await runCommand('openssl', args, { timeoutMs: 30_000 });
  if (!ok) throw new StackError(`openssl failed: ${tellingLine(output)}`);
}
