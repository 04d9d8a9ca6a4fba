import { describe, expect, it } from '@jest/globals';
import { builtIn, RefusedStarts } from '../support/refused-starts.js';
import { idOf, useVersioner } from '../support/use-versioner.js';

/*
 * The refusals of the contract, whole, as they come over the wire to the CLI and to the action: its own examples, and
 * deployments in progress (409). Windows (423) are in blocked-windows, the rest (428) in blocked-flow and
 * blocked-approvals, several at once in blocked-together.
 */

describe('a start that is blocked', () => {
  const bed = useVersioner();
  const refused = new RefusedStarts(bed);

  describe('as the contract shows it, and the same object once more under detail', () => {
    /** Sends a start as each client does, and holds both bodies, to the byte, against a text with `<names>` for ids. */
    async function expectDocumented(statusLine: string, documented: string, named: object): Promise<void> {
      for (const answer of [await refused.sendAsCli(), await refused.sendAsAction()]) {
        const { preflight_check_id: check } = (JSON.parse(answer.body) as { details: Record<string, string> }).details;
        const ids = await refused.idsOf();
        expect(await bed.admin.get(`/preflight-checks/${check}`)).toMatchObject({ status: 200, body: ids });

        const known: Readonly<Record<string, string>> = { ...named, ...ids, check: check! };
        const body = JSON.parse(documented.replaceAll(/<(\w+)>/g, (_, name: string) => known[name]!)) as object;
        expect(answer.statusLine).toBe(statusLine);
        expect(answer.body).toBe(JSON.stringify({ ...body, detail: body }));
      }
    }

    it('423 Locked', async () => {
      bed.clock.set('2025-10-20T16:00:00.000Z');
      const { id: rule } = await refused.rule({
        name: 'friday_freeze',
        message: 'No deployments allowed on Fridays after 3pm PST',
        type: 'schedule',
        config: {
          mode: 'deny',
          timezone: 'America/Los_Angeles',
          recurrence: 'once',
          reason: 'Weekly deployment freeze',
          windows: [{ start: '2025-10-25T15:00', end: '2025-10-28T00:00' }],
        },
      });
      bed.clock.set('2025-10-26T12:00:00.000Z');
      // The contract's retry_after is midnight in UTC, seven hours before its own window_end: whoever came back then would
      // be turned away again. It is the end of the window here, in UTC.
      await expectDocumented(
        'HTTP/1.1 423 Locked',
        `{
          "error": "deployment_blocked",
          "message": "No deployments allowed on Fridays after 3pm PST",
          "code": "NO_DEPLOY_WINDOW",
          "retry_after": "2025-10-28T07:00:00Z",
          "details": {
            "window_name": "friday_freeze",
            "window_start": "2025-10-25T15:00:00-07:00",
            "window_end": "2025-10-28T00:00:00-07:00",
            "reason": "Weekly deployment freeze",
            "timezone": "America/Los_Angeles",
            "rule_id": "<rule>", "rule_name": "friday_freeze", "rule_type": "schedule",
            "preflight_check_id": "<check>",
            "product_id": "<product_id>", "version_id": "<version_id>", "environment_id": "<environment_id>",
            "violations": [
              {
                "code": "NO_DEPLOY_WINDOW",
                "message": "No deployments allowed on Fridays after 3pm PST",
                "rule_id": "<rule>", "rule_name": "friday_freeze", "rule_type": "schedule",
                "status": "enabled",
                "retry_after": "2025-10-28T07:00:00Z",
                "details": {
                  "window_name": "friday_freeze",
                  "window_start": "2025-10-25T15:00:00-07:00",
                  "window_end": "2025-10-28T00:00:00-07:00",
                  "reason": "Weekly deployment freeze",
                  "timezone": "America/Los_Angeles"
                }
              }
            ]
          }
        }`,
        { rule },
      );
    });

    it('428 Precondition Required', async () => {
      const { id: rule } = await refused.rule({
        name: 'two_leads',
        message: 'Production deployment requires approval from 2 team leads',
        type: 'approval',
        config: { required_approvals: 2, approver_roles: ['team-lead', 'manager'] },
      });
      await expectDocumented(
        'HTTP/1.1 428 Precondition Required',
        `{
          "error": "deployment_blocked",
          "message": "Production deployment requires approval from 2 team leads",
          "code": "APPROVAL_REQUIRED",
          "details": {
            "required_approvals": 2,
            "current_approvals": 0,
            "approver_roles": ["team-lead", "manager"],
            "approvals": [],
            "rule_id": "<rule>", "rule_name": "two_leads", "rule_type": "approval",
            "preflight_check_id": "<check>",
            "product_id": "<product_id>", "version_id": "<version_id>", "environment_id": "<environment_id>",
            "violations": [
              {
                "code": "APPROVAL_REQUIRED",
                "message": "Production deployment requires approval from 2 team leads",
                "rule_id": "<rule>", "rule_name": "two_leads", "rule_type": "approval",
                "status": "enabled",
                "retry_after": null,
                "details": {
                  "required_approvals": 2,
                  "current_approvals": 0,
                  "approver_roles": ["team-lead", "manager"],
                  "approvals": []
                }
              }
            ]
          }
        }`,
        { rule },
      );
    });

    it('409 Conflict', async () => {
      bed.clock.set('2025-10-28T15:00:00.750Z');
      const holder = idOf(await bed.report({ version: '1.2.2', deployed_by: 'hubot' }));
      await expectDocumented(
        'HTTP/1.1 409 Conflict',
        `{
          "error": "deployment_blocked",
          "message": "Another deployment to production is already in progress",
          "code": "CONCURRENT_DEPLOYMENT",
          "details": {
            "conflicting_deployment_id": "<holder>",
            "conflicting_deployment_status": "in_progress",
            "conflicting_deployment_started": "2025-10-28T15:00:00Z",
            "conflicting_version": "1.2.2",
            "conflicting_product": "my-service",
            "conflicting_deployed_by": "hubot",
            "rule_id": null, "rule_name": "Concurrency (built in)", "rule_type": "concurrency",
            "preflight_check_id": "<check>",
            "product_id": "<product_id>", "version_id": "<version_id>", "environment_id": "<environment_id>",
            "violations": [
              {
                "code": "CONCURRENT_DEPLOYMENT",
                "message": "Another deployment to production is already in progress",
                "rule_id": null, "rule_name": "Concurrency (built in)", "rule_type": "concurrency",
                "status": "enabled",
                "retry_after": null,
                "details": {
                  "conflicting_deployment_id": "<holder>",
                  "conflicting_deployment_status": "in_progress",
                  "conflicting_deployment_started": "2025-10-28T15:00:00Z",
                  "conflicting_version": "1.2.2",
                  "conflicting_product": "my-service",
                  "conflicting_deployed_by": "hubot"
                }
              }
            ]
          }
        }`,
        { holder },
      );
    });
  });

  describe('409 CONCURRENT_DEPLOYMENT', () => {
    it('names the oldest holder of the environment, where a rule counts all of its products', async () => {
      const config = { max_concurrent: 2, per: 'environment' };
      const rule = await refused.rule({ name: 'two at once', type: 'concurrency', config });
      const oldest = await bed.report({ product_name: 'billing', version: '7.0', deployed_by: 'hubot' });
      bed.clock.set('2026-03-02T14:01:00.000Z');
      await bed.report({ product_name: 'search', version: '3.1' });
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 409 Conflict',
        violations: [
          {
            code: 'CONCURRENT_DEPLOYMENT',
            message: 'Another deployment to production is already in progress',
            rule,
            details: {
              conflicting_deployment_id: idOf(oldest),
              conflicting_deployment_status: 'in_progress',
              conflicting_deployment_started: '2026-03-02T14:00:00Z',
              conflicting_version: '7.0',
              conflicting_product: 'billing',
              conflicting_deployed_by: 'hubot',
            },
          },
        ],
      });
    });

    it('names a holder of whom nobody knows who started it', async () => {
      const holder = await bed.report({ version: '1.2.2' });
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 409 Conflict',
        violations: [
          {
            code: 'CONCURRENT_DEPLOYMENT',
            message: 'Another deployment to production is already in progress',
            rule: builtIn,
            details: {
              conflicting_deployment_id: idOf(holder),
              conflicting_deployment_status: 'in_progress',
              conflicting_deployment_started: '2026-03-02T14:00:00Z',
              conflicting_version: '1.2.2',
              conflicting_product: 'my-service',
              conflicting_deployed_by: null,
            },
          },
        ],
      });
      expect((await bed.admin.get(`/deployments/${idOf(holder)}`)).body).toMatchObject({ status: 'started' });
    });
  });
});
