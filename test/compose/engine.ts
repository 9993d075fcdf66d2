import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { signalQuietly } from '../../dev/stack/processes.js';
import { runCommand } from '../../dev/stack/run-command.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { until } from '../support/exports.js';
import { orFail } from '../support/python.js';

/** Debian's docker, which has a built-in builder; newer ones need a plugin. */
export const DOCKER = '/usr/bin/docker';
const START_LIMIT_MS = 60_000;
const COMMAND_LIMIT_MS = 10 * 60_000;

/** A separate Docker Engine with its own image folder, so no other engine is affected. */
export class Engine {
  private readonly socket: string;
  private readonly runDir: string;
  private daemon: ChildProcess | undefined;

  /** @param folder for its log and its images, which a later engine reuses */
  constructor(
    private readonly folder: string,
    private readonly composeProgram: string,
  ) {
    this.socket = `unix://${join(folder, 'docker.sock')}`;
    this.runDir = join(folder, 'run');
  }

  /** @throws StackError if it doesn't start */
  async start(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const log = await open(join(this.folder, 'dockerd.log'), 'a');
    const args = [
      ...['--data-root', join(this.folder, 'docker'), '--exec-root', this.runDir],
      ...['--pidfile', join(this.folder, 'docker.pid'), '--host', this.socket],
      // Containers reach each other and are reachable from this machine, but have no internet access.
      ...['--iptables=false', '--ip6tables=false', '--storage-driver', 'overlay2'],
      ...['--exec-opt', 'native.cgroupdriver=cgroupfs'],
    ];
    this.daemon = spawn('dockerd', args, { stdio: ['ignore', log.fd, log.fd] });
    await log.close();
    const hasEnded = once(this.daemon, 'exit').then(() => true);
    const answers = async (): Promise<boolean> => (await this.run(DOCKER, ['version'])).ok;
    const started = until('Docker Engine', answers, START_LIMIT_MS, () => 200);
    if (await Promise.race([hasEnded, started.then(() => false)])) {
      throw new StackError(`dockerd did not start; see ${join(this.folder, 'dockerd.log')}`);
    }
  }

  /** Runs `docker` and waits for it. @returns its output */
  async docker(...args: string[]): Promise<string> {
    return orFail(`docker ${args.slice(0, 2).join(' ')}`, await this.run(DOCKER, args));
  }

  /** Runs `docker compose` with a project's files. */
  async compose(files: readonly string[], ...args: string[]): Promise<string> {
    const named = ['--profile', 'sample', ...files.flatMap((file) => ['--file', file])];
    return orFail(`compose ${args.slice(0, 2).join(' ')}`, await this.run(this.composeProgram, [...named, ...args]));
  }

  private run(command: string, args: readonly string[]): ReturnType<typeof runCommand> {
    const env = { ...process.env, DOCKER_HOST: this.socket, DOCKER_BUILDKIT: '1', BUILDKIT_PROGRESS: 'plain' };
    return runCommand(command, args, { timeoutMs: COMMAND_LIMIT_MS, env });
  }

  /** Simulates a power loss: kills the engine and everything in its containers at once. */
  async losePower(): Promise<void> {
    const { daemon } = this;
    if (daemon?.pid === undefined) return;
    const gone = once(daemon, 'exit');
    // Kill the engine first: it would restart the containers.
    signalQuietly(daemon.pid, 'SIGKILL');
    await gone;
    for (const shim of await this.ownProcesses()) {
      for (const child of await childrenOf(shim)) signalQuietly(child, 'SIGKILL');
      signalQuietly(shim, 'SIGKILL');
    }
    this.daemon = undefined;
    // After a reboot nothing is mounted, and /run is empty.
    const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
    const own = mounts.filter((path) => path.startsWith(`${this.folder}/`)).reverse();
    for (const path of own) orFail('umount', await this.run('umount', ['--lazy', path]));
    await rm(this.runDir, { recursive: true });
    await rm(join(this.folder, 'docker.pid'), { force: true });
  }

  /** Stops the engine and keeps its images. */
  async stop(): Promise<void> {
    const { daemon } = this;
    if (daemon?.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const gone = once(daemon, 'exit');
    signalQuietly(daemon.pid, 'SIGTERM');
    await gone;
    this.daemon = undefined;
  }

  /** This engine's containerd and shims, identified by their folder. */
  private async ownProcesses(): Promise<number[]> {
    const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(
      all.map(async (pid) => ({ pid, line: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })),
    );
    return lines.filter(({ line }) => /^\S*containerd/.test(line) && line.includes(this.runDir)).map(({ pid }) => +pid);
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = text.split(' ').filter((child) => child !== '');
  const below = await Promise.all(children.map((child) => childrenOf(Number(child))));
  return [...children.map(Number), ...below.flat()];
}
