import { toWireTime } from '../common/wire-time.js';
import { isAboutThis } from '../preflight/to-preflight-facts.js';
import type { ApprovalDto } from './approval.dto.js';

/** A decision as it is read: its row, the names it refers to, and the SHA that the version has now. */
export interface ApprovalView {
  readonly id: string;
  readonly versionId: string;
  readonly environmentId: string | null;
  readonly environmentName: string | null;
  readonly decision: string;
  readonly approvalType: string | null;
  readonly comments: string | null;
  readonly userId: string;
  readonly userName: string;
  readonly roles: readonly string[];
  readonly scmSha: string | null;
  readonly versionSha: string | null;
  readonly createdAt: Date;
  readonly withdrawnAt: Date | null;
  readonly withdrawnBy: string | null;
}

export function toApprovalDto(approval: ApprovalView): ApprovalDto {
  const endedBy = endOf(approval);
  return {
    id: approval.id,
    version_id: approval.versionId,
    environment_id: approval.environmentId,
    environment_name: approval.environmentName,
    decision: approval.decision,
    approval_type: approval.approvalType,
    comments: approval.comments,
    user_id: approval.userId,
    user_name: approval.userName,
    roles: [...approval.roles],
    scm_sha: approval.scmSha,
    created_at: toWireTime(approval.createdAt),
    withdrawn_at: approval.withdrawnAt && toWireTime(approval.withdrawnAt),
    withdrawn_by: approval.withdrawnBy,
    stands: endedBy === null,
    ended_by: endedBy,
  };
}

/** What keeps a decision from standing for the version as it is now; null: nothing. */
function endOf({ decision, withdrawnAt, scmSha, versionSha }: ApprovalView): 'withdrawal' | 'new_sha' | null {
  if (withdrawnAt !== null) return 'withdrawal';
  // A rejection stands until it is withdrawn, whatever the version becomes.
  return decision === 'rejected' || isAboutThis(scmSha, versionSha) ? null : 'new_sha';
}
