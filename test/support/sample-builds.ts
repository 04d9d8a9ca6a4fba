import type { Build } from '../../src/builds/build.js';
import type { BuildEvent } from '../../src/builds/build-event.js';
import type { VersionFacts } from '../../src/builds/version-facts.js';

export const receivedAt = new Date('2026-03-02T14:00:00.000Z');

const noDetails = {
  sourceSystem: null,
  buildNumber: null,
  buildUrl: null,
  invokeId: null,
  scmSha: null,
  scmBranch: null,
  scmRepository: null,
  builtBy: null,
  builtByEmail: null,
  builtByName: null,
  errorMessage: null,
  errorCode: null,
};

/** An event that says no more than it must. */
export function sampleEvent(event: Partial<BuildEvent> = {}): BuildEvent {
  return {
    ...noDetails,
    productName: 'my-service',
    version: '1.2.3',
    status: 'started',
    startedAt: null,
    completedAt: null,
    extraMetadata: {},
    runAttempt: null,
    payload: {},
    ...event,
  };
}

/** A build of that version, started an hour before. */
export function sampleBuild(build: Partial<Build> = {}): Build {
  const anHourBefore = new Date('2026-03-02T13:00:00.000Z');
  return {
    ...noDetails,
    id: 'build',
    productId: 'product',
    versionId: 'version',
    status: 'started',
    startedAt: anHourBefore,
    completedAt: null,
    extraMetadata: {},
    createdAt: anHourBefore,
    updatedAt: anHourBefore,
    ...build,
  };
}

/** A known version that nothing was built of. */
export function sampleFacts(facts: Partial<VersionFacts> = {}): VersionFacts {
  return {
    now: receivedAt,
    catalogClosed: false,
    product: { id: 'product', name: 'My-Service', archivedAt: null },
    version: sampleVersion(),
    open: [],
    repeatOf: null,
    repeatedSha: null,
    sameRun: null,
    ...facts,
  };
}

export function sampleVersion(version: Partial<VersionFacts['version']> = {}): NonNullable<VersionFacts['version']> {
  return {
    id: 'version',
    revision: 4,
    scmSha: null,
    shaFixedAt: null,
    scmBranch: null,
    scmRepository: null,
    updatedAt: new Date('2026-03-02T13:00:00.000Z'),
    ...version,
  };
}
