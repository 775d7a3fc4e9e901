package org.saddlemap.plan;

/**
 * A piece of the plan that one task runs.
 *
 * @param range plan numbers
 * @param trials trials in it; an upper bound where the plan is huge and has exclusions
 * @param seconds predicted core-seconds
 */
public record Chunk(ChunkRange range, long trials, double seconds) {}
