import { createContext, type ComponentChildren, type VNode } from 'preact';
import { useCallback, useContext, useState } from 'preact/hooks';

/** Says something to those who hear the page. Only what matters: not each percent. */
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
        {/* The same sentence twice is news twice. */}
        <span key={said.n}>{said.sentence}</span>
      </div>
    </Context.Provider>
  );
}
