package dev.memoryrouter.bench;

import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.retrieval.Hit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Memory banks with labelled questions, where they are on this machine.
final class LabelledBanks {
  private static final Path FOLDER = Path.of("../shared/eval/banks/dev");

  private LabelledBanks() {}

  static boolean present() {
    return Files.isDirectory(FOLDER);
  }

  static List<Bank> all() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders
          .sorted()
          .map(folder ->
              new Bank(folder.getFileName().toString(), folder.resolve("memory-bank"), null))
          .toList();
    }
  }

  static List<Question> questions(Bank bank) throws IOException {
    List<Question> questions = new ArrayList<>();
    for (String line : Files.readAllLines(bank.root().resolveSibling("queries.jsonl"))) {
      JsonNode json = JsonMapper.shared().readTree(line);
      List<Label> labels = new ArrayList<>();
      for (JsonNode label : json.path("relevant")) {
        labels.add(
            new Label(
                label.path("file").asString(),
                label.path("line").asInt(),
                label.path("line_end").asInt(),
                label.path("grade").asInt()));
      }
      questions.add(new Question(json.path("query").asString(), labels));
    }
    return questions;
  }

  /// @param labels the sections that help; empty if the bank has no answer
  record Question(String text, List<Label> labels) {
    boolean answerable() {
      return !labels.isEmpty();
    }

    int grade(Hit hit) {
      return labels.stream()
          .filter(label ->
              label.file().equals(hit.file())
                  && label.start() == hit.startLine()
                  && label.end() == hit.endLine())
          .mapToInt(Label::grade)
          .max()
          .orElse(0);
    }

    /// Normalized discounted cumulative gain of the first ten.
    double ndcg(List<Hit> hits) {
      double best =
          gain(labels.stream().map(Label::grade).sorted((a, b) -> b - a).limit(10).toList());
      return best == 0 ? 0 : gain(hits.stream().limit(10).map(this::grade).toList()) / best;
    }

    private static double gain(List<Integer> grades) {
      double gain = 0;
      for (int i = 0; i < grades.size(); i++) {
        gain += (Math.pow(2, grades.get(i)) - 1) * Math.log(2) / Math.log(i + 2);
      }
      return gain;
    }

    /// Answering sections among the first `limit`, of those that could be there.
    double recall(List<Hit> hits, int limit) {
      long answering = labels.stream().filter(label -> label.grade() == 2).count();
      long found = hits.stream().limit(limit).filter(hit -> grade(hit) == 2).count();
      return answering == 0 ? 0 : (double) found / Math.min(limit, answering);
    }

    /// One by the rank of the first answering section among the first ten.
    double reciprocalRank(List<Hit> hits) {
      for (int i = 0; i < Math.min(10, hits.size()); i++) {
        if (grade(hits.get(i)) == 2) {
          return 1.0 / (i + 1);
        }
      }
      return 0;
    }
  }

  /// @param grade 2 answers the question, 1 is related
  record Label(String file, int start, int end, int grade) {}
}
