import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import type { Actor } from './actor.js';
import { CurrentActor } from './current-actor.decorator.js';
import { MeDto } from './me.dto.js';
import { toMeDto } from './me.mapper.js';
import { MeService } from './me.service.js';
import { Authenticated } from './require-permission.decorator.js';

/** Whoever calls. */
@ApiTags('me')
@Controller('me')
export class MeController {
  constructor(private readonly me: MeService) {}

  @Get()
  @Authenticated()
  @ApiOperation({ operationId: 'getMe', summary: 'Who is calling, and what they may do' })
  @ApiOkResponse({ type: MeDto })
  @ApiErrors()
  async get(@CurrentActor() actor: Actor): Promise<MeDto> {
    return toMeDto(await this.me.get(actor));
  }
}
