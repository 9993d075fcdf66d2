/**
 * Runs one of this repository's commands: `node dev/run.mjs COMMAND [arguments]`, as package.json's scripts do.
 *
 * Plain JavaScript without a dependency, because it is what installs the dependencies. In a production install (the
 * compiled `dist/`, no development packages) it runs the compiled file and installs nothing.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What each command runs, without its extension. */
const COMMANDS = {
  start: 'dev/start',
  test: 'dev/test',
  seed: 'dev/seed',
  bench: 'bench/main',
  migrate: 'worker/migrate',
  'setup-temporal': 'worker/setup-temporal',
  'dataset-new': 'worker/dataset-new',
  token: 'api/token',
  build: 'dev/build',
};

const [, , command = '', ...args] = process.argv;

try {
  requireNode(20, 19);
  if (!Object.hasOwn(COMMANDS, command)) {
    throw new Error(`'${command}' is not a command. There are: ${Object.keys(COMMANDS).join(', ')}.`);
  }
  process.exitCode = await run(await nodeArguments());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function requireNode(major, minor) {
  const [has = 0, hasMinor = 0] = process.versions.node.split('.').map(Number);
  if (has > major || (has === major && hasMinor >= minor)) return;
  throw new Error(`Node.js ${process.versions.node} is too old: ${major}.${minor} or later is needed.`);
}

/** The arguments for `node`, after everything that they need is installed. */
async function nodeArguments() {
  const compiled = join(ROOT, 'dist', `${COMMANDS[command]}.js`);
  if (!existsSync(join(ROOT, 'node_modules', 'tsx')) && existsSync(join(ROOT, 'dist'))) {
    if (!existsSync(compiled)) throw new Error(`'${command}' needs the development packages: run npm ci first.`);
    return [compiled, ...args];
  }
  await ensureInstalled(ROOT);
  return ['--import', './dev/typescript.mjs', `${COMMANDS[command]}.ts`, ...args];
}

/** Runs Node in the foreground; resolves with the exit code, 128 + n when signal n ended it, as a shell has it. */
function run(nodeArgs) {
  return new Promise((resolve, reject) => {
    // The AWS SDK announces at every start that it will leave Node 20; that is for who maintains package.json.
    const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    const child = spawn(process.execPath, nodeArgs, { cwd: ROOT, env, stdio: 'inherit' });
    // From a terminal the child gets a Ctrl-C itself; we must only outlive it. Other signals come to us alone.
    process.on('SIGINT', () => undefined);
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
