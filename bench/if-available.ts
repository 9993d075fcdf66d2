import type { Progress, Say } from '../dev/stack/progress.js';
import { StackError } from '../dev/stack/stack-error.js';

/** Sets up a rival; undefined, with a line that says why, if this machine doesn't have it. */
export async function ifAvailable<T>(
  title: string,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
  open: (say: Say) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await progress.step(title, async (say) => {
      const opened = await open(say);
      say('');
      return opened;
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof StackError)) throw error;
    progress.line(`  ${title} skipped: ${error.message}`);
    return undefined;
  }
}
