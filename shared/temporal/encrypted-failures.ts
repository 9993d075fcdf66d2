import {
  ApplicationFailure,
  DefaultFailureConverter,
  type FailureConverter,
  type PayloadConverter,
  type ProtoFailure,
} from '@temporalio/common';

const readable = new DefaultFailureConverter();

/** Failures about a wrong key stay readable: an operator without the key must be able to read them. */
const isAboutKeys = (error: unknown): boolean =>
  error instanceof Error && (error instanceof ApplicationFailure ? error.type : error.name) === 'PayloadKeyError';

/** Moves messages and stack traces of failures into a payload, which the codec encrypts. */
class EncryptedFailures extends DefaultFailureConverter {
  override errorToFailure(error: unknown, converter: PayloadConverter): ProtoFailure {
    return isAboutKeys(error) ? readable.errorToFailure(error, converter) : super.errorToFailure(error, converter);
  }
}

/** Temporal loads this module by its path, also into the workflows' sandbox, and finds the converter by its name. */
export const failureConverter: FailureConverter = new EncryptedFailures({ encodeCommonAttributes: true });
