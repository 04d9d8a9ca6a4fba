/** What the speed of events is measured on. */
export const productCount = 200;
export const environmentNames = ['dev', 'test', 'staging', 'production'];
const cellCount = productCount * environmentNames.length;

/**
 * What one of several connections sends: for one product and environment after the other, of those that are its own,
 * a started and then a completed of the same new deployment. So no connection's start meets another's.
 */
export class EventStream {
  /** @param run sets the versions and runs apart from those of other streams on the same database */
  constructor(connection, connections, run = '') {
    this.run = run;
    this.connection = connection;
    this.connections = connections;
    this.sent = 0;
  }

  /** Events until every cell of this stream, and of the longest stream beside it, has had a deployment. */
  get round() {
    return 2 * Math.ceil(cellCount / this.connections);
  }

  /** What closes its last deployment, whether or not its last event has arrived: an event may be repeated. */
  ending() {
    if (this.last === undefined) return [];
    return this.sent % 2 === 0 ? [this.last] : [this.last, this.next()];
  }

  next() {
    const deployment = Math.floor(this.sent / 2);
    const status = this.sent++ % 2 === 0 ? 'started' : 'completed';
    const own = Math.ceil((cellCount - this.connection) / this.connections);
    const cell = this.connection + (deployment % own) * this.connections;
    this.last = JSON.stringify(eventOf(cell, `${this.run}${this.connection}.${deployment}`, status));
    return this.last;
  }
}

/** What one of several connections asks: whether a new version could go to one cell after the other, of all there are. */
export class QuestionStream {
  constructor(connection, connections) {
    this.asked = connection;
    this.step = connections;
  }

  next() {
    const cell = this.asked % cellCount;
    this.asked += this.step;
    const { product_name, environment_name } = placeOf(cell);
    return JSON.stringify({ product_name, version: `2.${this.asked}`, environment_name });
  }
}

function placeOf(cell) {
  return {
    product_name: `service-${Math.floor(cell / environmentNames.length)}`,
    environment_name: environmentNames[cell % environmentNames.length],
  };
}

/** As the CLI sends it from a CI job. */
function eventOf(cell, run, status) {
  return {
    ...placeOf(cell),
    version: `1.${run}`,
    status,
    source_system: 'github',
    build_number: run,
    scm_sha: '9fceb02d0ae598e95dc970b74767f19372d61af8',
    scm_repository: 'octo-org/my-service',
    deploy_url: `https://ci.example.com/octo-org/my-service/actions/runs/${run}`,
    invoke_id: run,
    deployed_by: 'octocat',
    extra_metadata: {
      vi_gh_workflow: 'deploy',
      vi_gh_job: 'deploy',
      vi_gh_run_number: run,
      vi_gh_run_id: run,
      vi_gh_run_attempt: '1',
      vi_gh_event_name: 'push',
      vi_gh_ref: 'refs/heads/main',
      vi_gh_actor: 'octocat',
    },
  };
}
