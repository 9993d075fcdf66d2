import { createContext, type ComponentChildren, type VNode } from 'preact';
import { useCallback, useContext, useState } from 'preact/hooks';

/** Announces a sentence to screen readers. Use it for important changes only, not for each percent. */
export type Announce = (sentence: string) => void;

const Context = createContext<Announce>(() => undefined);

export const useAnnounce = (): Announce => useContext(Context);

export function Announcer({ children }: { readonly children: ComponentChildren }): VNode {
  const [said, setSaid] = useState({ sentence: '', n: 0 });
  const announce = useCallback<Announce>((sentence) => {
    setSaid(({ n }) => ({ sentence, n: n + 1 }));
  }, []);
  return (
    <Context.Provider value={announce}>
      {children}
      <div class="heard" role="status">
        {/* The key makes screen readers announce the same sentence again. */}
        <span key={said.n}>{said.sentence}</span>
      </div>
    </Context.Provider>
  );
}
