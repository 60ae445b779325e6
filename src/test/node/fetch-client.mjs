// A plain reader that adds deltas up as Python's clients do, LiteLLM's users among them: strings under one key are
// joined, tool calls are list entries at their index, and each line is an event of its own.
import assert from 'node:assert/strict';
import { MODEL, READ_FILE, asked, toolWords } from './requests.mjs';

export function fetchCases(stage) {
  const stream = (body, path = '/v1/chat/completions') =>
    fetch(stage.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer any' },
      body: JSON.stringify({ model: MODEL, stream: true, ...body }),
    });

  return {
    async 'chat: deltas add up to one message'() {
      const answer = await read(await stream({ messages: asked('count word to 50') }));
      assert.equal(answer.message.role, 'assistant');
      assert.ok(answer.message.content.endsWith('word-50 '));
      assert.deepEqual(answer.finishes, ['stop']);
      assert.equal(answer.usage, undefined);
    },

    async 'chat: usage comes last and only when asked for'() {
      const response = await stream({ messages: asked('Hello'), stream_options: { include_usage: true } });
      assert.ok((await read(response)).usage.total_tokens > 0);
    },

    async 'tools: deltas add up to one call'() {
      const response = await stream({ messages: asked(toolWords('a.md')), tools: [READ_FILE] });
      const answer = await read(response);
      const [call, ...others] = answer.message.tool_calls;
      assert.equal(others.length, 0);
      assert.equal(call.type, 'function');
      assert.equal(call.function.name, 'read_file');
      assert.deepEqual(JSON.parse(call.function.arguments), { path: 'a.md' });
      assert.deepEqual(answer.finishes, ['tool_calls']);
    },

    async 'slow model: comments until the first payload'() {
      await stage.fault('slow-first-byte');
      const answer = await read(await stream({ messages: asked('Hello') }));
      assert.ok(answer.comments.length > 1 && answer.comments.every((line) => line === ': keep-alive'));
      assert.match(answer.message.content, /^I am qwen3/);
    },

    async 'errors: a stream that breaks off says so and is not done'() {
      await stage.fault('drop-mid-stream');
      const answer = await read(await stream({ messages: asked('count word to 50') }));
      assert.equal(typeof answer.error.code, 'number');
      assert.ok(answer.error.message);
      assert.ok(!answer.done);
    },

    async 'errors: all four keys and the right status'() {
      const response = await stream({ model: 'nothing', messages: asked('x') });
      const { error } = await response.json();
      assert.equal(response.status, 404);
      assert.deepEqual(Object.keys(error).sort(), ['code', 'message', 'param', 'type']);
    },

    async 'paths: a base URL with a slash, and without /v1'() {
      for (const path of ['//v1/chat/completions', '/chat/completions', '/v1/chat/completions/']) {
        assert.ok((await read(await stream({ messages: asked('Hello') }, path))).done, path);
      }
    },

    async 'LiteLLM: the window under /v1/model/info'() {
      const { data } = await (await fetch(`${stage.v1}/model/info`)).json();
      const alias = data.find((model) => model.model_name === 'cline-memory-router');
      assert.ok(alias.model_info.max_input_tokens > 0);
    },
  };
}

async function read(response) {
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  const answer = { comments: [], finishes: [], message: {}, done: false };
  for (const line of (await response.text()).split('\n')) {
    if (line.startsWith(':')) {
      answer.comments.push(line);
    } else if (line !== '') {
      assert.ok(line.startsWith('data: ') && !answer.done, line);
      event(answer, line.slice('data: '.length));
    }
  }
  assert.ok(answer.done !== Boolean(answer.error), 'either done or an error');
  return answer;
}

function event(answer, data) {
  if (data === '[DONE]') {
    answer.done = true;
    return;
  }
  const chunk = JSON.parse(data);
  if ('error' in chunk) {
    answer.error = chunk.error;
    return;
  }
  assert.equal(chunk.object, 'chat.completion.chunk');
  if (chunk.usage) answer.usage = chunk.usage;
  for (const choice of chunk.choices) {
    accumulate(answer.message, choice.delta);
    if (choice.finish_reason !== null) answer.finishes.push(choice.finish_reason);
  }
}

/** openai-python's `accumulate_delta`. */
function accumulate(sum, delta) {
  for (const [key, value] of Object.entries(delta)) {
    if (!(key in sum) || key === 'index' || key === 'type') {
      sum[key] = Array.isArray(value) ? [] : value;
      if (Array.isArray(value)) accumulateEntries(sum[key], value);
    } else if (typeof value === 'string' || typeof value === 'number') {
      sum[key] += value;
    } else if (Array.isArray(value)) {
      accumulateEntries(sum[key], value);
    } else {
      accumulate(sum[key], value);
    }
  }
}

function accumulateEntries(sums, entries) {
  for (const entry of entries) {
    assert.ok(Number.isInteger(entry.index), 'an entry without index');
    if (entry.index < sums.length) {
      accumulate(sums[entry.index], entry);
    } else {
      assert.equal(entry.index, sums.length);
      sums.push(structuredClone(entry));
    }
  }
}
