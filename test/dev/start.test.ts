import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { resetStack } from '../../dev/stack/reset.js';
import { FORMATS } from '../../shared/formats/index.js';
import { runCommand } from '../../dev/stack/run-command.js';
import { LOCAL_DIR } from '../../dev/stack/stack.js';
import { until } from '../support/exports.js';
import { deeply } from '../support/depth.js';
import { orSkip } from '../support/or-skip.js';
import { freePort } from './free-port.js';
import { firstCells } from './opened-rows.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const README = join(ROOT, 'README.md');
const ID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/;
const postedSchema = z.object({ job_id: z.string() });
const jobSchema = z.object({ download_url: z.string().nullable(), row_count: z.number().nullable() });
const mailSchema = z.array(z.object({ subject: z.string(), text: z.string() }));

/** Leftover settings of other tools in the shell and in the user's home. */
const LEFT_BEHIND = {
  PGSSLMODE: 'require',
  PGHOST: 'nowhere.invalid',
  AWS_PROFILE: 'nobody',
  AWS_ENDPOINT_URL: 'http://nowhere.invalid',
  AWS_SESSION_TOKEN: 'of another login',
  TEMPORAL_NAMESPACE: 'nowhere',
  TEMPORAL_TLS: 'true',
  http_proxy: 'http://127.0.0.1:9',
  METRICS_PORT: '',
};

/**
 * A folder with npm's scripts, which keeps downloads out of the repository, and a curl that fails on error responses.
 */
async function likeRepository(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await symlink(join(ROOT, 'dev'), join(folder, 'dev'));
  await mkdir(join(folder, 'bin'));
  const { output: curl } = await runCommand('sh', ['-c', 'command -v curl'], { timeoutMs: 10_000 });
  await writeFile(join(folder, 'bin', 'curl'), `#!/bin/sh\nexec ${curl} --silent --show-error --fail-with-body "$@"\n`);
  await chmod(join(folder, 'bin', 'curl'), 0o755);
  return folder;
}

describe('npm start', function () {
  this.timeout(240_000);
  const dataDir = join(LOCAL_DIR, `test-${process.pid}-start`);
  let port: number;
  let url: string;
  let home: string;
  let program: ChildProcess;
  let printed = '';

  before(async () => {
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
    home = await mkdtemp(join(tmpdir(), 'home-'));
    await mkdir(join(home, '.config', 'temporalio'), { recursive: true });
    await writeFile(join(home, '.config', 'temporalio', 'temporal.toml'), '[profile.default]\napi_key = "a key"\n');
    const env = {
      ...{ PATH: process.env.PATH, HOME: home, ...LEFT_BEHIND },
      ...{ LOCAL_STACK_DIR: dataDir, PORT: String(port), SAMPLE_ORDERS: '3000' },
    };
    program = spawn(process.execPath, ['dev/run.mjs', 'start'], {
      ...{ cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    for (const stream of [program.stdout, program.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (printed += text));
    }
    await until(
      'Running',
      () => {
        assert.equal(program.exitCode, null, printed);
        return Promise.resolve(printed.includes('Running.'));
      },
      200_000,
    );
  });
  after(async () => {
    if (program.exitCode === null) {
      program.kill('SIGTERM');
      await once(program, 'exit');
    }
    await resetStack(dataDir);
    await rm(dataDir, { recursive: true, force: true });
    await rm(home, { recursive: true });
  });

  const addressOf = (name: string): string => new RegExp(`^ +${name} +(\\S+)`, 'm').exec(printed)?.[1] ?? '';

  it('starts in a shell full of settings of other tools, and names only those it uses', () => {
    assert.match(printed, /^Using PORT, SAMPLE_ORDERS from your environment\n/);
  });

  it("mails a link to the API's own port", async () => {
    const mails = await until('the mail', async () => {
      const found = mailSchema.parse(await (await fetch(`${addressOf('Inbox')}/api/messages`)).json());
      return found.length > 0 && found;
    });
    const links = mails.flatMap(({ text }) => text.match(/http:\S+\/d\/\S+/g) ?? []);
    assert.ok(links.length > 0, JSON.stringify(mails));
    for (const link of links) {
      assert.equal(new URL(link).origin, url);
      assert.equal((await fetch(link)).status, 200);
    }
  });

  it('prints commands that open its services', async () => {
    const commands = [...printed.matchAll(/^ +(Jobs|Source|Workflows|Files) +(.* .*)$/gm)];
    assert.deepEqual(
      commands.map(([, name]) => name),
      ['Jobs', 'Source', 'Workflows', 'Files'],
    );
    const [, , temporal = ''] = commands[2] ?? [];
    const { ok, output } = await runCommand('sh', ['-c', temporal], { timeoutMs: 30_000 });
    assert.ok(ok && ID.test(output), output);
  });

  it('rejects --reset while it is running', async () => {
    await assert.rejects(resetStack(dataDir), /is running \(process \d+\): stop it first\.$/);
  });

  for (const format of FORMATS.keys()) {
    // LibreOffice is slow.
    (format === 'XLSX' ? deeply : it)(`exports files that other programs open: ${format}`, async function () {
      const [, token = ''] = /TOKEN=(\S+)/.exec(printed) ?? [];
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const columns = ['id', 'customer_name', 'total', 'placed_at'];
      const body = JSON.stringify({ type: 'orders', format, columns, filters: { status: ['refunded'] } });
      const posted = await fetch(`${url}/v1/exports`, { method: 'POST', headers, body });
      const { job_id: jobId } = postedSchema.parse(await posted.json());
      const job = await until(`the file of ${jobId}`, async () => {
        const seen = jobSchema.parse(await (await fetch(`${url}/v1/exports/${jobId}`, { headers })).json());
        return seen.download_url !== null && seen;
      });
      const file = Buffer.from(await (await fetch(job.download_url ?? '')).arrayBuffer());
      const ids = await orSkip(this, () => firstCells(format, file));
      assert.ok(ids.length > 50 && ids.length === job.row_count, `${ids.length} of ${job.row_count ?? 'no'} rows`);
      assert.deepEqual(
        ids,
        ids.toSorted((a, b) => Number(a) - Number(b)),
      );
    });
  }

  it('makes every API command in README.md work as written, in order', async () => {
    const page = await readFile(README, 'utf8');
    const [section = ''] = /^## The API\n[^]*?(?=^## )/m.exec(page) ?? [];
    const blocks = [...section.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block = '']) => block);
    assert.ok(blocks.length >= 4);
    const script = blocks.join('\n').replace('http://127.0.0.1:3000', url);
    const folder = await likeRepository();
    try {
      const PATH = [join(folder, 'bin'), process.env.PATH].join(delimiter);
      const env = { PATH, HOME: home, LOCAL_STACK_DIR: dataDir };
      const { ok, output } = await runCommand('sh', ['-exc', script], { cwd: folder, env, timeoutMs: 120_000 });
      assert.ok(ok, output);
      assert.match(output, /"COMPLETED"/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('stops everything that it started when it receives a signal', async () => {
    program.kill('SIGTERM');
    await once(program, 'exit');
    assert.match(printed, /✓ Stopping/);
    await assert.rejects(fetch(`${url}/healthz`));
  });

  it('deletes the data of earlier runs with --reset', async () => {
    assert.ok((await readdir(dataDir)).includes('postgres'));
    await resetStack(dataDir);
    assert.deepEqual(await readdir(dataDir), []);
  });
});
