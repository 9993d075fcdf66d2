import { useLayoutEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';

/**
 * For a part of the page that will go: when it goes with the focus in it, whoever is there by keyboard is taken to
 * another place, and not back to the top.
 * @param id of where the focus goes
 * @returns what the part has as its ref
 */
export function useFocusAfter(id: string): RefObject<HTMLDivElement | null> {
  const part = useRef<HTMLDivElement>(null);
  useLayoutEffect(
    () => () => {
      if (part.current?.contains(document.activeElement) === true) document.getElementById(id)?.focus();
    },
    [id],
  );
  return part;
}
