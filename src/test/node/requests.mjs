// What all clients ask, and what the stand-in upstream understands.
import assert from 'node:assert/strict';
import { z } from 'zod';

export const MODEL = 'qwen3';

export const READ_FILE = {
  type: 'function',
  function: {
    name: 'read_file',
    description: 'Reads a file.',
    parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
  },
};

/** The stand-in answers in this form when JSON is asked for. */
export const answerSchema = z.object({ model: z.string(), messages: z.number() });

export const asked = (content) => [{ role: 'user', content }];

/** Words upon which the stand-in calls the tool. */
export const toolWords = (path) => `call tool read_file {"path":"${path}"}`;

export async function assertGoneWithinASecond(stage) {
  const milliseconds = await stage.quiet();
  assert.ok(milliseconds < 1000, `the upstream call ended after ${Math.round(milliseconds)} ms`);
}
