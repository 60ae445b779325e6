package dev.memoryrouter.chat;

/// A plan, or why there is none.
public sealed interface Planned {
  record Made(Plan plan) implements Planned {}

  record Refused(Refusal refusal) implements Planned {}
}
