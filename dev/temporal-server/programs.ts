import { goProgram } from '../go.js';

/** The one in docker-compose.temporal.yml. */
export const TEMPORAL_SERVER_VERSION = '1.32.2';

/**
 * A program of Temporal's server, built from its Go module once: in about seven minutes on two cores.
 * @param main its folder below `cmd/`
 * @throws StackError when Go is missing or the build fails
 */
export const temporalProgram = (main: 'server' | 'tools/sql', version = TEMPORAL_SERVER_VERSION): Promise<string> =>
  goProgram(`temporal-${main.replaceAll('/', '-')}`, `go.temporal.io/server/cmd/${main}@v${version}`);
