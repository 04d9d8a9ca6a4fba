import type { RawRequest } from './raw-http.js';

/*
 * What the two clients that people have in their pipelines send, as it was recorded from their published source: the
 * Versioner CLI 1.0.10 (Go) and the Versioner CI action 1.0.0 (Node). Neither will change.
 */

interface Sending {
  readonly key: string;
  /** `//deployment-events/` where the configured address ends in a slash. */
  readonly path?: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** The CLI, in a shell or in CI. */
export function cliRequest({ key, path = '/deployment-events/', event }: Sending): RawRequest {
  return {
    path,
    headers: [
      ['User-Agent', 'versioner-cli/1.0.10'],
      ['Authorization', `Bearer ${key}`],
      ['Content-Type', 'application/json'],
      ['Accept-Encoding', 'gzip'],
    ],
    body: JSON.stringify(event),
  };
}

/** The CI action. */
export function actionRequest({ key, path = '/deployment-events/', event }: Sending): RawRequest {
  return {
    path,
    headers: [
      ['Accept', 'application/json, text/plain, */*'],
      ['Content-Type', 'application/json'],
      ['Authorization', `Bearer ${key}`],
      ['User-Agent', 'axios/1.12.2'],
      ['Accept-Encoding', 'gzip, compress, deflate, br'],
      ['Connection', 'keep-alive'],
    ],
    body: JSON.stringify(event),
  };
}

/** `versioner track deployment` in a plain shell; `success` is what it says unless it is told otherwise. */
export const cliPlain = {
  product_name: 'my-service',
  version: '1.2.3',
  environment_name: 'production',
  status: 'success',
  source_system: 'unknown',
} as const;

const ofTheRun = {
  vi_gh_workflow: 'Deploy',
  vi_gh_job: 'deploy',
  vi_gh_run_attempt: '1',
  vi_gh_event_name: 'push',
  vi_gh_ref: 'refs/heads/main',
} as const;

/** The same in CI. */
export const cliInCi = {
  product_name: 'my-service',
  version: '1.2.3',
  environment_name: 'production',
  status: 'started',
  source_system: 'github',
  build_number: '482',
  scm_sha: '9fceb02d0ae598e95dc970b74767f19372d61af8',
  scm_repository: 'octo-org/my-service',
  deploy_url: 'https://github.com/octo-org/my-service/actions/runs/7345678901',
  invoke_id: '7345678901',
  deployed_by: 'octocat',
  extra_metadata: ofTheRun,
} as const;

/** `versioner track build` in CI. */
export const cliBuild = {
  product_name: 'my-service',
  version: '1.2.3',
  status: 'success',
  source_system: 'github',
  build_number: '482',
  scm_sha: '9fceb02d0ae598e95dc970b74767f19372d61af8',
  scm_branch: 'main',
  scm_repository: 'octo-org/my-service',
  build_url: 'https://github.com/octo-org/my-service/actions/runs/7345678901',
  invoke_id: '7345678901',
  built_by: 'octocat',
  extra_metadata: ofTheRun,
} as const;

/** The action: always with its own now as `completed_at`, even with a start. */
export function actionDeployment(now: string) {
  return {
    ...cliInCi,
    deployed_by_email: 'octocat@example.com',
    deployed_by_name: 'Mona Lisa',
    completed_at: now,
  } as const;
}

/** The action for a build: always with its own now as `started_at`, even with an end. */
export function actionBuild(now: string) {
  return { ...cliBuild, status: 'completed', started_at: now } as const;
}
