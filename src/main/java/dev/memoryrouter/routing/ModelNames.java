package dev.memoryrouter.routing;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The model names that are published: aliases, `<alias>/<bank>`, keys of models and their upstream
/// names. Where two things have one name, the earlier in this order has it. Immutable.
public final class ModelNames {
  private static final Pattern ENCODED = Pattern.compile("%(2[Ff]|3[Aa])");

  private final Map<String, Requested> meanings = new LinkedHashMap<>();

  /// @param upstreamNames by key of a model: the names under which upstreams have it
  public ModelNames(
      Collection<String> aliases,
      Collection<String> banks,
      Map<String, List<String>> upstreamNames) {
    for (String alias : aliases) {
      meanings.putIfAbsent(alias, new Requested.Alias(alias, null));
    }
    for (String alias : aliases) {
      for (String bank : banks) {
        meanings.putIfAbsent(alias + "/" + bank, new Requested.Alias(alias, bank));
      }
    }
    upstreamNames.keySet().forEach(key -> meanings.putIfAbsent(key, new Requested.Explicit(key)));
    upstreamNames.forEach((key, names) ->
        names.forEach(name -> meanings.putIfAbsent(name, new Requested.Explicit(key))));
  }

  /// What a name stands for; `/` and `:` may be percent-encoded.
  public Requested resolve(String name) {
    String asked = name.strip();
    Requested meaning = meanings.get(asked);
    if (meaning == null) {
      meaning = meanings.get(decoded(asked));
    }
    return meaning == null ? new Requested.Unknown(published()) : meaning;
  }

  /// All names, aliases first.
  public List<String> published() {
    return List.copyOf(meanings.keySet());
  }

  private static String decoded(String name) {
    return ENCODED.matcher(name).replaceAll(match -> match.group(1).startsWith("2") ? "/" : ":");
  }
}
