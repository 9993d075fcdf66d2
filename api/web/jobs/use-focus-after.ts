import { useLayoutEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';

/**
 * Moves the focus to another element if this part of the page is removed while it has the focus. Without it, keyboard
 * users would start again at the top of the page.
 * @param id of the element that gets the focus
 * @returns the ref for the part that may be removed
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
