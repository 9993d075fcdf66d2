import { useEffect, useState } from 'preact/hooks';

export const HOUR = 3600;
/** Maximum delay of setTimeout (a signed 32-bit integer). */
const LONGEST_MS = 2 ** 31 - 1;

const left = (until: string): number => (Date.parse(until) - Date.now()) / 1000;

/** Seconds until a moment. Updated every second in the last hour; before that, the value stays above an hour. */
export function useSecondsLeft(until: string): number {
  const [seconds, setSeconds] = useState(() => left(until));
  useEffect(() => {
    let timer = 0;
    const tick = (): void => {
      const now = left(until);
      setSeconds(now);
      if (now <= 0) return;
      // Just after the full second, so that no second is shown twice.
      const ms = now > HOUR ? (now - HOUR) * 1000 : (now % 1) * 1000 + 5;
      timer = setTimeout(tick, Math.min(LONGEST_MS, Math.max(5, ms)));
    };
    tick();
    return () => {
      clearTimeout(timer);
    };
  }, [until]);
  return seconds;
}
