import { ensureBucket } from './bucket.js';
import type { Service, StackContext } from './context.js';
import { externalService, required } from './external.js';
import { startInbox } from './inbox.js';
import {
  JOBS_DATABASE,
  SOURCE_DATABASE,
  startPostgres as startNewestPostgres,
  type StartPostgres,
} from './postgres.js';
import { startSeaweedFs, type StartS3 } from './seaweedfs.js';
import { given, ownSettings, type StackEnv } from './stack-env.js';
import { messageOf } from '../../shared/errors.js';
import { StackError } from './stack-error.js';
import { findTemporal, startTemporal as startDevServer, type StartTemporal } from './temporal.js';

export interface Services {
  readonly env: StackEnv;
  readonly postgres: Service;
  readonly temporal: Service;
  readonly s3: Service;
  readonly inbox: Service;
  readonly temporalUiUrl: string | undefined;
  readonly inboxUrl: string | undefined;
  readonly temporalCli: string;
  readonly sourceOwnerUrl: string | undefined;
}

/** How to start services that the environment does not provide. */
export interface ServiceStarters {
  /** Default: PostgreSQL 18. */
  readonly startPostgres?: StartPostgres;
  /** Default: SeaweedFS. */
  readonly startS3?: StartS3;
  /** Default: the dev server. */
  readonly startTemporal?: StartTemporal;
}

/**
 * Starts all services that the environment does not provide, in parallel. If one fails, the others are interrupted, and
 * the first error is thrown once all have settled.
 */
export async function startServices(
  context: StackContext,
  {
    startPostgres = startNewestPostgres,
    startS3 = startSeaweedFs,
    startTemporal = startDevServer,
  }: ServiceStarters = {},
): Promise<Services> {
  let first: { readonly error: unknown } | undefined;
  const noted = async <T>(starting: Promise<T>): Promise<T> => {
    try {
      return await starting;
    } catch (error) {
      first ??= { error };
      context.abort();
      throw error;
    }
  };
  const starting = [
    noted(postgres(context, startPostgres)),
    noted(temporal(context, startTemporal)),
    noted(objectStore(context, startS3)),
    noted(mail(context)),
  ] as const;
  await Promise.allSettled(starting);
  if (first !== undefined) throw first.error;
  const [database, workflows, store, mailbox] = await Promise.all(starting);
  const settings = ownSettings(context.environment, context.secrets);
  return {
    env: { ...settings, ...database.env, ...workflows.env, ...store.env, ...mailbox.env },
    postgres: database.service,
    temporal: workflows.service,
    s3: store.service,
    inbox: mailbox.service,
    temporalUiUrl: workflows.uiUrl,
    inboxUrl: mailbox.url,
    temporalCli: workflows.cli,
    sourceOwnerUrl: database.sourceOwnerUrl,
  };
}

async function postgres(context: StackContext, start: StartPostgres) {
  const { environment } = context;
  const jobs = given(environment, 'DATABASE_URL');
  const source = given(environment, 'SOURCE_DATABASE_URL');
  const checkSource = async (): Promise<void> => {
    if (source === undefined) return;
    await externalService(context, { name: 'source database', variable: 'SOURCE_DATABASE_URL' }, source);
  };
  if (jobs !== undefined) {
    const env = { DATABASE_URL: jobs, SOURCE_DATABASE_URL: source ?? jobs };
    await checkSource();
    const service = await externalService(context, { name: 'PostgreSQL', variable: 'DATABASE_URL' }, jobs);
    return { service, env, sourceOwnerUrl: undefined };
  }
  const service = await start(context);
  // Only now: it may name a database of this very server.
  await checkSource();
  const env = {
    DATABASE_URL: service.url(JOBS_DATABASE),
    SOURCE_DATABASE_URL: source ?? service.readerUrl(SOURCE_DATABASE),
  };
  return { service, env, sourceOwnerUrl: source === undefined ? service.url(SOURCE_DATABASE) : undefined };
}

async function temporal(context: StackContext, startTemporal: StartTemporal) {
  const { environment } = context;
  const address = given(environment, 'TEMPORAL_ADDRESS');
  if (address !== undefined) {
    const service = await externalService(context, { name: 'Temporal', variable: 'TEMPORAL_ADDRESS' }, address);
    const cli = await findTemporal(context);
    const env = {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: given(environment, 'TEMPORAL_NAMESPACE') ?? 'default',
    };
    return { service, env, uiUrl: undefined, cli };
  }
  const service = await startTemporal(context);
  const env = { TEMPORAL_ADDRESS: service.address, TEMPORAL_NAMESPACE: 'default' };
  return { service, env, uiUrl: service.uiUrl, cli: service.cli };
}

async function objectStore(context: StackContext, startS3: StartS3) {
  const { environment, secrets } = context;
  const { S3_REGION: region, EXPORT_BUCKET: bucket } = ownSettings(environment, secrets);
  const endpoint = given(environment, 'S3_ENDPOINT');
  if (endpoint !== undefined) {
    const named = { name: 'S3', variable: 'S3_ENDPOINT' };
    const accessKeyId = required(environment, 'AWS_ACCESS_KEY_ID', named);
    const secretAccessKey = required(environment, 'AWS_SECRET_ACCESS_KEY', named);
    const service = await externalService(context, named, endpoint);
    try {
      await ensureBucket({ endpoint, region, bucket, credentials: { accessKeyId, secretAccessKey } }, context.signal);
    } catch (error) {
      context.signal.throwIfAborted();
      throw new StackError(`Bucket ${bucket} at S3_ENDPOINT ${endpoint} can't be used: ${messageOf(error)}.`);
    }
    const env = { S3_ENDPOINT: endpoint, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    return { service, env };
  }
  const service = await startS3(context, { region, bucket });
  const env = {
    S3_ENDPOINT: service.endpoint,
    AWS_ACCESS_KEY_ID: secrets.s3AccessKeyId,
    AWS_SECRET_ACCESS_KEY: secrets.s3SecretAccessKey,
  };
  return { service, env };
}

async function mail(context: StackContext) {
  const { environment } = context;
  const smtpUrl = given(environment, 'SMTP_URL');
  if (smtpUrl !== undefined) {
    const env = { SMTP_URL: smtpUrl, RESEND_BASE_URL: '', RESEND_API_KEY: '' };
    const service = await externalService(context, { name: 'mail', variable: 'SMTP_URL' }, smtpUrl);
    return { service, env, url: undefined };
  }
  const baseUrl = given(environment, 'RESEND_BASE_URL');
  if (baseUrl !== undefined) {
    const named = { name: 'mail', variable: 'RESEND_BASE_URL' };
    const apiKey = required(environment, 'RESEND_API_KEY', named);
    const service = await externalService(context, named, baseUrl);
    return { service, env: { SMTP_URL: '', RESEND_BASE_URL: baseUrl, RESEND_API_KEY: apiKey }, url: undefined };
  }
  const service = await startInbox(context);
  // Any key works; the client requires one.
  return { service, env: { SMTP_URL: '', RESEND_BASE_URL: service.url, RESEND_API_KEY: 're_local' }, url: service.url };
}
