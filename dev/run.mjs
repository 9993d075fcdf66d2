/**
 * Runs one of this repository's commands: `node dev/run.mjs COMMAND [arguments]`, as package.json's scripts do.
 *
 * Plain JavaScript without a dependency, because it is what installs the dependencies. In a production install (the
 * compiled `dist/`, no development packages) it runs the compiled file and installs nothing. The service's own
 * programs always run compiled, in this very process.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';

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
};
/** Commands that run only what `npm run build` has compiled. */
const PROGRAMS = { api: 'api/main', worker: 'worker/main' };

const [, , command = '', ...args] = process.argv;

try {
  requireNode(20, 19);
  // At every start, the AWS SDK announces that it will drop Node 20, which concerns only maintainers of package.json.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  if (Object.hasOwn(PROGRAMS, command)) await runCompiled(PROGRAMS[command]);
  else if (Object.hasOwn(COMMANDS, command)) process.exitCode = await run(await nodeArguments());
  else {
    const known = Object.keys({ ...COMMANDS, ...PROGRAMS }).join(', ');
    throw new Error(`'${command}' is not a command. There are: ${known}.`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function requireNode(major, minor) {
  const [has = 0, hasMinor = 0] = process.versions.node.split('.').map(Number);
  if (has > major || (has === major && hasMinor >= minor)) return;
  throw new Error(`Node.js ${process.versions.node} is too old: ${major}.${minor} or later is needed.`);
}

/** Runs a program of the service in this process, which is then the one that gets its signals. */
async function runCompiled(program) {
  const file = join(ROOT, 'dist', `${program}.js`);
  if (!existsSync(file)) {
    throw new Error(
      `'npm run ${command}' runs what 'npm run build' compiles: run that first, or everything with npm start.`,
    );
  }
  if (!existsSync(join(ROOT, 'node_modules'))) throw new Error('The packages are not installed: run npm ci first.');
  process.argv.splice(1, 2, file);
  await import(pathToFileURL(file).href);
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
    const env = command === 'token' ? withSecretOfStack(process.env) : process.env;
    const child = spawn(process.execPath, nodeArgs, { cwd: ROOT, env, stdio: 'inherit' });
    // From a terminal the child gets a Ctrl-C itself; we must only outlive it. Other signals come to us alone.
    process.on('SIGINT', () => undefined);
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** A token is signed with the secret of the local stack that runs here, unless the environment has another one. */
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
