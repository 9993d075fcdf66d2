import { goProgram, hasGoProgram } from '../go.js';

/** The version in docker-compose.temporal.yml. */
export const TEMPORAL_SERVER_VERSION = '1.32.2';

/** A program's folder in `cmd/`. */
type Main = 'server' | 'tools/sql';

const programOf = (main: Main, version: string): [name: string, pinned: string] => [
  `temporal-${main.replaceAll('/', '-')}`,
  `go.temporal.io/server/cmd/${main}@v${version}`,
];

/**
 * Builds a program from the Go module of Temporal's server, once; this takes about seven minutes on two cores.
 * @throws StackError if Go is missing or the build fails
 */
export const temporalProgram = (main: Main, version = TEMPORAL_SERVER_VERSION): Promise<string> =>
  goProgram(...programOf(main, version));

/** Whether the server can be started without a build. */
export const isTemporalServerBuilt = (): Promise<boolean> =>
  hasGoProgram(...programOf('server', TEMPORAL_SERVER_VERSION));
