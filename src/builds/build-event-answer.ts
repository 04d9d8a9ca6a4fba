import { ConflictError } from '../common/errors/conflict.error.js';
import type { Answer } from '../common/http/answers.decorator.js';
import type { BuildDto } from './build.dto.js';
import { toBuildDto } from './build.mapper.js';
import type { BuildNames, BuildOutcome } from './decide-build-event.js';

/** What the pipeline is told: the build, or that the version was built from another commit (409, in the plain shape). */
export function buildAnswerOf(
  outcome: BuildOutcome,
  { productName }: Pick<BuildNames, 'productName'>,
  version: string,
): Answer<BuildDto> | ConflictError {
  if (outcome.kind === 'immutable') return versionImmutable(version, outcome.existingSha, outcome.submittedSha);
  const body = toBuildDto({ ...outcome.build, productName, version });
  return outcome.opened
    ? { statusCode: 201, location: `/builds/${body.id}`, body }
    : { statusCode: 200, location: null, body };
}

/** `message` repeats the detail, because that is where shipped clients read it. */
function versionImmutable(version: string, existingSha: string, submittedSha: string): ConflictError {
  const message = `Version ${version} already exists with different SHA`;
  return new ConflictError(message, {
    message,
    code: 'VERSION_IMMUTABLE',
    details: { existing_sha: existingSha, submitted_sha: submittedSha },
  });
}
