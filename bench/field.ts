import type { Stack } from '../dev/stack/stack.js';
import { openBucket } from './check-file.js';
import { pipelineContestant, serviceContestant } from './contestants.js';
import type { Entry } from './csv-row.js';
import { pidsOfStack } from './pids.js';
import type { Programs } from './programs.js';
import type { S3Address } from './rclone.js';
import { wholeSelect, type Fingerprint } from './reference.js';
import type { Service } from './service.js';

/** Answers cost the API, a worker and Temporal something: the race has one watcher, as an export usually has. */
const PATIENT_MS = 1000;
/** Finds out how smoothly progress moves. */
const IMPATIENT_MS = 250;

export interface Field {
  readonly stack: Stack;
  readonly programs: Programs;
  readonly psql: string;
  readonly rclone: string;
  readonly sourceUrl: string;
  readonly toStore: Service;
  readonly toSink: Service;
  readonly sink: { readonly endpoint: string; readonly pid: number };
  readonly reference: Fingerprint;
}

/** Who competes, in the order of their turns. */
export function contestantsOn(field: Field): Entry[] {
  const { stack, programs, psql, rclone, sourceUrl, toStore, toSink, sink, reference } = field;
  const { env } = stack;
  const pids = { s3: pidsOfStack(stack), sink: { ...pidsOfStack(stack), store: sink.pid } };
  const s3: S3Address = {
    endpoint: env.S3_ENDPOINT,
    region: env.S3_REGION,
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
  };
  const addresses = { s3, sink: { ...s3, endpoint: sink.endpoint } };
  const buckets = { s3: openBucket(addresses.s3, env.EXPORT_BUCKET), sink: openBucket(addresses.sink, 'exports') };
  const target = { s3: toStore, sink: toSink };

  const ours = (store: 's3' | 'sink', name: string, title: string, escapeFormulas: boolean): Entry => ({
    contestant: serviceContestant(
      { name, title, store },
      {
        service: target[store],
        pids: pids[store],
        escapeFormulas,
        watchEveryMs: escapeFormulas ? IMPATIENT_MS : PATIENT_MS,
      },
    ),
    bucket: buckets[store],
    reference: escapeFormulas ? undefined : reference,
  });
  const theirs = (store: 's3' | 'sink', name: string, title: string): Entry => {
    const bucket = buckets[store];
    const work = { psql, rclone, sourceUrl, select: wholeSelect(), s3: addresses[store], bucket: bucket.name };
    const contestant = pipelineContestant({ name, title, store }, { programs, pids: pids[store], work });
    return { contestant, bucket, reference };
  };
  return [
    ours('s3', 'ours', 'export to the store', false),
    theirs('s3', 'rclone', 'psql | rclone to the store'),
    ours('sink', 'ours-sink', 'export to the sink', false),
    theirs('sink', 'rclone-sink', 'psql | rclone to the sink'),
    ours('s3', 'ours-escaped', 'export to the store, formulas escaped', true),
  ];
}
