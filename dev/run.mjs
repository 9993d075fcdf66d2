/**
 * Runs one of this repository's commands: `node dev/run.mjs COMMAND [arguments]`, as package.json's scripts do.
 *
 * Plain JavaScript without dependencies, because it installs the dependencies, and compatible with old versions of
 * Node.js, because it installs a newer one from npm. In a production install (the compiled `dist/`, no development
 * packages) it runs the compiled file and installs nothing. The service's own programs always run compiled, in this
 * process unless a newer Node.js had to be installed.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { findNode, isSupported, tooOld, withNode } from './node.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The source file of each command, without its extension. */
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
  advisories: 'dev/advisories',
};
/** Commands that run only what `npm run build` has compiled. */
const PROGRAMS = { api: 'api/main', worker: 'worker/main' };

const [, , command = '', ...args] = process.argv;

try {
  if (Object.hasOwn(PROGRAMS, command)) await runCompiled(PROGRAMS[command]);
  else if (Object.hasOwn(COMMANDS, command)) await runFromSource(COMMANDS[command]);
  else {
    const known = Object.keys({ ...COMMANDS, ...PROGRAMS }).join(', ');
    throw new Error(`'${command}' is not a command. Commands: ${known}.`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** Runs a program of the service, in this process if possible, which then receives the signals directly. */
async function runCompiled(program) {
  const file = join(ROOT, 'dist', `${program}.js`);
  if (!existsSync(file) && asksForHelp()) return runFromSource(program);
  if (!existsSync(file)) {
    throw new Error(
      `'npm run ${command}' needs a build: run 'npm run build' first, or start everything with 'npm start'.`,
    );
  }
  if (!existsSync(join(ROOT, 'node_modules'))) throw new Error('The packages are not installed: run npm ci first.');
  const node = await nodeToRunOn();
  if (node !== process.execPath) {
    process.exitCode = await run(node, [file, ...args]);
    return;
  }
  process.argv.splice(1, 2, file);
  await import(pathToFileURL(file).href);
}

/** Whether the user only asks for the usage text, which needs no build. */
function asksForHelp() {
  return args.includes('--help') || args.includes('-h');
}

/** Runs a command after installing everything that it needs. */
async function runFromSource(source) {
  const compiled = join(ROOT, 'dist', `${source}.js`);
  if (isProduction() && !existsSync(compiled)) {
    throw new Error(`'${command}' needs the development packages: run npm ci first.`);
  }
  const node = await nodeToRunOn();
  if (isProduction()) process.exitCode = await run(node, [compiled, ...args]);
  else {
    await ensureInstalled(ROOT, node);
    process.exitCode = await run(node, ['--import', './dev/typescript.mjs', `${source}.ts`, ...args]);
  }
}

/** Whether the development packages are missing. */
function isProduction() {
  return !existsSync(join(ROOT, 'node_modules', 'tsx')) && existsSync(join(ROOT, 'dist'));
}

/** In production, the operator chooses the Node.js version, so none is installed. */
async function nodeToRunOn() {
  if (!isProduction()) return findNode(ROOT);
  if (!isSupported(ROOT)) throw new Error(tooOld(ROOT));
  return process.execPath;
}

/** Runs Node in the foreground. Resolves with its exit code, or with 128 + n if signal n ended it, like a shell. */
function run(node, nodeArgs) {
  return new Promise((resolve, reject) => {
    const env = withNode(node, command === 'token' ? withSecretOfStack(process.env) : process.env);
    const child = spawn(node, nodeArgs, { cwd: ROOT, env, stdio: 'inherit' });
    // A terminal also sends Ctrl-C to the child, which exits at once on the second. Other signals reach only us.
    const fromTerminal = hasTerminal() ? ['SIGINT'] : [];
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => fromTerminal.includes(signal) || child.kill(signal));
    }
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** Whether a terminal controls this process. */
function hasTerminal() {
  try {
    closeSync(openSync('/dev/tty'));
    return true;
  } catch {
    return false;
  }
}

/** Adds the secret of the running local stack, unless the environment has one. */
function withSecretOfStack(env) {
  if ((env.JWT_SECRET ?? '') !== '') return env;
  try {
    const record = join(resolve(ROOT, env.LOCAL_STACK_DIR || '.local'), 'stack.json');
    return { ...env, JWT_SECRET: JSON.parse(readFileSync(record, 'utf8')).jwtSecret };
  } catch {
    // No local stack is running.
    return env;
  }
}
