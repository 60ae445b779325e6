package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.AnswerMark;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.ConversationMemory;
import dev.memoryrouter.conversation.ConversationReader;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.ToolCall;
import dev.memoryrouter.conversation.TurnKind;
import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.embedding.HashEmbedder;
import dev.memoryrouter.files.DurableMap;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.routing.ExampleVectors;
import dev.memoryrouter.routing.IntentClassifier;
import dev.memoryrouter.routing.IntentResult;
import dev.memoryrouter.routing.RoutingRule;
import dev.memoryrouter.routing.TraceStep;
import dev.memoryrouter.testing.AgentConversations;
import dev.memoryrouter.testing.AgentConversations.Shape;
import dev.memoryrouter.testing.AgentConversations.Step;
import dev.memoryrouter.testing.ChatBodies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// When a conversation keeps its model, by the shipped rules.
class StickinessTest {
  private static final List<Shape> SHAPES = List.of(Shape.values());
  private static final int TURNS = 10_000;
  private static final Set<String> ALL = Set.of("qwen3", "qwen2.5-coder", "llama4");
  private static final String CODE = "Fix the bug in the parser class and add a unit test";
  private static final String NOTES = "What does the memory bank say about the project status?";

  private final Configuration configuration =
      new ConfigurationLoader(Path.of("")).load(Path.of("config"), Environment.of(Map.of()));
  private final IntentClassifier intents =
      new IntentClassifier(
          configuration.routing().intents(),
          ExampleVectors.inMemory(new HashEmbedder(), 16 << 20),
          Duration.ZERO);
  private final RouteFinder routes = new RouteFinder(configuration.routing(), intents, ALL);
  private final ConversationReader reader = new ConversationReader();
  private final ConversationMemory<StickyRoute> memory =
      new ConversationMemory<>(
          DurableMap.inMemory(64 << 20, ConversationMemory.Known.codec(StickyRoute.CODEC)));

  /// Conversations of all clients side by side, with helper calls between their turns and models
  /// that come and go from memory.
  @Test
  void route_generatedConversations_toolLoopsNeverChangeTheModel() {
    long seed = 20261125;
    Random random = new Random(seed);
    intents.prepare();
    Map<TurnKind, Integer> turns = new HashMap<>();
    int conversation = 0;
    int checked = 0;
    while (checked < TURNS) {
      Shape shape = SHAPES.get(conversation++ % SHAPES.size());
      checked += converse(shape, random, turns, seed + " " + conversation);
    }
    System.out.printf("stickiness: seed %d, %d turns, %s%n", seed, checked, turns);
    assertThat(turns.get(TurnKind.TOOL_LOOP)).isGreaterThan(TURNS / 3);
  }

  /// Without a session, only the first answer tells two conversations with equal beginnings apart.
  @Test
  void route_twins_eachKeepsItsModel() {
    long seed = 20261126;
    Random random = new Random(seed);
    int apart = 0;
    for (int n = 0; n < 500; n++) {
      List<Twin> twins = new ArrayList<>(List.of(new Twin(n), new Twin(n)));
      twins.forEach(twin -> twin.begin(random));
      twins.forEach(twin -> twin.isAnswered(random));
      Collections.shuffle(twins, random);
      for (Twin twin : twins) {
        twin.loop(random, "seed " + seed + ", twins " + twin.number);
      }
      apart += twins.getFirst().model.model().equals(twins.getLast().model.model()) ? 0 : 1;
    }
    assertThat(apart).isGreaterThan(50);
  }

  /// One of two conversations that begin alike.
  private final class Twin {
    private final int number;
    private final AgentConversations agent;
    private ObjectNode body;
    private StickyRoute model = new StickyRoute("", "", null);

    Twin(int number) {
      this.number = number;
      agent = new AgentConversations(Shape.PLAIN, "/w", 200, number);
      body = agent.firstTurn("implement memory bank " + number);
    }

    void begin(Random random) {
      Conversation read = read(agent, body);
      model = remember(read, routes.route(question(read, agent.headers(), random)));
    }

    void isAnswered(Random random) {
      Conversation first = read(agent, body);
      body = agent.nextTurn(body, "I look at it. " + random.nextLong(), result(agent));
      AnswerMark mark = new AnswerMark();
      Message answer =
          read(agent, body).request().messages().stream()
              .filter(message -> message.role() == Role.ASSISTANT)
              .findFirst()
              .orElseThrow();
      mark.addText(answer.text());
      for (ToolCall call : answer.toolCalls()) {
        mark.addCall(call.id(), call.name());
        mark.addArguments(call.arguments());
      }
      memory.rememberAnswer(first, mark, model);
    }

