/** Runs npm for scripts that have no packages yet. */
import { spawn } from 'node:child_process';

/**
 * Runs `npm ci`, with the npm that started this process or else the one on PATH.
 * @param {string} node the Node.js to run it on
 * @param {string[]} args additional arguments
 */
export function npmCi(node, args, options) {
  const { npm_execpath: npmScript } = process.env;
  const [command, ...prefix] = npmScript?.endsWith('.js') ? [node, npmScript] : ['npm'];
  return runToEnd(command, [...prefix, 'ci', ...args, '--no-audit', '--no-fund', '--loglevel=error'], options);
}

/**
 * Runs a program to completion and captures its output.
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runToEnd(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => (output += text));
    }
    child.once('error', (error) => reject(new Error(`${command} couldn't be run: ${error.message}`)));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
