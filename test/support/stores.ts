import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { StackEnv } from '../../dev/stack/stack-env.js';
import { DEEP, LONG } from './depth.js';
import { needProgram, orSkip } from './or-skip.js';
import { stack, stackWith } from './stack.js';
import { startVersitygw } from './versitygw.js';

interface RunningStore {
  /** The environment of the stack with this store. */
  readonly env: StackEnv;
  close(): Promise<void>;
}

interface StoreUnderTest {
  readonly name: string;
  /** The program that must be installed for it. */
  readonly program?: string;
  readonly open: () => Promise<RunningStore>;
}

const SEAWEEDFS: StoreUnderTest = {
  name: 'SeaweedFS',
  open: () => Promise.resolve({ env: stack().env, close: () => Promise.resolve() }),
};

const VERSITYGW: StoreUnderTest = {
  name: 'versitygw',
  program: 'versitygw',
  open: async () => {
    const own = await stackWith(['s3'], { startS3: startVersitygw });
    return { env: own.env, close: () => own.stop() };
  },
};

/**
 * @param isWhole false if another server runs all the tests, so that the suite can leave out those whose results don't
 *   depend on the store
 */
type StoreSuite = (stackEnv: () => StackEnv, isWhole: boolean) => void;

/** Runs a suite with every S3 server. A server whose program is missing is skipped, or fails in CI. */
export function describeEveryStore(title: string, suite: StoreSuite): void {
  for (const store of [SEAWEEDFS, VERSITYGW]) {
    describeStore(`${title} (on ${store.name})`, store, suite, true);
  }
}

/** Runs a suite with the shared S3 server and, in deep tests, with every other one. */
export function describeStores(title: string, suite: StoreSuite): void {
  describeStoresIf(DEEP, title, suite);
}

/** Runs a suite with the shared S3 server and, on a condition, with every other one. */
export function describeStoresIf(onOthers: boolean, title: string, suite: StoreSuite): void {
  describeStore(title, SEAWEEDFS, suite, true);
  if (onOthers) describeStore(`${title} (on ${VERSITYGW.name})`, VERSITYGW, suite, LONG);
}

function describeStore(title: string, { program, open }: StoreUnderTest, suite: StoreSuite, isWhole: boolean): void {
  if (program !== undefined && !isInstalled(program)) {
    it(title, function () {
      return orSkip(this, () => needProgram(program));
    });
    return;
  }
  describe(title, () => {
    let running: RunningStore | undefined;
    before(async () => {
      running = await open();
    });
    suite(() => {
      if (running === undefined) throw new Error(`${title}: the store is not running`);
      return running.env;
    }, isWhole);
    // After the suite's own hooks, which still need the store.
    after(() => running?.close());
  });
}

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
