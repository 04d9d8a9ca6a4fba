import { createPerson, type Person } from './create-person.js';
import { Pipeline, type Reply } from './pipeline.js';
import { minute, type TestBed } from './use-versioner.js';

/** An entry of `GET /me/pending-approvals`, as far as tests need its type. */
export type Pending = Readonly<Record<string, unknown>> & {
  readonly version: string;
  readonly environment_name: string;
  readonly calls: readonly PendingCall[];
};
interface PendingCall {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One approval by a team lead is asked for in production, and there is one. */
export class TeamLeads {
  private constructor(
    private readonly bed: TestBed,
    /** A viewer otherwise; `lead` to the CI system. */
    readonly lead: Person,
  ) {}

  static async on(bed: TestBed): Promise<TeamLeads> {
    const fields = { approver_roles: ['team-lead'], logins: ['lead'] };
    const leads = new TeamLeads(bed, await createPerson(bed.versioner, 'viewer', fields));
    await leads.rule('four_eyes', 'approval', { required_approvals: 1, approver_roles: ['team-lead'] });
    return leads;
  }

  client({ token }: Pick<Person, 'token'>): Pipeline {
    return new Pipeline(this.bed.versioner.url, token);
  }

  /** An enforced rule for production, unless told otherwise. */
  async rule(name: string, type: string, config: object, fields: object = {}): Promise<void> {
    const rule = { name, type, status: 'enabled', environments: ['production'], config, ...fields };
    expectStatus(await this.bed.admin.post('/deployment-rules/', rule), 201);
  }

  async pendingOf(by: Pick<Person, 'token'>): Promise<Pending[]> {
    const reply = await this.client(by).get('/me/pending-approvals');
    expectStatus(reply, 200);
    return reply.body as Pending[];
  }

  /** What waits for somebody, in short. */
  async versionsOf(by: Pick<Person, 'token'>): Promise<string[]> {
    return (await this.pendingOf(by)).map(({ version, environment_name }) => `${version} in ${environment_name}`);
  }

  /** A completed build, a second later. */
  async build(version: string, event: object = {}): Promise<void> {
    this.bed.clock.advance(1000);
    const details = { version, status: 'completed', scm_branch: 'main', scm_repository: 'acme/my-service' };
    await this.bed.pipeline.post('/build-events/', { product_name: 'my-service', ...details, ...event });
  }

  /** A start by octocat, a minute later; it must be answered so. */
  async start(event: Record<string, unknown> = {}, status = 428): Promise<Reply> {
    this.bed.clock.advance(minute);
    const reply = await this.bed.report({ deployed_by: 'octocat', ...event });
    expectStatus(reply, status);
    return reply;
  }

  /** Makes a call that was proposed, a second later. */
  async send({ path, body }: PendingCall, by: Pick<Person, 'token'> = this.lead, changes: object = {}): Promise<Reply> {
    this.bed.clock.advance(1000);
    return this.client(by).post(path, { ...body, ...changes });
  }

  /** The only rule is enforced no longer. */
  async endRule(): Promise<void> {
    const [rule] = (await this.bed.admin.get('/deployment-rules/')).body as { id: string }[];
    await this.bed.admin.patch(`/deployment-rules/${rule!.id}`, { status: 'report_only' });
  }
}

function expectStatus(reply: Reply, status: number): void {
  if (reply.status !== status) throw new Error(`The answer was ${reply.status}: ${JSON.stringify(reply.body)}`);
}
