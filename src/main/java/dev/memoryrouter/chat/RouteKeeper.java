package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.AnswerMark;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.ConversationMemory;
import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.ChatStream;
import dev.memoryrouter.upstream.ModelState;

/// Remembers which model serves which conversation. Thread-safe.
final class RouteKeeper {
  private final ConversationMemory<StickyRoute> routes;

  RouteKeeper(ConversationMemory<StickyRoute> routes) {
    this.routes = routes;
  }

  /// A model began to answer.
  void begun(Plan plan, ModelState model) {
    if (!plan.conversation().helper()) {
      routes.remember(plan.conversation(), route(plan, model));
    }
  }

  /// The same answer, by which its conversation is told from others that begin alike.
  ChatStream watch(ChatStream answer, Plan plan, ModelState model) {
    return ConversationMemory.isAnswered(plan.conversation())
        ? answer
        : new FirstAnswer(answer, plan.conversation(), route(plan, model));
  }

  private static StickyRoute route(Plan plan, ModelState model) {
    StickyRoute kept = plan.route().kept();
    Mode mode = plan.conversation().mode();
    return new StickyRoute(
        model.key(),
        kept == null ? plan.route().intent().label() : kept.intent(),
        mode == null && kept != null ? kept.mode() : mode);
  }

  /// Keeps the route under the answer, once it is complete or its reader has enough.
  private final class FirstAnswer implements ChatStream {
    private final ChatStream stream;
    private final Conversation conversation;
    private final StickyRoute route;
    private final AnswerMark mark = new AnswerMark();

    FirstAnswer(ChatStream stream, Conversation conversation, StickyRoute route) {
      this.stream = stream;
      this.conversation = conversation;
      this.route = route;
    }

    @Override
    public ChatEvent next() throws InterruptedException {
      ChatEvent event = stream.next();
      switch (event) {
        case ChatEvent.Text(String text) -> mark.addText(text);
        case ChatEvent.ToolCallStart(_, String id, String name) -> mark.addCall(id, name);
        case ChatEvent.ToolCallArguments(_, String fragment) -> mark.addArguments(fragment);
        case ChatEvent.Finish _ -> keep();
        case ChatEvent.Reasoning _, ChatEvent.Usage _, ChatEvent.Failure _ -> {}
      }
      return event;
    }

    @Override
    public void close() {
      keep();
      stream.close();
    }

    private void keep() {
      routes.rememberAnswer(conversation, mark, route);
    }
  }
}
