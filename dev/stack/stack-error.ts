/** Thrown when a part of the local stack cannot start or stop. The message is one plain sentence for the user. */
export class StackError extends Error {
  override readonly name = 'StackError';
}

/**
 * Thrown when another process took a port between finding it free and binding it; the start is retried on other ports.
 */
export class PortTakenError extends StackError {}
