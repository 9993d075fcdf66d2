import { z } from 'zod';

const addresses = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat());
/** The request body that Resend accepts. */
export const email = z.object({
  from: z.string(),
  to: addresses,
  subject: z.string(),
  html: z.string().optional(),
  text: z.string().optional(),
  reply_to: addresses.optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

/** A message stored in the inbox. */
export type Message = z.infer<typeof email> & {
  readonly id: string;
  readonly received_at: string;
  readonly idempotency_key?: string;
};