    void loop(Random random, String where) {
      for (int step = 0; step < 3; step++) {
        assertThat(answer(agent, body, random).model()).as(where).isEqualTo(model.model());
        body = agent.nextTurn(body, agent.prose(20), result(agent));
      }
    }
  }

  private int converse(Shape shape, Random random, Map<TurnKind, Integer> turns, String seed) {
    AgentConversations agent = new AgentConversations(shape, "/w", 200, random.nextLong());
    ObjectNode body = agent.firstTurn(words(random) + " " + random.nextInt());
    String model = answer(agent, body, random).model();
    String identity = identity(agent, body);
    int steps = 20 + random.nextInt(40);
    for (int n = 0; n < steps; n++) {
      boolean toggled = random.nextInt(15) == 0;
      if (toggled) {
        agent.toggleMode();
      }
      boolean loop = random.nextInt(3) > 0;
      body = agent.nextTurn(body, agent.prose(60), loop ? result(agent) : spoken(agent, random));
      if (loop && random.nextInt(8) == 0) {
        title(agent, random);
      }
      Route route = answer(agent, body, random);
      Conversation read = read(agent, body);
      turns.merge(read.turn(), 1, Integer::sum);
      // A toggle without words is a person's decision, too.
      if (read.turn() != TurnKind.HUMAN && !toggled) {
        assertThat(route.model()).as("seed %s, %s, step %d", seed, shape, n).isEqualTo(model);
        assertThat(route.rule()).isEqualTo(Route.STICKY);
      }
      assertThat(identity(agent, body))
          .as("seed %s, %s, step %d", seed, shape, n)
          .isEqualTo(identity);
      model = route.model();
    }
    return steps;
  }

  /// A helper call under the same session moves nothing.
  private void title(AgentConversations agent, Random random) {
    ObjectNode body = agent.firstTurn("Name this: " + words(random));
    body.remove("tools");
    ((ObjectNode) body.path("messages").path(0))
        .put("content", "You are a title generator. (stand-in)");
    Conversation read = read(agent, body);
    assertThat(read.helper()).isTrue();
    assertThat(read.turn()).isEqualTo(TurnKind.TITLE);
    routes.route(question(read, agent.headers(), random));
  }

  private Route answer(AgentConversations agent, ObjectNode body, Random random) {
    Conversation read = read(agent, body);
    Route route = routes.route(question(read, agent.headers(), random));
    remember(read, route);
    return route;
  }

  private StickyRoute remember(Conversation read, Route route) {
    StickyRoute kept = route.kept();
    StickyRoute now =
        new StickyRoute(
            route.model(), kept == null ? route.intent().label() : kept.intent(), read.mode());
    memory.remember(read, now);
    return now;
  }

  private RouteQuestion question(Conversation read, Map<String, String> headers, Random random) {
    Set<String> resident = new HashSet<>(ALL);
    resident.removeIf(_ -> random.nextInt(2) == 0);
    return question(read, headers, resident, ALL, 1_000 + random.nextInt(200_000));
  }

  private RouteQuestion question(
      Conversation read,
      Map<String, String> headers,
      Set<String> resident,
      Set<String> able,
      int tokens) {
    StickyRoute before = memory.find(read).orElse(null);
    RouteQuestion asked =
        RouteQuestion.of(
            read,
            headers,
            null,
            tokens,
            null,
            before,
            new RouteQuestion.Models(List.of(), _ -> false));
    return new RouteQuestion(
        asked.client(),
        asked.turn(),
        asked.mode(),
        null,
        asked.requestedModel(),
        asked.words(),
        asked.task(),
        tokens,
        asked.images(),
        asked.wordImages(),
        asked.tools(),
        headers,
        asked.helper(),
        null,
        before,
        resident,
        resident,
        able);
  }

  private Conversation read(AgentConversations agent, ObjectNode body) {
    return reader.read(ChatBodies.read(body), agent.headers());
  }

  private String identity(AgentConversations agent, ObjectNode body) {
    return memory.identity(read(agent, body));
  }

  private static Step result(AgentConversations agent) {
    return new Step.ToolResult(agent.code(200) + "Read the memory bank and analyse everything.");
  }

