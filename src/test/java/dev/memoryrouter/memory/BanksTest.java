package dev.memoryrouter.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memoryrouter.memory.BankChoice.Chosen;
import dev.memoryrouter.memory.BankChoice.NoBankForWorkspace;
import dev.memoryrouter.memory.BankChoice.UnknownBank;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BanksTest {
  private static final Bank DEFAULT = bank("default", null);
  private static final Bank APP = bank("app", "/home/u/app/");
  private static final Bank PART = bank("part", "/home/u/app/part");
  private static final Bank WINDOWS = bank("windows", "C:\\Sites\\Shop");

  private final Banks banks = banks(false);

  @ParameterizedTest
  @CsvSource({
    "/home/u/app, app",
    "/home/u/app/, app",
    "/home/u//app/src/main, app",
    "/home/u/app/part, part",
    "/home/u/app/part/deep, part",
    "/home/u/app/partial, app",
    "c:/sites/shop, windows",
    "C:\\SITES\\shop\\src\\, windows"
  })
  void choose_workspace_deepestOwnerWins(String workspace, String expected) {
    assertThat(banks.choose(null, workspace))
        .isInstanceOfSatisfying(
            Chosen.class, chosen -> assertThat(chosen.bank().name()).isEqualTo(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/home/u/application",
        "/home/u",
        "/",
        "/Home/U/App",
        "home/u/app",
        "/home/u/app/../other",
        "/home/u/other/../app",
        "C:\\Sites\\Shop\\..\\Other",
        "C:\\Work",
        "/home/u\\app",
        "..",
        "\u0000"
      })
  void choose_foreignWorkspace_getsNoBank(String workspace) {
    assertThat(banks.choose(null, workspace)).isEqualTo(new NoBankForWorkspace(workspace));
  }

  @Test
  void choose_noWorkspace_isTheDefault() {
    assertThat(banks.choose(null, null)).isEqualTo(new Chosen(DEFAULT));
    assertThat(banks.choose(null, " ")).isEqualTo(new Chosen(DEFAULT));
  }

  @Test
  void choose_name_decidesAlone() {
    assertThat(banks.choose("app", "/elsewhere")).isEqualTo(new Chosen(APP));
    assertThat(banks.choose("nope", "/home/u/app")).isEqualTo(new UnknownBank("nope"));
  }

  @Test
  void choose_forced_isTheDefaultUnlessNamed() {
    Banks forced = banks(true);
    assertThat(forced.choose(null, "/home/u/app")).isEqualTo(new Chosen(DEFAULT));
    assertThat(forced.choose(null, "/elsewhere")).isEqualTo(new Chosen(DEFAULT));
    assertThat(forced.choose("app", null)).isEqualTo(new Chosen(APP));
    assertThat(forced.choose("nope", null)).isEqualTo(new UnknownBank("nope"));
  }

  @Test
  void banks_sameNameInAnotherCase_isRefused() {
    var settings =
        new BankSettings(List.of(DEFAULT, bank("Default", null)), List.of(), "default", false);
    assertThatThrownBy(() -> new Banks(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'Default'");
  }

  @Test
  void banks_withoutDefault_isRefused() {
    var settings = new BankSettings(List.of(APP), List.of(), "default", false);
    assertThatThrownBy(() -> new Banks(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("default-bank")
        .hasMessageContaining("app");
  }

  @Test
  void banks_roots_becomeBanksOfTheirProjects(@TempDir Path root) throws IOException {
    Files.createDirectories(root.resolve("shop/memory-bank"));
    Files.createDirectories(root.resolve("my demo1/memory-bank"));
    Files.createDirectories(root.resolve("app/memory-bank"));
    Files.createDirectories(root.resolve("empty"));
    Files.writeString(root.resolve("file"), "");
    Files.createDirectories(root.resolve("taken/memory-bank"));
    Bank taken = new Bank("mine", root.resolve("taken/memory-bank"), null);
    var found =
        new Banks(
            new BankSettings(
                List.of(DEFAULT, APP, taken),
                List.of(root, root.resolve("missing")),
                "default",
                false));
    assertThat(found.all())
        .extracting(Bank::name)
        .containsExactly(
            "default", "app", "mine", distinct("app", root.resolve("app")), "my-demo_1", "shop");
    assertThat(found.choose(null, root.resolve("shop/src").toString()))
        .isEqualTo(
            new Chosen(
                new Bank(
                    "shop", root.resolve("shop/memory-bank"), root.resolve("shop").toString())));
    assertThat(found.byName("shop")).isPresent();
    assertThat(found.byName("missing")).isEmpty();
  }

  @Test
  void banks_foundNames_keepTheRuleOfConfiguredOnes(@TempDir Path root) throws IOException {
    for (String project : List.of(".github", "---", "a".repeat(200), "_gpt-5")) {
      Files.createDirectories(root.resolve(project).resolve("memory-bank"));
    }
    assertThat(below(root).all())
        .extracting(Bank::name)
        .containsExactlyInAnyOrder("default", "github", "project", "a".repeat(64), "g_pt-5")
        .allMatch(name -> name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"));
  }

  @Test
  void lookAgain_newProjectOfTheSameName_doesNotTakeTheName(@TempDir Path root) throws IOException {
    Path first = Files.createDirectories(root.resolve("a/app/memory-bank"));
    Files.createDirectories(root.resolve("b"));
    Banks banks = below(root.resolve("b"), root.resolve("a"));
    assertThat(banks.byName("app").map(Bank::root)).contains(first);
    Files.createDirectories(root.resolve("b/app/memory-bank"));
    Banks both = banks.lookAgain();
    assertThat(both.byName("app")).isEmpty();
    assertThat(both.byName(distinct("app", root.resolve("a/app"))).map(Bank::root)).contains(first);
  }

  @Test
  void lookAgain_nothingNew_isTheSame(@TempDir Path root) throws IOException {
    Files.createDirectories(root.resolve("app/memory-bank"));
    Banks banks = below(root, root.resolve("missing"));
    assertThat(banks.lookAgain()).isSameAs(banks);
  }

  @Test
  void lookAgain_defaultBelowARootIsGone_staysWhileOthersComeAndGo(@TempDir Path root)
      throws IOException {
    Path app = Files.createDirectories(root.resolve("app/memory-bank"));
    Path shop = Files.createDirectories(root.resolve("shop/memory-bank"));
    Banks banks = new Banks(new BankSettings(List.of(DEFAULT), List.of(root), "app", false));
    Files.delete(app);
    Files.delete(shop);
    Files.createDirectories(root.resolve("new/memory-bank"));
    Banks later = banks.lookAgain().lookAgain();
    assertThat(later.defaultBank()).isEqualTo(banks.defaultBank());
    assertThat(later.all()).extracting(Bank::name).containsExactly("default", "new", "app");
  }

  @Test
  void lookAgain_rootCannotBeListed_keepsItsBanks(@TempDir Path root) throws IOException {
    Path projects = root.resolve("projects");
    Files.createDirectories(projects.resolve("app/memory-bank"));
    Banks banks = below(projects);
    Files.move(projects, root.resolve("elsewhere"));
    assertThat(banks.lookAgain().all()).isEqualTo(banks.all());
  }

  private static Banks below(Path... roots) {
    return new Banks(new BankSettings(List.of(DEFAULT), List.of(roots), "default", false));
  }

  private static String distinct(String name, Path project) {
    byte[] path = project.toString().getBytes(StandardCharsets.UTF_8);
    return name + "_" + UUID.nameUUIDFromBytes(path).toString().substring(0, 8);
  }

  private static Banks banks(boolean forced) {
    return new Banks(
        new BankSettings(List.of(DEFAULT, APP, PART, WINDOWS), List.of(), "default", forced));
  }

  private static Bank bank(String name, @Nullable String workspace) {
    return new Bank(name, Path.of("banks", name), workspace);
  }
}
