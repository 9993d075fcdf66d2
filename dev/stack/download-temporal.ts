/** Makes the Temporal SDK download its dev server into a folder, and prints the program's path. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [, , downloadDir] = process.argv;
if (downloadDir === undefined) throw new Error('usage: download-temporal.ts FOLDER');

const downloaded = (): string | undefined => readdirSync(downloadDir).find((name) => name.startsWith('temporal-'));

// The SDK only downloads when it starts a server.
if (downloaded() === undefined) {
  const server = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir }, ui: false },
  });
  await server.teardown();
}
const name = downloaded();
if (name === undefined) throw new Error('the download contains no program');
console.log(join(downloadDir, name));