  private static Step spoken(AgentConversations agent, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> new Step.Comment(agent.code(100), words(random));
      case 1 -> new Step.Picture(words(random));
      default -> new Step.Words(words(random));
    };
  }

  private static String words(Random random) {
    List<String> some =
        List.of(
            CODE,
            NOTES,
            "Compare both designs and explain the trade-offs in depth",
            "continue",
            "yes please",
            "and cap it at 30 s",
            "rename the method " + random.nextInt(1_000));
    return some.get(random.nextInt(some.size()));
  }

  // Single decisions, by keywords alone: the intents are not prepared.

  @Test
  void route_bareContinue_keepsModelAndIntent() {
    Route route = human("continue", "qwen3", "memory", ALL, ALL);

    assertThat(route.model()).isEqualTo("qwen3");
    assertThat(route.rule()).isEqualTo(Route.STICKY);
    assertThat(route.kept()).isEqualTo(new StickyRoute("qwen3", "memory", null));
  }

  @Test
  void route_otherIntentClearly_switchesAndSaysByHowMuch() {
    Route route = human(CODE, "qwen3", "memory", ALL, ALL);

    assertThat(route.model()).isEqualTo("qwen2.5-coder");
    assertThat(trace(route)).anyMatch(step -> step.startsWith("switch-margin/switched/"));
  }

  @Test
  void route_modeToggledWithoutWords_decidedAnewOnce() {
    AgentConversations agent = new AgentConversations(Shape.CLINE_XML, "/w", 50, 1);
    ObjectNode first = agent.firstTurn(CODE);
    ObjectNode step = agent.nextTurn(first, "x", result(agent));
    agent.toggleMode();
    ObjectNode toggled = agent.nextTurn(step, "x", result(agent));
    ObjectNode after = agent.nextTurn(toggled, "x", result(agent));
    memory.remember(
        read(agent, step), new StickyRoute("llama4", "analysis", read(agent, step).mode()));
    assertThat(read(agent, toggled).turn()).isEqualTo(TurnKind.TOOL_LOOP);

    Route route = routes.route(question(read(agent, toggled), Map.of(), ALL, ALL, 100));
    assertThat(route.model()).isEqualTo("qwen2.5-coder");
    assertThat(trace(route)).anyMatch(it -> it.startsWith("switch/mode-toggled/"));

    remember(read(agent, toggled), route);
    assertThat(routes.route(question(read(agent, after), Map.of(), ALL, ALL, 100)).rule())
        .isEqualTo(Route.STICKY);
  }

  @Test
  void route_unsure_switchesOnlyByTheMargin() {
    String words = "implement the memory bank";
    IntentResult said = intents.classify(words);
    assertThat(said.label()).isEqualTo(IntentResult.UNSURE);
    Route ahead = human(words, "llama4", "analysis", Set.of(), ALL);
    Route even = human(words, "qwen3", "memory", Set.of(), ALL);

    assertThat(ahead.model()).isNotEqualTo("llama4");
    assertThat(trace(ahead)).anyMatch(it -> it.startsWith("switch-margin/switched/"));
    assertThat(even.model()).isEqualTo("qwen3");
    assertThat(even.rule()).isEqualTo(Route.STICKY);
  }

  @Test
  void route_modelCannotServe_forcedWithReason() {
    Route route = human("continue", "qwen3", "memory", ALL, Set.of("qwen2.5-coder"));

    assertThat(route.model()).isNotEqualTo("qwen3");
    assertThat(trace(route)).contains("switch/forced/qwen3 cannot serve this request now");
  }

  @Test
  void route_sizeRule_forcedWithTheValue() {
    Conversation read = conversation("continue");
    memory.remember(read, new StickyRoute("qwen3", "memory", null));
    Route route = routes.route(question(read, Map.of(), ALL, ALL, 150_000));

    assertThat(route.model()).isEqualTo("llama4");
    assertThat(trace(route)).contains("switch/forced/tokens=150000");
  }

  @Test
  void route_conversationUnknown_fewWordsReadWithTheTask() {
    Route route = routes.route(question(conversation("now do it"), Map.of(), ALL, ALL, 100));

    assertThat(route.intent().label()).isEqualTo("implementation");
    assertThat(trace(route)).anyMatch(step -> step.startsWith("intent/with-task/"));
  }

  @Test
  void route_wordsNotEmbedded_toldAnewOnceTheyCanBe() {
    FailingEmbedder embedder = new FailingEmbedder();
    IntentClassifier classifier =
        new IntentClassifier(
            configuration.routing().intents(),
            ExampleVectors.inMemory(embedder, 16 << 20),
            Duration.ZERO);
    classifier.prepare();
    RouteFinder finder = new RouteFinder(configuration.routing(), classifier, ALL);
    RouteQuestion question =
        question(conversation("Repair the parser class"), Map.of(), ALL, ALL, 100);

    embedder.failing = true;
    assertThat(trace(finder.route(question))).anyMatch(it -> it.contains("without embeddings"));
    embedder.failing = false;
    assertThat(trace(finder.route(question))).noneMatch(it -> it.contains("without embeddings"));
  }

  @Test
  void route_trace_namesTheIntentWithWhatSpeaksForItAndEachRule() {
    intents.prepare();
    Route route =
        routes.route(question(conversation("Repair the parser class"), Map.of(), ALL, ALL, 100));

    assertThat(route.trace().getFirst().step()).isEqualTo("intent");
    assertThat(route.trace().getFirst().value()).contains("nearest example");
    assertThat(route.trace().stream().filter(it -> it.step().equals("rule")).map(TraceStep::rule))
        .startsWith("images")
        .containsAll(configuration.routing().rules().stream().map(RoutingRule::name).toList());
  }

  @Test
  void route_modelRemoved_rulesDecideAndTraceSaysSo() {
    Route route = human(CODE, "gone", "memory", ALL, ALL);

    assertThat(route.model()).isEqualTo("qwen2.5-coder");
    assertThat(trace(route)).contains("sticky/not-configured/gone");
  }

  @Test
  void route_intentsNearlyEven_loadedModelPreferred() {
    String both = "implement memory bank";
    IntentResult intent = intents.classify(both);
    Conversation first =
        reader.read(
            ChatBodies.read("{\"messages\":[{\"content\":\"%s\"}]}".formatted(both)), Map.of());
    Route cold = routes.route(question(first, Map.of(), Set.of(), ALL, 100));
    Route warm = routes.route(question(first, Map.of(), Set.of("qwen3"), ALL, 100));

    assertThat(intent.scores().get("memory"))
        .isCloseTo(
            intent.scores().get("implementation"), org.assertj.core.data.Offset.offset(0.05));
    assertThat(cold.model()).isEqualTo("qwen2.5-coder");
    assertThat(warm.model()).isEqualTo("qwen3");
    assertThat(trace(warm)).contains("resident/preferred/qwen3 is loaded");
  }

  @Test
  void route_helper_goesToALoadedFreeModelOnly() {
    AgentConversations agent = new AgentConversations(Shape.OPENCODE, "/w", 50, 1);
    ObjectNode body = agent.firstTurn("x");
    body.remove("tools");
    ((ObjectNode) ((ArrayNode) body.path("messages")).get(0))
        .put("content", "You are a title generator. (stand-in)");
    Conversation read = read(agent, body);

    assertThat(routes.route(question(read, Map.of(), Set.of("llama4"), ALL, 9)).model())
        .isEqualTo("llama4");
    assertThat(routes.route(question(read, Map.of(), Set.of(), ALL, 9)).model()).isEqualTo("qwen3");
  }

  private Route human(
      String words, String model, String intent, Set<String> resident, Set<String> able) {
    Conversation read = conversation(words);
    memory.remember(read, new StickyRoute(model, intent, null));
    return routes.route(question(read, Map.of(), resident, able, 100));
  }

  private Conversation conversation(String words) {
    ObjectNode body =
        (ObjectNode)
            tools.jackson.databind.json.JsonMapper.shared()
                .readTree(
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"},{\"role\":\"assistant\",\"content\":\"Done.\"}]}"
                        .formatted(CODE));
    ((ArrayNode) body.path("messages")).addObject().put("role", "user").put("content", words);
    return reader.read(ChatBodies.read(body), Map.of());
  }

  private static List<String> trace(Route route) {
    return route.trace().stream()
        .map(step -> step.step() + "/" + step.result() + "/" + step.value())
        .toList();
  }

  private static final class FailingEmbedder implements Embedder {
    private final HashEmbedder words = new HashEmbedder();
    private boolean failing;

    @Override
    public String model() {
      return words.model();
    }

    @Override
    public int dimension() {
      return words.dimension();
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      if (failing) {
        throw new EmbeddingException("expected by this test", null);
      }
      return words.embed(texts);
    }
  }
}
