package dev.memoryrouter.chat;

import dev.memoryrouter.files.NearestName;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.files.YamlValue;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankSettings;
import dev.memoryrouter.memory.Banks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the banks of `server.yaml`. A `MEMORY_BANK_PATH` of the environment serves all requests:
/// it takes the place of the default bank's path, or makes the bank that has this path the default.
final class BankSection {
  private static final String DEFAULT_NAME = "default";

  private final YamlMap root;
  private final Path workingDirectory;
  private final List<Bank> banks = new ArrayList<>();
  private final List<Path> roots = new ArrayList<>();
  private final Map<String, Integer> names = new HashMap<>();

  private BankSection(YamlMap root, Path workingDirectory) {
    this.root = root;
    this.workingDirectory = workingDirectory;
  }

  static BankSettings read(YamlMap root, Path workingDirectory) {
    return new BankSection(root, workingDirectory).read();
  }

  private BankSettings read() {
    YamlValue section = root.at("banks");
    section.list().forEach(this::readBank);
    if (!section.present()) {
      Path path = workingDirectory.resolve("memory-bank");
      banks.add(new Bank(DEFAULT_NAME, path, null));
    } else if (banks.isEmpty()) {
      section.problem("needs at least one bank, such as {name: default, path: ./memory-bank}");
    }
    root.at("bank-roots").list().forEach(this::readRoot);
    String defaultBank = defaultBank();
    Optional<Path> forced = ServerFile.path(root.variable("MEMORY_BANK_PATH"), workingDirectory);
    return forced
        .map(path -> forced(path, defaultBank))
        .orElseGet(() -> new BankSettings(banks, roots, defaultBank, false));
  }

  private BankSettings forced(Path path, String defaultBank) {
    Optional<Bank> there = banks.stream().filter(bank -> bank.root().equals(path)).findFirst();
    if (there.isPresent()) {
      return new BankSettings(banks, roots, there.get().name(), true);
    }
    // A found bank keeps its folder, so that a configured one moves in its place.
    boolean configured = banks.stream().anyMatch(bank -> bank.name().equals(defaultBank));
    String name = configured || banks.isEmpty() ? defaultBank : banks.getFirst().name();
    List<Bank> moved =
        banks.stream()
            .map(bank ->
                bank.name().equals(name) ? new Bank(bank.name(), path, bank.workspace()) : bank)
            .toList();
    return new BankSettings(moved, roots, name, true);
  }

  private void readRoot(YamlValue item) {
    ServerFile.path(item.required(), workingDirectory).ifPresent(roots::add);
  }

  private String defaultBank() {
    YamlValue value = root.at("default-bank");
    List<String> known = knownNames();
    Optional<String> name = value.text().map(String::strip);
    if (name.isPresent() && !known.contains(name.get())) {
      value.problem(
          "no bank is named \"" + name.get() + "\"; " + NearestName.hint(name.get(), known));
    }
    return name.orElse(known.isEmpty() ? DEFAULT_NAME : known.getFirst());
  }

  /// Banks below the roots may serve as the default, too.
  private List<String> knownNames() {
    if (banks.isEmpty()) {
      return List.of();
    }
    try {
      return new Banks(new BankSettings(banks, roots, banks.getFirst().name(), false))
          .all().stream().map(Bank::name).toList();
    } catch (IllegalArgumentException e) {
      if (names.size() == banks.size()) {
        root.at("banks").problem(String.valueOf(e.getMessage()));
      }
      return banks.stream().map(Bank::name).toList();
    }
  }

  private void readBank(YamlValue item) {
    YamlMap map = item.required().map();
    YamlValue name = map.at("name").required();
    String text = name.text().map(String::strip).orElse("");
    checkName(name, text);
    Path path =
        ServerFile.path(map.at("path").required(), workingDirectory).orElse(workingDirectory);
    String workspace = workspace(map.at("workspace"));
    map.rejectUnknownKeys();
    banks.add(new Bank(text, path, workspace));
  }

  private void checkName(YamlValue value, String name) {
    if (name.isEmpty()) {
      return;
    }
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      value.problem("a name has letters, digits and . _ - and begins with a letter or digit");
    }
    ClientNameTraps.check(name, value);
    // Index folders of names that differ only in case are one folder on some file systems.
    Integer first = names.putIfAbsent(name.toLowerCase(Locale.ROOT), value.line());
    if (first != null) {
      value.problem("another bank has this name, on line " + first);
    }
  }

  private static @Nullable String workspace(YamlValue value) {
    Optional<String> text = value.text().map(String::strip);
    if (text.isPresent() && !text.get().matches("(/|~/|[A-Za-z]:[\\\\/]).*")) {
      value.problem("found \"" + text.get() + "\", expected an absolute path");
    }
    return text.map(path ->
            path.startsWith("~/") ? System.getProperty("user.home") + path.substring(1) : path)
        .orElse(null);
  }
}
