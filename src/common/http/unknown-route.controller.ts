import { All, Controller, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { Authenticated } from '../../auth/require-permission.decorator.js';
import { MethodNotAllowedError, NotFoundError } from '../errors/request.errors.js';
import { allowedMethods } from './allowed-methods.js';
import { TakesNoInput } from './takes-no-input.decorator.js';

/**
 * Every path that no other route has, with every method. A route of its own, so that the guards run before it: who may
 * not know what there is gets 401, and guessing is limited like everything else.
 */
@ApiExcludeController()
@Controller()
export class UnknownRouteController {
  @All('{*path}')
  @Authenticated()
  @TakesNoInput()
  refuse(@Req() request: Request): never {
    const allowed = allowedMethods(request);
    throw allowed.length > 0 ? new MethodNotAllowedError(allowed) : new NotFoundError();
  }
}
