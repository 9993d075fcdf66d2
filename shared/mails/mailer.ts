export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same for every attempt to send this mail. Resend deduplicates by it; SMTP uses it as the Message-ID. */
  readonly idempotencyKey: string;
}

export interface Mailer {
  /**
   * Sends a mail. Rejects when `signal` is aborted, and after 20 s at the latest.
   * @throws ServiceError MAIL_UNAVAILABLE (worth a retry) or MAIL_REFUSED (not)
   */
  send(mail: Mail, signal: AbortSignal): Promise<void>;
}
