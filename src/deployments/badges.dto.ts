import { StringField } from '../common/validation/fields.js';
import { QueryStringField } from '../common/validation/query-fields.js';

/** The path of a badge: `/badges/{product}/{environment}.svg`. */
export class BadgeParams {
  @StringField({ max: 255, description: 'Name or id of the product', example: 'my-service' })
  product!: string;

  @StringField({ max: 255, description: 'Name or id of the environment', example: 'production' })
  environment!: string;
}

/** Where no header can be sent, the token stands in the address. */
export class BadgeQuery {
  @QueryStringField({ description: 'A feed token of the kind `badge`', example: 'feed_default_…' })
  token?: string;
}
