import { Injectable } from '@nestjs/common';
import { type FeedGrant, requireOpen } from '../auth/feed-tokens.js';
import { toCatalogFilter } from '../catalog/catalog-filter.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import { BadgesRepository } from './badges.repository.js';
import { drawBadge } from './draw-badge.js';

/** Draws what is deployed, for a readme or a dashboard. */
@Injectable()
export class BadgesService {
  constructor(private readonly badges: BadgesRepository) {}

  /**
   * The version of a product in an environment, as SVG.
   * @throws UnauthenticatedError where the token does not open this badge, NotFoundError for an unknown name
   */
  async draw(grant: FeedGrant, product: string, environment: string): Promise<string> {
    const named = [toCatalogFilter([product])!, toCatalogFilter([environment])!] as const;
    const facts = await this.badges.read(grant.accountId, ...named);
    requireOpen(grant, facts);
    const { productName, environmentName, archived } = facts;
    if (productName === null || environmentName === null) throw new NotFoundError();
    const version = archived ? null : facts.version;
    const message = archived ? 'archived' : (version ?? 'not deployed');
    return drawBadge({
      label: environmentName,
      message,
      title: `${productName} in ${environmentName}: ${message}`,
      color: version === null ? 'grey' : 'green',
    });
  }
}
