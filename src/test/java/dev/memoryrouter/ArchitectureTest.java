package dev.memoryrouter;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The table of packages and what each may use, and the seams to third-party libraries.
class ArchitectureTest {
  private static final String BASE = "dev.memoryrouter";

  /// Usable everywhere.
  private static final Set<String> LEAVES = Set.of("metrics", "files");

  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("metrics", Set.of()),
          Map.entry("files", Set.of()),
          Map.entry("tokens", Set.of()),
          Map.entry("conversation", Set.of()),
          Map.entry("admission", Set.of()),
          Map.entry("store", Set.of()),
          Map.entry("memory", Set.of("tokens")),
          Map.entry("upstream", Set.of("conversation")),
          Map.entry("embedding", Set.of("tokens")),
          Map.entry("routing", Set.of("conversation", "tokens", "embedding")),
          Map.entry("retrieval", Set.of("memory", "embedding", "store", "tokens")),
          Map.entry("prompt", Set.of("conversation", "retrieval", "tokens", "upstream")),
          Map.entry("discovery", Set.of("upstream")),
          Map.entry("analysis", Set.of("conversation", "admission", "upstream")),
          Map.entry(
              "chat",
              Set.of(
                  "tokens",
                  "conversation",
                  "admission",
                  "store",
                  "memory",
                  "upstream",
                  "embedding",
                  "routing",
                  "retrieval",
                  "prompt",
                  "discovery",
                  "analysis")),
          Map.entry(
              "api",
              Set.of(
                  "chat",
                  "conversation",
                  "routing",
                  "retrieval",
                  "memory",
                  "embedding",
                  "admission",
                  "prompt",
                  "upstream",
                  "tokens")),
          Map.entry(
              "health",
              Set.of(
                  "api",
                  "chat",
                  "memory",
                  "embedding",
                  "store",
                  "retrieval",
                  "upstream",
                  "admission")),
          Map.entry("console", Set.of("memory", "admission", "analysis", "discovery")),
          Map.entry(
              "cli",
              Set.of(
                  "chat",
                  "api",
                  "conversation",
                  "memory",
                  "retrieval",
                  "routing",
                  "embedding",
                  "store",
                  "tokens",
                  "upstream",
                  "prompt",
                  "health")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(BASE);

  @Test
  void packages_useOnlyWhatTheTableAllows() {
    List<String> violations = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      String from = feature(type);
      if (from.equals("app")) {
        continue;
      }
      Set<String> allowed = ALLOWED.get(from);
      if (allowed == null) {
        violations.add("package not in the table: " + type.getPackageName());
        continue;
      }
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (!target.getPackageName().startsWith(BASE)) {
          continue;
        }
        String to = feature(target);
        if (!to.equals(from) && !LEAVES.contains(to) && !allowed.contains(to)) {
          violations.add(dependency.getDescription());
        }
      }
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void packages_areFreeOfCycles() {
    slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    slices()
        .matching(BASE + ".(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void lucene_onlyInItsStore() {
    noClasses()
        .that(not(resideInAnyPackage(BASE + ".store.lucene..")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.lucene..")
        .check(CLASSES);
  }

  @Test
  void qdrantAndGrpc_onlyInTheirStore() {
    noClasses()
        .that(not(resideInAnyPackage(BASE + ".store.qdrant..")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.qdrant..", "io.grpc..", "com.google.protobuf..")
        .check(CLASSES);
  }

  @Test
  void serverHttpTypes_onlyAtTheEdge() {
    noClasses()
        .that(
            not(
                resideInAnyPackage(
                    BASE + ".api..", BASE + ".console..", BASE + ".health..", BASE + ".app..")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micronaut.http..", "io.netty..")
        .check(CLASSES);
  }

  @Test
  void httpClient_onlyInUpstreamAndCommands() {
    noClasses()
        .that(not(resideInAnyPackage(BASE + ".upstream..", BASE + ".cli..")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.net.http..")
        .check(CLASSES);
  }

  @Test
  void yaml_onlyInFiles() {
    noClasses()
        .that(not(resideInAPackage(BASE + ".files..")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.yaml..")
        .check(CLASSES);
  }

  @Test
  void injection_onlyThroughConstructors() {
    fields().should().notBeAnnotatedWith(Inject.class).check(CLASSES);
  }

  @Test
  void names_sayWhatAThingIs() {
    noClasses().should().haveNameMatching(".*(Utils?|Helper|Manager|Impl)").check(CLASSES);
  }

  @Test
  void time_isInjected() {
    noClasses()
        .that(not(resideInAnyPackage(BASE + ".app..", BASE + ".cli..")))
        .should()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .accessField(System.class, "out")
        .check(CLASSES);
  }

  @Test
  void packages_areNullMarked() {
    classes()
        .that()
        .haveSimpleName("package-info")
        .should()
        .beAnnotatedWith(org.jspecify.annotations.NullMarked.class)
        .check(CLASSES);
  }

  /// The first package segment below the base, or `app` for the base itself.
  private static String feature(JavaClass type) {
    String name = type.getPackageName();
    if (name.equals(BASE)) {
      return "app";
    }
    String rest = name.substring(BASE.length() + 1);
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }
}
