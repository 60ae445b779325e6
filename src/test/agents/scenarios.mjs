// What agents do, and what must be seen of it: their exit code, the file, the upstream's calls and the router's account.
import assert from 'node:assert/strict';
import { assertSteady } from './scene.mjs';

const TASK = 'Please implement this change. In notes.txt, replace alpha by beta.';

export const SCENARIOS = [
  {
    name: 'plain task',
    async play(scene) {
      scene.ended(await scene.run(TASK));
      await scene.edited();
      const steps = await scene.steps();
      assert.equal(steps.length, 3, 'read, edit, end');
      assertSteady(steps);
      assert.ok(JSON.stringify(steps[0].body.messages).includes(scene.bankMark), 'the bank of this workspace is sent');
      const turns = await scene.turns();
      assert.deepEqual(turns.map((turn) => turn.turn), ['first', 'tool-loop', 'tool-loop']);
      assert.deepEqual(turns.map((turn) => turn.outcome), ['answered', 'answered', 'answered']);
    },
  },
];
