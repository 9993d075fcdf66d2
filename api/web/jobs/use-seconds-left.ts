import { useEffect, useState } from 'preact/hooks';

export const HOUR = 3600;
/** Timers count in 32 bits. */
const LONGEST_MS = 2 ** 31 - 1;

const left = (until: string): number => (Date.parse(until) - Date.now()) / 1000;

/** Seconds until then, counted down in the last hour; before that it says only that it is longer. */
export function useSecondsLeft(until: string): number {
  const [seconds, setSeconds] = useState(() => left(until));
  useEffect(() => {
    let timer = 0;
    const tick = (): void => {
      const now = left(until);
      setSeconds(now);
      if (now <= 0) return;
      // A little after the full second, so that none is shown twice.
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
