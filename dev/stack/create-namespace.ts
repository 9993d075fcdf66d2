import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

const ALREADY_EXISTS = 6;

/** Creates a namespace with one day of retention. Leaves an existing one unchanged. */
export async function createNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS)) throw error;
  } finally {
    await connection.close();
  }
}
