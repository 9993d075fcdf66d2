import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Engine } from './engine.js';
import { WITHOUT_STAND_IN } from './stand-ins.js';

const configSchema = z.looseObject({
  services: z.record(z.string(), z.looseObject({ image: z.string(), build: z.looseObject({}).nullish() })),
});

/** A folder with a compose file, run by an engine. */
export class Project {
  private constructor(
    private readonly engine: Engine,
    readonly files: readonly string[],
    /** Images of the services that can be started here. */
    readonly images: Readonly<Record<string, string>>,
  ) {}

  /**
   * @param folder with docker-compose.temporal.yml and the sources of its image
   * @param address of the DNS server for the containers
   */
  static async open(engine: Engine, folder: string, address: string, orders: number): Promise<Project> {
    const file = join(folder, 'docker-compose.temporal.yml');
    const { services } = configSchema.parse(JSON.parse(await engine.compose([file], 'config', '--format', 'json')));
    const isLeftOut = (image: string): boolean => WITHOUT_STAND_IN.some((name) => image.startsWith(`${name}:`));
    const override = join(folder, 'compose-override.json');
    const settings = Object.entries(services).map(([name, { build, image }]) => [
      name,
      {
        dns: [address],
        ...(isLeftOut(image) ? { scale: 0 } : {}),
        // npm ci downloads packages through this machine's own network.
        ...(build == null ? {} : { build: { network: 'host' } }),
        ...(name === 'seed'
          ? { command: ['npm', 'run', 'seed', '--', '--orders', String(orders), '--single-tenant'] }
          : {}),
      },
    ]);
    await writeFile(override, JSON.stringify({ services: Object.fromEntries(settings) as unknown }));
    const images = Object.entries(services).map(([name, { image }]) => [name, image] as const);
    return new Project(engine, [file, override], Object.fromEntries(images.filter(([, image]) => !isLeftOut(image))));
  }

  /**
   * Starts everything that isn't running, and waits until it is healthy. @throws Error with the last lines of each log
   */
  async up(...options: string[]): Promise<void> {
    try {
      await this.compose('up', '--detach', '--wait', '--pull', 'never', ...options);
    } catch (error) {
      const states = await this.compose('ps', '--all', '--format', '{{.Name}} {{.Status}}');
      const logs = await this.compose('logs', '--no-color', '--tail', '10');
      const ends = logs.split('\n').map((line) => line.slice(0, 400));
      throw new Error(`${states}\n${ends.join('\n')}`, { cause: error });
    }
  }

  compose(...args: string[]): Promise<string> {
    return this.engine.compose(this.files, ...args);
  }

  /** The running containers of a service. */
  async containers(service: string): Promise<string[]> {
    return (await this.compose('ps', '--quiet', service)).split('\n').filter((id) => id !== '');
  }

  /** The process id of each container's main process, as seen from this machine. */
  async pids(service: string): Promise<number[]> {
    const ids = await this.containers(service);
    const inspected = await Promise.all(
      ids.map((id) => this.engine.docker('inspect', '--format', '{{.State.Pid}}', id)),
    );
    return inspected.map(Number);
  }
}
