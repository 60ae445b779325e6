// What agents do, and what must be seen of it: their exit code, the file, the upstream's calls and the router's account.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertSteady } from './scene.mjs';
import { CODER, LARGE, models } from './setting.mjs';

const change = (from, to, file = 'notes.txt') => `Please implement this change. In ${file}, replace ${from} by ${to}.`;
export const TASK = change('alpha', 'beta');
/** With what the agent reads it fills the coder's window, and not the large model's. */
const bigTask = (agent) => change('alpha', 'beta', 'big.txt') + BACKGROUND.repeat(agent.backgroundRepeats);
const BACKGROUND = '\nThe depot has seven gates, and each gate counts the parcels that pass it.';
/** The step that edits. */
const SECOND_STEP = { turns: true, skip: 1, calls: 1 };
/** Longer than any wait of the router; some seconds in the short form. */
const LOAD_MS = process.argv.includes('--quick') ? 5_000 : 40_000;

export const SCENARIOS = [
  {
    name: 'plain task',
    async play(scene) {
      await doneIn(scene, 3);
      const steps = await scene.steps();
      assertSteady(steps);
      assert.ok(JSON.stringify(steps[0].body.messages).includes(scene.bankMark), 'the bank of this workspace is sent');
      const turns = await scene.turns();
      assert.deepEqual(kinds(turns), ['first', 'tool-loop', 'tool-loop']);
      assert.ok(turns.every((turn) => turn.outcome === 'answered' && turn.attempts.length === 1));
    },
  },
  {
    name: 'parallel title call',
    plays: (agent) => agent.asksForTitles,
    async play(scene) {
      await doneIn(scene, 3);
      assertSteady(await scene.steps());
      const records = await scene.records();
      const titles = records.filter((record) => record.turn === 'title');
      assert.equal(titles.length, 1);
      const turns = await scene.turns();
      assert.equal(turns[0].turn, 'first', 'the title does not count as the first turn');
      assertOneConversation(turns);
      assert.ok(!conversations(turns).has(titles[0].conversation), 'the title is no part of the conversation');
      assert.ok(!titles[0].served.rule.startsWith('sticky'));
    },
  },
  {
    name: 'second human turn',
    async play(scene) {
      await inSession(scene, async (session) => {
        scene.ended(await session.say(TASK));
        await scene.edited();
        scene.ended(await session.say(change('beta', 'gamma')));
      });
      await scene.edited('gamma');
      assertSteady(await scene.steps());
      const turns = await scene.turns();
      assert.deepEqual(kinds(turns), ['first', 'tool-loop', 'tool-loop', 'human', 'tool-loop', 'tool-loop']);
      assertOneConversation(turns);
    },
  },
  {
    name: 'plan, then act',
    plays: (agent) => agent.changesModes,
    async play(scene) {
      await inSession(scene, async (session) => {
        scene.ended(await session.say(TASK, 'plan'));
        await scene.edited('alpha');
        scene.ended(await session.say(change('alpha', 'beta'), 'act'));
      });
      await scene.edited();
      const turns = await scene.turns();
      assert.deepEqual([turns[0].mode, turns.at(-1).mode], ['plan', 'act']);
      assertOneConversation(turns);
    },
  },
  {
    name: 'upstream dies before the first token',
    async play(scene) {
      await scene.stage.fault('server-error', { model: CODER, ...SECOND_STEP });
      await doneIn(scene, 4);
      assertForced(await scene.turns());
    },
  },
  {
    name: 'upstream dies mid-stream',
    async play(scene) {
      await scene.stage.fault('drop-mid-stream', { model: CODER, ...SECOND_STEP });
      const run = await scene.run(TASK);
      const broken = (await scene.turns()).filter((turn) => turn.outcome.startsWith('failed'));
      assert.equal(broken.length, 1, 'the broken answer is on record');
      if (scene.agent.retriesBrokenAnswers) {
        scene.ended(run);
        await scene.edited();
      } else {
        scene.ended(run, 1);
        await scene.edited('alpha');
      }
      assertSteady(await scene.steps());
    },
  },
  {
    name: 'empty answer',
    inShortForm: false,
    async play(scene) {
      await scene.stage.fault('empty', { model: CODER, ...SECOND_STEP });
      await doneIn(scene, 4);
      assertSteady(await scene.steps());
      assert.equal((await scene.turns()).length, 3, 'the agent does not see it');
    },
  },
  {
    name: '503 at first, then well',
    inShortForm: false,
    async play(scene) {
      await scene.stage.fault('unavailable', { model: CODER, ...SECOND_STEP });
      await doneIn(scene, 4);
      assertForced(await scene.turns());
    },
  },
  {
    name: 'tool call as text',
    async play(scene) {
      await scene.stage.fault('printed-tool-call', { model: CODER, turns: true, calls: 2 });
      await doneIn(scene, 3);
      const turns = await scene.turns();
      assert.deepEqual(turns.slice(0, 2).flatMap((turn) => turn.corrections), [
        'repaired-tool-calls',
        'repaired-tool-calls',
      ]);
    },
  },
  {
    name: 'tool call cut off by the output limit',
    async play(scene) {
      await scene.stage.fault('cut-off', { model: CODER, ...SECOND_STEP });
      const run = await scene.run(TASK);
      const cut = (await scene.turns()).filter((turn) => turn.finish_reason === 'length');
      assert.equal(cut.length, 1, 'the agent is told');
      scene.ended(run);
      await scene.edited(scene.agent.goesOnAfterCutAnswers ? 'beta' : 'alpha');
      // Cline then shortens its history.
      assertSteady((await scene.steps()).slice(0, 2));
    },
  },
  {
    name: 'outgrows the model',
    async play(scene) {
      scene.ended(await scene.run(bigTask(scene.agent)));
      await scene.edited('beta', 'big.txt');
      const steps = await scene.steps();
      assert.deepEqual(steps.map((step) => step.body.model), [CODER, LARGE, LARGE]);
      assertSteady(steps, 1);
      const turns = await scene.turns();
      assert.equal(turns.length, 3, 'the agent does not see it');
      assert.ok(turns[1].candidates.some((candidate) => candidate.verdict === 'too-small'), 'the trace names the reason');
    },
  },
  {
    name: 'overflow for good',
    inShortForm: false,
    async play(scene) {
      await scene.stage.reconfigure('models.yaml', models(20_480));
      try {
        const run = await scene.run(bigTask(scene.agent));
        scene.ended(run, scene.agent.exitAfterOverflow);
        await scene.edited('beta', 'big.txt');
        const steps = await scene.steps();
        assert.ok(steps.every((step) => JSON.stringify(step.body).length < 100_000), 'what does not fit is not sent');
      } finally {
        await scene.stage.reconfigure('models.yaml', models());
      }
    },
  },
  {
    name: 'slow load',
    async play(scene) {
      await scene.stage.tell('unload', { load_ms: LOAD_MS });
      const start = performance.now();
      try {
        await doneIn(scene, 3);
      } finally {
        await scene.stage.tell('unload', { load_ms: 0 });
      }
      assert.ok(performance.now() - start > LOAD_MS);
      assert.equal((await scene.turns()).length, 3, 'the agent waits and asks once');
    },
  },
  {
    name: 'router restarted between two turns',
    async play(scene) {
      await inSession(scene, async (session) => {
        scene.ended(await session.say(TASK));
        await scene.stage.restart();
        scene.ended(await session.say(change('beta', 'gamma')));
      });
      await scene.edited('gamma');
      const steps = (await scene.steps()).filter(({ body }) => JSON.stringify(body).includes('alpha'));
      assert.equal(steps.length, 6);
      assertSteady(steps);
    },
  },
  {
    name: 'bank edited between two turns',
    async play(scene) {
      await inSession(scene, async (session) => {
        scene.ended(await session.say(TASK));
        await scene.editBank('The gates close at nine.');
        scene.ended(await session.say(`When do the gates close? ${change('beta', 'gamma')}`));
      });
      const steps = await scene.steps();
      assertSteady(steps);
      assert.ok(!JSON.stringify(steps[2].body).includes('close at nine'));
      assert.ok(JSON.stringify(steps.at(-1).body).includes('close at nine'), 'the edit is sent with the next turn');
    },
  },
  {
    name: 'agent killed mid-answer',
    async play(scene) {
      await scene.stage.fault('hang-mid-stream', { model: CODER, ...SECOND_STEP });
      const agent = await scene.start(TASK);
      await scene.until('the second step is being answered', async () => (await scene.steps())[1]?.open);
      await sleep(200);
      agent.kill();
      await agent.ended;
      const milliseconds = await scene.stage.quiet();
      assert.ok(milliseconds < 1_000, `the upstream's call is gone after ${milliseconds} ms`);
      assert.ok((await scene.steps())[1].closed_by_client);
      await scene.until('the account says so', async () => (await scene.turns()).at(-1).outcome === 'client-left');
    },
  },
  {
    name: 'two agents on one slot',
    async play(scene) {
      await scene.stage.fault('slow-tokens');
      const other = scene.twin();
      const runs = await Promise.all([scene.run(TASK), other.run(TASK)]);
      for (const [one, run] of [scene, other].map((it, i) => [it, runs[i]])) {
        one.ended(run);
        await one.edited();
      }
      const steps = (await scene.steps()).filter(({ body }) => body.model === CODER);
      assert.equal(steps.length, 6);
      steps.forEach((step, i) =>
        assert.ok(i === 0 || step.begun_ms >= steps[i - 1].ended_ms, 'one call at a time'),
      );
      for (const mark of [scene.bankMark, other.bankMark]) {
        assertSteady(steps.filter(({ body }) => JSON.stringify(body.messages).includes(mark)));
      }
    },
  },
];

async function doneIn(scene, calls) {
  scene.ended(await scene.run(TASK));
  await scene.edited();
  assert.equal((await scene.steps()).length, calls, 'calls of the upstream that offer tools');
}

async function inSession(scene, play) {
  const session = await scene.session();
  try {
    await play(session);
  } finally {
    await session.close();
  }
}

/** The agent saw nothing; one request took two tries, and its record says why. */
function assertForced(turns) {
  assert.equal(turns.length, 3, 'the agent does not see it');
  const tries = turns.map((turn) => turn.attempts.length);
  assert.deepEqual(tries, [1, 2, 1]);
  assert.notEqual(turns[1].attempts[0].result, 'answered');
  assert.equal(turns[1].served.rule, 'fallback');
}

/** Conversations that begin with the same words count as one until an answer tells them apart. */
function assertOneConversation(turns) {
  assert.equal(new Set(turns.slice(1).map((turn) => turn.conversation)).size, 1);
}

function kinds(records) {
  return records.map((record) => record.turn);
}

function conversations(records) {
  return new Set(records.map((record) => record.conversation));
}
