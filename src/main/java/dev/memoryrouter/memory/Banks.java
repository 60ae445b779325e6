package dev.memoryrouter.memory;

import dev.memoryrouter.memory.BankChoice.Chosen;
import dev.memoryrouter.memory.BankChoice.NoBankForWorkspace;
import dev.memoryrouter.memory.BankChoice.UnknownBank;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The banks there are, and which one serves a request. Immutable; folders below the bank roots are
/// looked up once, so a new project is seen by [#lookAgain].
public final class Banks {
  private final BankSettings settings;
  private final ProjectBanks found;
  private final List<Bank> banks;
  private final Bank defaultBank;

  /// Looks the banks up.
  ///
  /// @throws IllegalArgumentException when two banks share a name, also in another case, because
  ///   their index folders would be one, or when there is no default bank
  public Banks(BankSettings settings) {
    this(settings, ProjectBanks.look(settings.roots(), new ProjectBanks(Map.of())), null);
  }

  /// @param oldDefault stays when its folder below a root has vanished, as a configured bank does
  private Banks(BankSettings settings, ProjectBanks found, @Nullable Bank oldDefault) {
    Map<String, Bank> byKey = new LinkedHashMap<>();
    for (Bank bank : settings.banks()) {
      Bank other = byKey.putIfAbsent(key(bank.name()), bank);
      if (other != null) {
        throw new IllegalArgumentException(
            "two banks are named '" + bank.name() + "': " + other.root() + " and " + bank.root());
      }
    }
    for (Bank bank : found.banks(settings.banks())) {
      byKey.putIfAbsent(key(bank.name()), bank);
    }
    if (oldDefault != null) {
      byKey.putIfAbsent(key(oldDefault.name()), oldDefault);
    }
    this.settings = settings;
    this.found = found;
    this.banks = List.copyOf(byKey.values());
    this.defaultBank = byName(settings.defaultBank()).orElseThrow(() -> noDefault(settings));
  }

  /// The banks there are now; this instance if nothing below the roots has changed. A root that
  /// cannot be listed keeps its banks. The default bank stays also when its folder is gone, which
  /// its index status then says.
  public Banks lookAgain() {
    ProjectBanks now = ProjectBanks.look(settings.roots(), found);
    return now.equals(found) ? this : new Banks(settings, now, defaultBank);
  }

  /// Configured banks in order, then those found below the roots by path.
  public List<Bank> all() {
    return banks;
  }

  /// The bank that serves requests which name no workspace.
  public Bank defaultBank() {
    return defaultBank;
  }

  public Optional<Bank> byName(String name) {
    return banks.stream().filter(bank -> bank.name().equals(name)).findFirst();
  }

  /// The bank for a request. A name decides alone; then a forced bank; then the workspace, for
  /// which the bank with the deepest workspace that contains it is chosen. A workspace is compared
  /// as a string and never opened.
  ///
  /// @param bankName bank that the request asks for by name
  /// @param workspace path that the agent sent
  public BankChoice choose(@Nullable String bankName, @Nullable String workspace) {
    if (bankName != null) {
      Optional<Bank> named = byName(bankName);
      return named.isPresent() ? new Chosen(named.get()) : new UnknownBank(bankName);
    }
    if (settings.forced() || workspace == null || workspace.isBlank()) {
      return new Chosen(defaultBank);
    }
    Optional<Bank> owner = owner(WorkspacePath.of(workspace));
    return owner.isPresent() ? new Chosen(owner.get()) : new NoBankForWorkspace(workspace);
  }

  private Optional<Bank> owner(WorkspacePath path) {
    return banks.stream()
        .filter(bank -> bank.workspace() != null)
        .filter(bank -> WorkspacePath.of(workspace(bank)).contains(path))
        // The first of equals, as configured banks come before those found.
        .min(Comparator.comparingInt(bank -> -WorkspacePath.of(workspace(bank)).depth()));
  }

  private static String workspace(Bank bank) {
    String workspace = bank.workspace();
    return workspace == null ? "" : workspace;
  }

  private static IllegalArgumentException noDefault(BankSettings settings) {
    List<String> names = settings.banks().stream().map(Bank::name).toList();
    return new IllegalArgumentException(
        "default-bank: no bank is named '" + settings.defaultBank() + "'; banks: " + names);
  }

  static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
