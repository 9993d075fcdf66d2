import type { Service, StackContext } from './context.js';
import { createInbox } from '../inbox/inbox.js';
import { PortTakenError } from './stack-error.js';
import { withFreePorts } from './start-service.js';

export interface InboxService extends Service {
  readonly url: string;
}

/** Runs the mailbox in this process. */
export async function startInbox(context: StackContext): Promise<InboxService> {
  return context.progress.step('Inbox', async (say) =>
    withFreePorts(context, ['inbox'], async () => {
      const inbox = createInbox(await context.ports.take('inbox'));
      await inbox.start().catch((error: unknown) => {
        throw new PortTakenError("The inbox's port is already in use.", { cause: error });
      });
      context.onStop(() => inbox.stop());
      say(inbox.url);
      return { ...inbox, name: 'Inbox', pid: undefined };
    }),
  );
}
