import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import { EnforcedSchedules } from './enforced-schedules.service.js';
import { ScopeNamesRepository } from './scope-names.repository.js';
import { type ClosedTime, closedTimes, writeCalendar } from './write-calendar.js';

const daysAhead = 90;
/** Events at most, the earliest: of rules that close every hour there would be no end. */
const mostEvents = 5_000;
const dayMs = 24 * 60 * 60 * 1000;

/** Whose rules are shown, and which: those that apply to one product, in one environment; null: to any. */
export interface CalendarScope {
  readonly accountId: string;
  readonly productId: string | null;
  readonly environmentId: string | null;
}

/** Writes the no-deploy windows of an account for people's calendars. */
@Injectable()
export class CalendarService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly enforced: EnforcedSchedules,
    private readonly names: ScopeNamesRepository,
    private readonly clock: Clock,
  ) {}

  /** The closed times of the next 90 days, by the enabled schedules, as iCalendar. */
  async write(scope: CalendarScope): Promise<string> {
    const from = await databaseTime(this.prisma, this.clock);
    const to = new Date(from.getTime() + daysAhead * dayMs);
    let times: ClosedTime[] = [];
    for (const { definition, config } of await this.schedules(scope)) {
      const all = [...times, ...closedTimes(definition, config, from, to)];
      times = all.toSorted((a, b) => a.start.getTime() - b.start.getTime()).slice(0, mostEvents + 1);
      // Pipelines do not wait for calendars.
      await nextTurn();
    }
    return writeCalendar(times.slice(0, mostEvents), times.length > mostEvents);
  }

  private async schedules({ accountId, productId, environmentId }: CalendarScope) {
    const products = await this.names.products(accountId, productId === null ? [] : [productId]);
    const environments = await this.names.environments(accountId, environmentId === null ? [] : [environmentId]);
    return this.enforced.list(accountId, {
      productKeys: productId === null ? null : [...products.values()].flatMap(({ keys }) => keys),
      environments: environmentId === null ? null : [...environments.values()],
    });
  }
}
