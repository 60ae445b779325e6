// How long a whole task takes through the router, measured against the same task straight at the upstream.
import { TASK } from './scenarios.mjs';

const ROUNDS = 5;

/** Ratio of the medians; the two ways take turns, so that a busy machine slows both. */
export async function timeRatio(scene) {
  await scene.begin();
  const times = { router: [], straight: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const way of Object.keys(times)) {
      await scene.restore();
      const run = await scene.run(TASK, { straight: way === 'straight' });
      scene.ended(run);
      await scene.edited();
      // The first fills caches of the agent and of the disk.
      if (round > 0) times[way].push(run.ms);
    }
  }
  return median(times.router) / median(times.straight);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
