// The client of Cline's newer line, opencode and Kilo.
import assert from 'node:assert/strict';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, Output, embedMany, generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { MODEL, answerSchema, assertGoneWithinASecond, toolWords } from './requests.mjs';

export function aiSdkCases(stage) {
  const provider = createOpenAICompatible({
    name: 'router', baseURL: stage.v1, apiKey: 'any', includeUsage: true, supportsStructuredOutputs: true,
  });
  const ask = (prompt) => ({ model: provider(MODEL), maxRetries: 0, prompt });
  const withTool = {
    ...ask(toolWords('notes.md')),
    tools: {
      read_file: tool({
        description: 'Reads a file.',
        inputSchema: z.object({ path: z.string() }),
        execute: async ({ path }) => `text of ${path}`,
      }),
    },
    stopWhen: stepCountIs(3),
  };

  return {
    async 'chat'() {
      const { text, finishReason, usage } = await generateText(ask('Hello'));
      assert.match(text, /^I am qwen3/);
      assert.equal(finishReason, 'stop');
      assert.ok(usage.inputTokens > 0 && usage.outputTokens > 0);
    },

    async 'chat: stream with usage'() {
      const result = streamText(ask('count word to 50'));
      let text = '';
      for await (const piece of result.textStream) text += piece;
      assert.ok(text.startsWith('word-1 word-2 ') && text.includes('word-50'));
      assert.equal(await result.finishReason, 'stop');
      assert.ok((await result.usage).inputTokens > 0);
    },

    async 'tools: round trip, whole'() {
      const { steps, text } = await generateText(withTool);
      assert.equal(steps[0].finishReason, 'tool-calls');
      assert.match(text, /got 3 messages/);
    },

    async 'tools: round trip, streamed'() {
      const result = streamText(withTool);
      await result.consumeStream();
      assert.equal((await result.steps)[0].toolResults[0].output, 'text of notes.md');
      assert.match(await result.text, /got 3 messages/);
    },

    async 'structured output: parsed by its schema'() {
      const output = Output.object({ schema: answerSchema });
      assert.equal((await generateText({ ...ask('Hello'), output })).output.messages, 1);
    },

    async 'embeddings'() {
      const model = provider.textEmbeddingModel('all-minilm-l6-v2');
      const { embeddings } = await embedMany({ model, values: ['a', 'b'] });
      assert.deepEqual(embeddings.map((vector) => vector.length), [384, 384]);
    },

    async 'abort in mid-stream ends the upstream call'() {
      await stage.fault('hang-mid-stream');
      const abort = new AbortController();
      const result = streamText({ ...ask('count word to 50'), abortSignal: abort.signal });
      for await (const piece of result.textStream) {
        if (piece) break;
      }
      abort.abort();
      await assertGoneWithinASecond(stage);
    },

    async 'errors: 404 is not to be tried again'() {
      const call = generateText({ ...ask('Hello'), model: provider('nothing'), maxRetries: 2 });
      await assert.rejects(call, (error) => {
        assert.ok(APICallError.isInstance(error) && !error.isRetryable, `${error}`);
        assert.equal(error.statusCode, 404);
        assert.equal(error.data.error.code, 'model_not_found');
        return true;
      });
    },

    async 'errors: a stream that breaks off has an error part'() {
      await stage.fault('drop-mid-stream');
      const parts = [];
      const result = streamText({ ...ask('count word to 50'), onError() {} });
      for await (const part of result.fullStream) parts.push(part.type);
      assert.ok(parts.includes('error'), parts.join());
    },
  };
}
