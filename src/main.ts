import 'reflect-metadata';
import cluster from 'node:cluster';
import { fail } from './workers/fail.js';

// Each process loads what it needs: the primary of several workers serves nothing itself.
const { serve } = cluster.isWorker ? await import('./workers/worker.js') : await import('./workers/service.js');
await serve().catch(fail);
