package dev.memoryrouter.prompt;

/// How much memory a prompt may carry.
///
/// @param budgetShare largest share of the effective limit, from 0 to 1
/// @param budgetTokens largest number of tokens
/// @param minScore score from 0 to 1 that the best section must reach, else nothing is injected;
///   the others must reach half of it
/// @param wholeBank whether a first turn gets all core files when they fit the budget
public record MemorySettings(
    double budgetShare, int budgetTokens, double minScore, boolean wholeBank) {}
