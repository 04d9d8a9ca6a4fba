import { QueryStringField } from '../common/validation/query-fields.js';

/** Where no header can be sent, the token stands in the address. */
export class CalendarQuery {
  @QueryStringField({
    description: 'A feed token of the kind `calendar`, in place of the `Authorization` header',
    example: 'feed_default_…',
  })
  token?: string;
}
