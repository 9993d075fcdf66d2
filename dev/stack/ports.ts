import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { StackError } from './stack-error.js';

// Below the range that Linux uses for outgoing connections (32768 and up by default), so that a free port is unlikely
// to be taken a moment later.
const SINGLE_PORTS = { from: 23_000, to: 30_000 };
// SeaweedFS serves gRPC 10,000 above each of its ports; both must be outside that range.
const PAIRED_PORTS = { from: 20_000, to: 22_700 };
export const PAIR_OFFSET = 10_000;

/** Whether nothing is listening on this loopback port. */
export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

/** Assigns free ports by name, preferring those of the last run. */
export class Ports {
  readonly #file: string;
  readonly #known: Map<string, number>;
  readonly #given = new Set<number>();

  /** @param file stores the ports for the next run */
  constructor(file: string) {
    this.#file = file;
    this.#known = new Map(Object.entries(readPorts(file)));
  }

  /** Returns a free port. With `paired`, the port 10,000 above is free, too. */
  async take(name: string, { paired = false } = {}): Promise<number> {
    const range = paired ? PAIRED_PORTS : SINGLE_PORTS;
    let candidate = this.#known.get(name) ?? randomInt(range.from, range.to);
    for (let tries = 0; tries < 200; tries += 1) {
      const usable = !this.#given.has(candidate) && (await isFree(candidate));
      if (usable && (!paired || (await isFree(candidate + PAIR_OFFSET)))) {
        this.#given.add(candidate);
        this.#remember(name, candidate);
        return candidate;
      }
      candidate = randomInt(range.from, range.to);
    }
    throw new StackError(`No free port for ${name} from ${range.from} to ${range.to} on 127.0.0.1.`);
  }

  /** Makes the next `take` of these names choose different ports. */
  forget(names: readonly string[]): void {
    for (const name of names) this.#known.delete(name);
  }

  #remember(name: string, port: number): void {
    if (this.#known.get(name) === port) return;
    this.#known.set(name, port);
    writeFileSync(this.#file, JSON.stringify(Object.fromEntries(this.#known), null, 2));
  }
}

function readPorts(file: string): Record<string, number> {
  try {
    return z.record(z.string(), z.number().int().min(1).max(65_535)).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
