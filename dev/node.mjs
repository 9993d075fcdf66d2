/** Finds the Node.js to run the repository's commands on, and installs it from npm if this machine's is too old. */
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { npmCi } from './npm.mjs';

/**
 * Returns the path of the Node.js to run commands on: the current one, unless it is older than package.json's `engines`
 * allow or `EXPORT_NODE` is `shipped` (what the service ships with) or `floor` (the oldest supported).
 * @param {string} root the repository
 * @returns {Promise<string>}
 * @throws Error with a sentence for the user if a required version cannot be installed
 */
export async function findNode(root) {
  const wanted = process.env.EXPORT_NODE ?? '';
  if (!['', 'shipped', 'floor'].includes(wanted)) {
    throw new Error(`EXPORT_NODE must be 'shipped' or 'floor', not '${wanted}'.`);
  }
  if (wanted === '' && isSupported(root)) return process.execPath;
  const kind = wanted || 'shipped';
  const { name, version } = packageFor(root, kind);
  if (process.versions.node === version) return process.execPath;
  const folder = join(root, '.local', 'bin', `node-${version}`);
  const node = join(folder, 'bin', 'node');
  if (!existsSync(node)) await bringNode(root, kind, { name, version, folder });
  return node;
}

/** Whether the service supports the current Node.js. */
export function isSupported(root) {
  const [major, minor] = floor(root).split('.').map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** The error message if the current Node.js is too old. */
export function tooOld(root) {
  return `Node.js ${process.versions.node} is too old: version ${floor(root)} or newer is required.`;
}

/** An environment in which `node`, and so `npm`, is the given one. */
export function withNode(node, env) {
  if (node === process.execPath) return env;
  return { ...env, PATH: `${dirname(node)}${delimiter}${env.PATH ?? ''}` };
}

/** @returns {string} the oldest supported version, such as `22.15` */
function floor(root) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return engines.node.replace('>=', '');
}

/** The npm package with a Node.js for this machine. */
function packageFor(root, kind) {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'dev', 'node', kind, 'package.json'), 'utf8'));
  const platform = `${process.platform}-${process.arch}`;
  const found = Object.entries(optionalDependencies).find(([name]) => name.endsWith(`-${platform}`));
  if (found === undefined) {
    const problem = isSupported(root) ? `EXPORT_NODE=${kind} can't be used.` : tooOld(root);
    throw new Error(`${problem} npm has no newer one for ${platform}: install Node.js from https://nodejs.org.`);
  }
  return { name: found[0], version: found[1] };
}

/** Installs a Node.js by its own lock file, whose hashes npm verifies. */
async function bringNode(root, kind, { name, version, folder }) {
  const why = isSupported(root) ? `EXPORT_NODE=${kind}` : `${process.versions.node} is older than ${floor(root)}`;
  // On stderr, because the stdout of some commands is read by programs.
  console.error(`  … Node.js: ${why}, getting ${version} from npm`);
  const draft = join(root, '.local', 'bin', `draft-${randomUUID()}`);
  try {
    mkdirSync(draft, { recursive: true });
    cpSync(join(root, 'dev', 'node', kind), draft, { recursive: true });
    const { code, output } = await npmCi(process.execPath, ['--ignore-scripts', '--include=optional'], { cwd: draft });
    const unpacked = join(draft, 'node_modules', name);
    if (code !== 0 || !existsSync(unpacked)) {
      throw new Error(`Node.js ${version} couldn't be installed from npm:\n${output.trim()}`);
    }
    // Headers and manuals, which are a third of the package.
    for (const unneeded of ['include', 'share']) rmSync(join(unpacked, unneeded), { recursive: true, force: true });
    renameInto(unpacked, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Renamed into place, so that concurrent runs never see a partial folder; another run may have been first. */
function renameInto(draft, folder) {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
