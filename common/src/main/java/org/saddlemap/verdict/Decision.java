package org.saddlemap.verdict;

/** What the rule says of some evidence: a verdict, or what it would need to see first. */
public sealed interface Decision permits Verdict, Decision.Missing {
  /** The rule cannot decide before this probe has been taken (or taken further). */
  record Missing(Probe probe) implements Decision {}
}
