package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.ClientKind;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.HumanWords;
import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.conversation.TurnKind;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.routing.IntentResult;
import dev.memoryrouter.routing.Signals;
import dev.memoryrouter.routing.Utterance;
import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.ModelState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All facts that a route depends on, besides the configuration: with the same facts it is found
/// again.
///
/// @param mode null when the agent does not say
/// @param bank name of the bank that serves the request; null for none
/// @param requestedModel the name that the client asked for
/// @param words the newest words of a person; empty when there are none
/// @param task the first words of the conversation; null when these are the newest
/// @param tokens of the request as received
/// @param images in the whole request
/// @param wordImages images that came with the newest words
/// @param tools number of tools offered
/// @param headers by lower-case name
/// @param helper a call beside the conversation
/// @param explicitModel key of a model asked for by name; null for none
/// @param before what served the conversation until now; null when it is not known
/// @param resident keys of the models that are loaded
/// @param idle keys of those among them that nobody uses or waits for
/// @param able keys of the models that can be called and can do what the request needs, its size
///   left aside
public record RouteQuestion(
    ClientKind client,
    TurnKind turn,
    @Nullable Mode mode,
    @Nullable String bank,
    String requestedModel,
    String words,
    @Nullable String task,
    int tokens,
    int images,
    int wordImages,
    int tools,
    Map<String, String> headers,
    boolean helper,
    @Nullable String explicitModel,
    @Nullable StickyRoute before,
    Set<String> resident,
    Set<String> idle,
    Set<String> able) {
  public RouteQuestion {
    Objects.requireNonNull(client, "no client");
    Objects.requireNonNull(turn, "no turn");
    Objects.requireNonNull(requestedModel, "no requestedModel");
    Objects.requireNonNull(words, "no words");
    headers = Map.copyOf(headers);
    resident = Set.copyOf(resident);
    idle = Set.copyOf(idle);
    able = Set.copyOf(able);
  }

  /// The models as they stand now.
  ///
  /// @param busy whether somebody uses a model or waits for it
  record Models(List<ModelState> states, Predicate<ModelState> busy) {
    private Set<String> keys(Predicate<ModelState> which) {
      return states.stream().filter(which).map(ModelState::key).collect(Collectors.toSet());
    }
  }

  /// The question that a request asks.
  ///
  /// @param tokens of the request as received
  static RouteQuestion of(
      Conversation conversation,
      Map<String, String> headers,
      @Nullable Bank bank,
      int tokens,
      @Nullable String explicitModel,
      @Nullable StickyRoute before,
      Models models) {
    HumanWords human = conversation.human();
    int images = conversation.request().images();
    int tools = conversation.request().tools().size();
    return new RouteQuestion(
        conversation.client(),
        conversation.turn(),
        conversation.mode(),
        bank == null ? null : bank.name(),
        conversation.request().model(),
        human == null ? "" : human.text(),
        conversation.task(),
        tokens,
        images,
        human == null ? 0 : conversation.request().messages().get(human.message()).images(),
        tools,
        headers,
        conversation.helper(),
        explicitModel,
        before,
        models.keys(ModelState::resident),
        models.keys(state -> state.resident() && !models.busy().test(state)),
        models.keys(state -> isAble(state, images, tools)));
  }

  private static boolean isAble(ModelState state, int images, int tools) {
    return state.available()
        && (images == 0 || state.capabilities().contains(Capability.VISION))
        && (tools == 0 || state.capabilities().contains(Capability.TOOLS));
  }

  /// The same question about other texts.
  RouteQuestion with(String newWords, @Nullable String newTask, Map<String, String> newHeaders) {
    return with(newWords, newTask, newHeaders, explicitModel);
  }

  /// The same question for a model asked for by name.
  ///
  /// @param model its key; null when the rules decide
  RouteQuestion asking(@Nullable String model) {
    return with(words, task, headers, model);
  }

  private RouteQuestion with(
      String newWords,
      @Nullable String newTask,
      Map<String, String> newHeaders,
      @Nullable String newModel) {
    return new RouteQuestion(
        client,
        turn,
        mode,
        bank,
        requestedModel,
        newWords,
        newTask,
        tokens,
        images,
        wordImages,
        tools,
        newHeaders,
        helper,
        newModel,
        before,
        resident,
        idle,
        able);
  }

  /// A text as said in this turn.
  Utterance said(String text) {
    return new Utterance(text, mode, wordImages);
  }

  /// What rules may look at.
  Signals signals(IntentResult intent) {
    return new Signals(
        client, turn, mode, bank, requestedModel, words, intent, tokens, images, tools, headers);
  }
}
