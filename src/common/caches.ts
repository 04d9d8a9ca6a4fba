import { Injectable } from '@nestjs/common';

/** Everything that is remembered between requests, so that a test suite can start from nothing. */
@Injectable()
export class Caches {
  private readonly clears: (() => void)[] = [];

  /** Called by each cache once, when it is made. */
  register(clear: () => void): void {
    this.clears.push(clear);
  }

  clearAll(): void {
    for (const clear of this.clears) clear();
  }
}
