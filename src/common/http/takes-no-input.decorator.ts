import { type ExecutionContext, SetMetadata } from '@nestjs/common';

const key = 'versioner:takes-no-input';

/** For routes that look neither at a body nor at a query string, whatever comes with the request. */
export const TakesNoInput = (): MethodDecorator => SetMetadata(key, true);

/** Whether the route at hand is one of those. */
export function takesNoInput(context: ExecutionContext): boolean {
  return Reflect.hasMetadata(key, context.getHandler());
}
