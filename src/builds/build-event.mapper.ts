import { runAttemptOf } from '../deployments/deployment-event.mapper.js';
import { normalizeStatus } from '../deployments/normalize-status.js';
import { storableJson } from '../deployments/storable-json.js';
import type { BuildEventDto } from './build-event.dto.js';
import type { BuildEvent } from './build-event.js';

/** The body of an event, validated, as the domain reads it. `sent` is the same body as it came. */
export function toBuildEvent(body: BuildEventDto, sent: Readonly<Record<string, unknown>>): BuildEvent {
  const { preflight_status: _ours, ...extraMetadata } = body.extra_metadata ?? {};
  return {
    productName: body.product_name,
    version: body.version,
    status: normalizeStatus('build', body.status)!,
    sourceSystem: body.source_system ?? null,
    buildNumber: body.build_number ?? null,
    buildUrl: body.build_url ?? null,
    invokeId: body.invoke_id ?? null,
    scmSha: body.scm_sha ?? null,
    scmBranch: body.scm_branch ?? null,
    scmRepository: body.scm_repository ?? null,
    builtBy: body.built_by ?? null,
    builtByEmail: body.built_by_email ?? null,
    builtByName: body.built_by_name ?? null,
    errorMessage: body.error_message ?? null,
    errorCode: body.error_code ?? null,
    startedAt: body.started_at ?? null,
    completedAt: body.completed_at ?? null,
    extraMetadata,
    runAttempt: runAttemptOf(extraMetadata),
    payload: storableJson(sent),
  };
}
