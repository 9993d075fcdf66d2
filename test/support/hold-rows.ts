import type { JobSeed } from '../../shared/contract.js';
import { JobLifecycle } from '../../shared/job/lifecycle.js';

/** Holds back the rows of some exports, as a slow process would, until `release()` is called. */
export function holdRows(isHeld: (job: JobSeed) => boolean) {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<JobSeed>();
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const { insert } = Object.getOwnPropertyDescriptors(JobLifecycle.prototype);
  JobLifecycle.prototype.insert = async function (job) {
    if (isHeld(job)) {
      arrive(job);
      await released;
    }
    await insert.value?.call(this, job);
  };
  return {
    arrived,
    release: () => {
      Object.defineProperty(JobLifecycle.prototype, 'insert', insert);
      release(undefined);
    },
  };
}
