/** What a bench that is interrupted must not leave behind, the latest first. */
const running = [];

/** Answers a function that ends something once; it is also called when the bench is interrupted. */
export function endedWithBench(end) {
  let ended = null;
  const endOnce = () => {
    const at = running.indexOf(endOnce);
    if (at >= 0) running.splice(at, 1);
    return (ended ??= end());
  };
  running.unshift(endOnce);
  return endOnce;
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void endAll());
}

async function endAll() {
  while (running.length > 0) await running[0]().catch(() => undefined);
  process.exit(130);
}
