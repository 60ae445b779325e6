package dev.memoryrouter.cli;

import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankContents;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.memory.Banks;
import dev.memoryrouter.memory.Section;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.SectionState;
import dev.memoryrouter.store.VectorStore.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether banks can be read, and whether the index says what they say.
final class BankChecks {
  private static final String BUILT = "the server builds it when it starts; or run `reindex`";

  private final VectorStore index;
  private final Banks banks;
  private final BankReader reader = new BankReader();

  BankChecks(Workbench workbench) {
    this.index = workbench.index();
    this.banks = new Banks(workbench.configuration().server().banks());
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    banks.all().forEach(bank -> check(bank, findings));
    return findings;
  }

  private void check(Bank bank, List<Finding> findings) {
    String subject = "bank " + bank.name();
    if (!Files.isDirectory(bank.root())) {
      findings.add(
          Finding.fix(
              subject,
              "no folder " + bank.root(),
              "make it, or correct path in server.yaml or MEMORY_BANK_PATH"));
      return;
    }
    BankContents contents = reader.read(bank);
    findings.add(
        Finding.ok(
            subject,
            "%d files, %d sections in %s"
                .formatted(contents.files().size(), contents.sections().size(), bank.root())));
    contents
        .skipped()
        .forEach(it ->
            findings.add(
                Finding.fix(
                    subject,
                    it.file() + " is skipped: " + it.reason(),
                    "make it readable, or move it out of the bank")));
    findings.add(index(bank, contents));
  }

  private Finding index(Bank bank, BankContents contents) {
    String subject = "index " + bank.name();
    try {
      Optional<Size> size = index.size(bank.name());
      if (size.isEmpty()) {
        return Finding.note(subject, index.problem(bank.name()).orElse("none yet"), BUILT);
      }
      String holds = size.get().sections() + " sections, " + size.get().chunks() + " chunks";
      int changed = changed(index.sections(bank.name()), contents.sections());
      return changed == 0
          ? Finding.ok(subject, holds + ", up to date")
          : Finding.note(
              subject,
              holds + "; " + changed + " sections changed since",
              "a running server takes them over by itself; or run `reindex`");
    } catch (IOException e) {
      return Finding.note(subject, "cannot be read: " + Failures.sentence(e), BUILT);
    }
  }

  /// Sections that came, changed or went.
  private static int changed(Map<String, SectionState> stored, List<Section> sections) {
    long same =
        sections.stream()
            .filter(section -> {
              SectionState state = stored.get(section.id());
              return state != null && state.hash().equals(section.hash());
            })
            .count();
    return (int) (Math.max(sections.size(), stored.size()) - same);
  }
}
