import { Agent, request } from 'node:http';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStream } from './event-stream.mjs';
import { apiKey } from './services.mjs';

/** How finely sending is spread (milliseconds). */
const tickMs = 5;

/**
 * Sends events at a constant rate, whether or not the service keeps up. Latency counts from the moment at which an event
 * was due, so that one which had to wait behind others shows it. However long it runs it holds no more memory: latencies
 * go into a histogram, which `take` hands over.
 */
export class PacedLoad {
  /** @param rate events a second @param connections events under way at most */
  constructor({ url, rate, connections = 64, streams = connectedStreams(connections) }) {
    this.url = new URL('/deployment-events/', url);
    this.rate = rate;
    this.free = streams;
    this.agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
    this.underWay = 0;
    this.reset();
  }

  /** Sends for so long, or until something is over, and waits for the last answers. */
  async run(seconds, isOver = () => false) {
    const began = performance.now();
    let due = 0;
    const total = seconds === Infinity ? Infinity : Math.round(this.rate * seconds);
    while (due < total && !isOver()) {
      const now = performance.now();
      const reached = Math.min(total, Math.floor(((now - began) / 1000) * this.rate));
      // Without a free stream the next ones are late, which their latency will say.
      while (due < reached && this.free.length > 0) this.send(began + (due++ / this.rate) * 1000);
      await sleep(tickMs);
    }
    while (this.underWay > 0) await sleep(tickMs);
  }

  /** What has been measured since the last time. */
  take() {
    const { histogram, errors, answered, longestGapMs, faults } = this;
    this.reset();
    const ms = (share) => (answered === 0 ? null : histogram.percentile(share * 100) / 1000);
    const max_ms = answered === 0 ? null : histogram.max / 1000;
    return { answered, errors, faults, p50_ms: ms(0.5), p99_ms: ms(0.99), max_ms, longest_gap_ms: longestGapMs };
  }

  close() {
    this.agent.destroy();
  }

  reset() {
    this.histogram = createHistogram();
    this.errors = 0;
    this.answered = 0;
    this.longestGapMs = 0;
    this.lastAnswerAt = performance.now();
    /** How often each fault was met: a status or the code of an error. */
    this.faults = {};
  }

  send(dueAt) {
    const stream = this.free.shift();
    const body = stream.next();
    this.underWay++;
    const headers = {
      Authorization: `Bearer ${apiKey}`,
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    };
    const sent = request(this.url, { method: 'POST', agent: this.agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => this.note(stream, dueAt, answer.statusCode < 300 ? null : answer.statusCode));
    });
    sent.once('error', (error) => this.note(stream, dueAt, error.code ?? error.message));
    sent.end(body);
  }

  note(stream, dueAt, fault) {
    const now = performance.now();
    this.underWay--;
    this.free.push(stream);
    this.histogram.record(Math.max(1, Math.round((now - dueAt) * 1000)));
    this.answered++;
    if (fault !== null) {
      this.errors++;
      this.faults[fault] = (this.faults[fault] ?? 0) + 1;
      return;
    }
    this.longestGapMs = Math.max(this.longestGapMs, now - this.lastAnswerAt);
    this.lastAnswerAt = now;
  }
}

/** One for each connection: no two send about the same product and environment. `run` sets them apart from those of other runs. */
export function connectedStreams(connections, run = '') {
  return Array.from({ length: connections }, (_, i) => new EventStream(i, connections, run));
}
