import { DateTimeField, DictField, EnumField, StringField } from '../common/validation/fields.js';
import { normalizeStatus, statuses, type Status } from '../deployments/normalize-status.js';

const optional = { required: false, emptyIsAbsent: true } as const;

/** The body of `POST /build-events/`. Unknown fields are ignored; empty texts and nulls in optional ones count as absent. */
export class BuildEventDto {
  @StringField({
    max: 255,
    trim: true,
    description: 'Created at its first mention; one name whatever its letter case',
    example: 'my-service',
  })
  product_name!: string;

  @StringField({ max: 100, trim: true, description: 'Any text; compared exactly', example: '1.4.2' })
  version!: string;

  @EnumField({
    values: statuses,
    read: (text) => normalizeStatus('build', text),
    max: 50,
    description:
      'pending (queued, scheduled), started (in_progress, init, building), completed (success, complete, finished, built), ' +
      'failed (fail, failure, error) or aborted (abort, canceled, cancelled, cancel, skipped), in any letter case',
    example: 'completed',
  })
  status!: Status;

  @StringField({ ...optional, max: 50, description: 'The CI system', example: 'github' })
  source_system?: string | null;

  @StringField({
    ...optional,
    max: 100,
    description: 'The build or run number, as a text; names the run where there is no invoke_id',
    example: '128',
  })
  build_number?: string | null;

  @StringField({
    ...optional,
    max: 64,
    description:
      'The commit. A completed build fixes it for its version; from then on another one is refused. Letter case ' +
      'aside, a prefix of 7 or more hex digits is equal to the whole',
    example: '9fceb02d0ae598e95dc970b74767f19372d61af8',
  })
  scm_sha?: string | null;

  @StringField({ ...optional, max: 255, example: 'main' })
  scm_branch?: string | null;

  @StringField({ ...optional, max: 500, example: 'octo-org/my-service' })
  scm_repository?: string | null;

  @StringField({ ...optional, max: 2000, example: 'https://ci.example.com/builds/128' })
  build_url?: string | null;

  @StringField({
    ...optional,
    max: 255,
    description: 'The id of the run: ties the events of one build together, and tells a retry from a new attempt',
    example: '7345678901',
  })
  invoke_id?: string | null;

  @StringField({ ...optional, max: 255, example: 'octocat' })
  built_by?: string | null;

  @StringField({ ...optional, max: 255, example: 'octocat@example.com' })
  built_by_email?: string | null;

  @StringField({ ...optional, max: 255, example: 'Mona Lisa' })
  built_by_name?: string | null;

  @StringField({ ...optional, max: 10_000, description: 'Why it failed', example: 'Unit tests failed' })
  error_message?: string | null;

  @StringField({ ...optional, max: 100, example: 'TESTS_FAILED' })
  error_code?: string | null;

  @DateTimeField({
    ...optional,
    description: 'Counts with a start; a future time is taken as now',
    example: '2026-03-02T13:51:30Z',
  })
  started_at?: Date | null;

  @DateTimeField({
    ...optional,
    description: 'Counts with an end; a future time is taken as now',
    example: '2026-03-02T13:58:12Z',
  })
  completed_at?: Date | null;

  @DictField({
    ...optional,
    maxBytes: 128 * 1024,
    maxDepth: 10,
    description:
      'Anything else; merged by key over the events of a build. The key preflight_status is the service’s own',
    example: { vi_gh_run_attempt: '1' },
  })
  extra_metadata?: Record<string, unknown> | null;
}
