/** Replaces the detail of the running step; the last one stays on its finished line. */
export type Say = (detail: string) => void;

/** Continuously shows what is being waited for, so that a slow network never looks like a hang. */
export interface Progress {
  /** Runs `work`, showing `title`, its latest detail and the seconds so far. Rethrows what `work` throws. */
  step<T>(title: string, work: (say: Say) => Promise<T>): Promise<T>;
  /** Prints a permanent line. */
  line(text: string): void;
  /**
   * Shows a line that the next call replaces (on a terminal), or prints it, at most once a second (otherwise).
   * Undefined removes it.
   */
  status(text: string | undefined): void;
}

interface Step {
  readonly title: string;
  readonly startedAt: number;
  detail: string;
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const describe = (step: Step): string => (step.detail === '' ? step.title : `${step.title}: ${step.detail}`);

/** On a terminal, lines are redrawn in place; in a pipe or a CI log they are printed once, and again every 5 s. */
export function createProgress(out: NodeJS.WriteStream): Progress {
  const printer = out.isTTY ? terminalPrinter(out) : plainPrinter(out);
  return {
    async step(title, work) {
      const step: Step = { title, startedAt: performance.now(), detail: '' };
      printer.begin(step);
      try {
        const result = await work((detail) => {
          step.detail = detail;
          printer.changed(step);
        });
        printer.end(step, `  ✓ ${describe(step)} (${seconds(step.startedAt)})`);
        return result;
      } catch (error) {
        printer.end(step, `  ✗ ${describe(step)} (${seconds(step.startedAt)})`);
        throw error;
      }
    },
    line: (text) => {
      printer.line(text);
    },
    status: (text) => {
      printer.status(text);
    },
  };
}

interface Printer {
  begin(step: Step): void;
  changed(step: Step): void;
  end(step: Step, line: string): void;
  line(text: string): void;
  status(text: string | undefined): void;
}

function plainPrinter(out: NodeJS.WriteStream): Printer {
  const timers = new Map<Step, NodeJS.Timeout>();
  // A detail is not printed if its step ends first.
  const announcements = new Map<Step, NodeJS.Timeout>();
  let nextStatusAt = 0;
  const line = (text: string): void => void out.write(`${text}\n`);
  return {
    begin(step) {
      line(`  … ${step.title}`);
      const timer = setInterval(() => {
        line(`  … ${describe(step)} (${seconds(step.startedAt)})`);
      }, 5_000);
      timers.set(step, timer);
    },
    changed(step) {
      clearTimeout(announcements.get(step));
      const announce = (): void => {
        line(`  … ${describe(step)}`);
      };
      announcements.set(step, setTimeout(announce, 100));
    },
    end(step, text) {
      clearTimeout(announcements.get(step));
      announcements.delete(step);
      clearInterval(timers.get(step));
      timers.delete(step);
      line(text);
    },
    line,
    status(text) {
      if (text === undefined || performance.now() < nextStatusAt) return;
      nextStatusAt = performance.now() + 1_000;
      line(text);
    },
  };
}

function terminalPrinter(out: NodeJS.WriteStream): Printer {
  const steps = new Set<Step>();
  let status: string | undefined;
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;
  const redraw = (permanent = ''): void => {
    const lines = [...steps].map((step) => `  … ${describe(step)} (${seconds(step.startedAt)})`);
    if (status !== undefined) lines.push(status);
    const erase = drawn === 0 ? '' : `\x1b[${drawn}A\x1b[J`;
    const fitted = lines.map((text) => `${text.slice(0, Math.max(20, out.columns - 1))}\n`).join('');
    out.write(erase + permanent + fitted);
    drawn = lines.length;
    if (steps.size === 0) {
      clearInterval(timer);
      timer = undefined;
    } else {
      timer ??= setInterval(redraw, 200);
    }
  };
  return {
    begin(step) {
      steps.add(step);
      redraw();
    },
    changed: () => {
      redraw();
    },
    end(step, text) {
      steps.delete(step);
      redraw(`${text}\n`);
    },
    line(text) {
      redraw(`${text}\n`);
    },
    status(text) {
      status = text;
      redraw();
    },
  };
}

/** For callers that must not print anything. */
export const silentProgress: Progress = {
  step: (_title, work) => work(() => undefined),
  line: () => undefined,
  status: () => undefined,
};
