import { createPerson, type Person } from './create-person.js';
import { request } from './documented-request.js';
import { Pipeline, type Reply } from './pipeline.js';
import type { TestBed } from './use-versioner.js';

export type Approval = Readonly<Record<string, unknown>> & { readonly id: string };

/** A version that people decide about, and what its tests do with it. */
export class JudgedVersion {
  /** Of its approvals. */
  readonly path: string;

  constructor(
    private readonly bed: TestBed,
    readonly id: string,
    readonly environmentId: string,
  ) {
    this.path = `/versions/${id}/approvals`;
  }

  /** Version 1.2.3 of my-service, in progress in production. */
  static async on(bed: TestBed): Promise<JudgedVersion> {
    const { version_id: id, environment_id: environmentId } = (await bed.report()).body as Record<string, string>;
    return new JudgedVersion(bed, id!, environmentId!);
  }

  as({ token }: Pick<Person, 'token'>): Pipeline {
    return new Pipeline(this.bed.versioner.url, token);
  }

  async person(role: string, fields: Readonly<Record<string, unknown>> = {}): Promise<Person> {
    return createPerson(this.bed.versioner, role, fields);
  }

  /** Approves, unless told otherwise. */
  async decide(by: Pick<Person, 'token'>, decision: object = {}): Promise<Reply> {
    return this.as(by).post(this.path, { decision: 'approved', ...decision });
  }

  /** @returns the status of the answer */
  async withdraw({ token }: Pick<Person, 'token'>, approvalId: string): Promise<number> {
    const url = `${this.path}/${approvalId}`;
    return (await request(this.bed.versioner.url).delete(url).set('Authorization', `Bearer ${token}`)).status;
  }

  async read(approvalId: string): Promise<Approval> {
    return (await this.bed.admin.get(`${this.path}/${approvalId}`)).body as Approval;
  }

  /** All of them, as its list shows them. */
  async approvals(): Promise<Approval[]> {
    return (await this.bed.admin.get(this.path)).body as Approval[];
  }

  async build(event: object): Promise<Reply> {
    return this.bed.pipeline.post('/build-events/', { product_name: 'my-service', version: '1.2.3', ...event });
  }
}

/** Of the account's policy: every change that a verdict depends on raises it. */
export async function policyRevision(bed: TestBed): Promise<number> {
  return Number((await bed.rows('SELECT policy_revision AS revision FROM accounts'))[0]!['revision']);
}
