package dev.memoryrouter.routing;

import dev.memoryrouter.conversation.ClientKind;
import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.conversation.TurnKind;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The facts about a request that rules can ask for.
///
/// @param mode null when the agent does not say
/// @param bank name of the bank that serves the request; null for none
/// @param requestedModel the name that the client asked for
/// @param humanText the words of the turn; empty when there are none
/// @param tokens of the request as received
/// @param images in the whole request
/// @param tools number of tools offered
/// @param headers by lower-case name
public record Signals(
    ClientKind client,
    TurnKind turn,
    @Nullable Mode mode,
    @Nullable String bank,
    String requestedModel,
    String humanText,
    IntentResult intent,
    int tokens,
    int images,
    int tools,
    Map<String, String> headers) {
  public Signals {
    Map<String, String> byName = new TreeMap<>();
    headers.forEach((name, value) -> byName.put(name.toLowerCase(Locale.ROOT), value));
    headers = Collections.unmodifiableMap(byName);
  }
}
