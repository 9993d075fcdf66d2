import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { requireFacts } from '../check-file.js';
import type { Facts } from '../content.js';
import { meteredPipeline, type Contestant } from '../contestants.js';
import type { Lab } from '../lab.js';
import { pidsOfStack } from '../pids.js';
import type { Stage } from '../shell-line.js';

/** A program that writes a file of rows. */
export interface Encoder {
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  /** The command that writes the file. */
  readonly encode: (output: string) => Stage;
  /** The command that only does the preparation: reads the rows and converts them to its library's input. */
  readonly parse?: (output: string) => Stage;
  readonly env?: Readonly<Record<string, string>>;
}

export interface EncodingWork {
  readonly lab: Lab;
  /** Folder for all files, including temporary ones. */
  readonly folder: string;
  readonly extension: string;
  /** Collects facts about a file. */
  readonly read: (path: string) => Promise<Facts>;
  /** What they must be; default: its rows. */
  readonly facts?: Facts;
}

/** Name of the contestant that only does an encoder's parsing. */
export const parsingOf = (name: string): string => `${name}-parse`;

/** The encoder and, if it supports that, its parsing alone. */
export function encoderContestants(
  { name, title, rows, encode, parse, env = {} }: Encoder,
  { lab, folder, extension, read, facts = { rows } }: EncodingWork,
): Contestant[] {
  const contestant = (
    id: string,
    heading: string,
    stage: (output: string) => Stage,
    look: EncodingWork['read'],
    wanted: Facts,
  ): Contestant => ({
    name: id,
    title: heading,
    store: 'disk',
    async turn() {
      const output = join(folder, `${id}.${extension}`);
      const pipeline = { name: id, stages: [stage(output)], env: { TMPDIR: folder, ...env } };
      const cost = await meteredPipeline(lab.programs, pidsOfStack(lab.stack), pipeline);
      return { ...cost, key: output, bytes: (await stat(output)).size, rows };
    },
    async check({ key }) {
      requireFacts(heading, await look(key), wanted);
      await rm(key);
    },
  });
  return [
    contestant(name, title, encode, read, facts),
    ...(parse === undefined
      ? []
      : [contestant(parsingOf(name), `${title}, parsing only`, parse, readParsed, { rows })]),
  ];
}

/** Reads the output of a program that only parses. */
const readParsed = async (path: string): Promise<Facts> => {
  const [rows = ''] = (await readFile(path, 'utf8')).split(' ');
  return { rows: Number(rows) };
};
