import {
  ApplicationFailure,
  DefaultFailureConverter,
  type FailureConverter,
  type PayloadConverter,
  type ProtoFailure,
} from '@temporalio/common';

const readable = new DefaultFailureConverter();

/** Failures about a wrong key stay readable, because the operator who reads them lacks the key. */
const isAboutKeys = (error: unknown): boolean =>
  error instanceof Error && (error instanceof ApplicationFailure ? error.type : error.name) === 'PayloadKeyError';

/** Moves messages and stack traces of failures into a payload, which the codec encrypts. */
class EncryptedFailures extends DefaultFailureConverter {
  override errorToFailure(error: unknown, converter: PayloadConverter): ProtoFailure {
    return isAboutKeys(error) ? readable.errorToFailure(error, converter) : super.errorToFailure(error, converter);
  }
}

/** Temporal loads this module by path, also in the workflow sandbox, and looks the converter up by this name. */
export const failureConverter: FailureConverter = new EncryptedFailures({ encodeCommonAttributes: true });
