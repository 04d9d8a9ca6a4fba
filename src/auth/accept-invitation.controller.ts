import { Body, Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Answer, Answers } from '../common/http/answers.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { AcceptInvitationService } from './accept-invitation.service.js';
import { CurrentInvitation, type Invited, TakesInvitation } from './invitation.guard.js';
import { AcceptInvitationDto } from './invitations.dto.js';
import { CreatedPersonalAccessTokenDto } from './personal-access-tokens.dto.js';

/** Where who has been invited makes their first token. */
@ApiTags('users')
@Controller('invitations/accept')
export class AcceptInvitationController {
  constructor(private readonly invitations: AcceptInvitationService) {}

  @Post()
  @Answers()
  @TakesInvitation()
  @ApiOperation({
    operationId: 'acceptInvitation',
    summary:
      'Make one’s first personal token with an invitation, as `Authorization: Bearer inv_…`; it works once, and an `Idempotency-Key` changes nothing',
  })
  @ApiCreatedResponse({ type: CreatedPersonalAccessTokenDto })
  @ApiErrors(401, 422, 429)
  async accept(
    @Body() { name }: AcceptInvitationDto,
    @CurrentInvitation() invited: Invited,
  ): Promise<Answer<CreatedPersonalAccessTokenDto>> {
    return this.invitations.accept(name, invited);
  }
}
