import type { WorkflowClientInterceptor } from '@temporalio/client';

/**
 * Temporal allows ten concurrent updates per workflow. When it rejects the eleventh, it also drops the workflow task in
 * progress, so that task's work is lost: with fifty updates at once many timed out, while fifty in groups of three to
 * nine took half a second. 4 keeps two processes below ten.
 */
const AT_ONCE = 4;

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/** Sends at most a few updates to one workflow at a time, in order. Call deadlines keep running while they wait. */
export function fewUpdatesAtOnce(): WorkflowClientInterceptor {
  const lines = new Map<string, Line>();

  async function enter(id: string): Promise<Line> {
    const line = lines.get(id) ?? { running: 0, waiting: [] };
    lines.set(id, line);
    if (line.running < AT_ONCE) line.running += 1;
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    return line;
  }
  function leave(id: string, line: Line): void {
    const next = line.waiting.shift();
    // The next caller replaces this one, so `running` stays the same.
    if (next !== undefined) next();
    else if (--line.running === 0) lines.delete(id);
  }

  return {
    async startUpdateWithStart(input, next) {
      const id = input.workflowStartOptions.workflowId;
      const line = await enter(id);
      try {
        return await next(input);
      } finally {
        leave(id, line);
      }
    },
  };
}
