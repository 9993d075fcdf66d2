import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { messageOf } from '../shared/errors.js';
import { StackError } from '../dev/stack/stack-error.js';
import type { Facts } from './content.js';
import type { TurnPlan, Turn } from './turn.js';
import { Fingerprinter, fingerprint } from './fingerprint.js';

/**
 * Checks the file that a turn made. Reads it back from the store; the sink keeps no bytes, so there it compares the
 * size and (for an export) the CRC-32 that the service reports.
 * @throws StackError if they differ
 */
export async function checkFile({ name, target, expected }: TurnPlan, turn: Turn): Promise<void> {
  const { s3, bucket: Bucket, store } = target;
  const told = { bytes: turn.bytes, crc32: turn.crc32 };
  const file = { ...told, ...expected.file };
  requireFacts(name, told, file);
  if (store === 's3') await readBack();
  else {
    const { ContentLength: bytes } = await s3.send(new HeadObjectCommand({ Bucket, Key: turn.key }));
    requireFacts(name, { bytes }, file);
  }

  async function readBack(): Promise<void> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: turn.key }));
    if (!(Body instanceof Readable)) throw new StackError('The store returned no stream.');
    const stored = new Fingerprinter();
    const reader = expected.content?.read ?? read;
    const content = await reader(stored.watch(Body as AsyncIterable<Uint8Array>)).catch((error: unknown) => {
      throw new StackError(`${name} produced an unreadable file: ${messageOf(error)}.`, { cause: error });
    });
    requireFacts(name, { ...stored.found }, file);
    if (expected.content !== undefined) requireFacts(name, content, expected.content.is);
  }
}

/** Facts about a file, some of which may be unknown. */
type Known = Readonly<Record<string, Facts[string] | undefined>>;

/**
 * Compares the facts that both sides know.
 * @throws StackError if they differ
 */
export function requireFacts(name: string, found: Known, wanted: Known): void {
  for (const [property, value] of Object.entries(wanted)) {
    if (found[property] !== undefined && value !== undefined && found[property] !== value) {
      throw new StackError(`${name} produced a wrong file: ${property} is ${found[property]}, not ${value}.`);
    }
  }
}

const read = async (bytes: AsyncIterable<Uint8Array>): Promise<Facts> => ({ ...(await fingerprint(bytes)) });
