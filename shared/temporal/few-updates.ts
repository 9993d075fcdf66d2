import type { WorkflowClientInterceptor } from '@temporalio/client';

/**
 * Temporal takes ten updates of one workflow at a time. It refuses the eleventh, and with the refusal it forgets the
 * workflow task that is just being worked on, whose answer then comes to nothing: of fifty updates at once many
 * outlived their deadline, while fifty in turns of three to nine took half a second. Less than a half, so that two
 * processes stay below ten.
 */
const AT_ONCE = 4;

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/** Sends updates of one workflow a few at a time, first come, first served. Deadlines of calls run meanwhile. */
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
    // Whoever is next takes the place over.
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
