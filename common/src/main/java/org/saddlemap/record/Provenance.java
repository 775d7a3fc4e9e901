package org.saddlemap.record;

/**
 * What produced a result.
 *
 * @param version of Saddlemap
 * @param engine version of the numerical engine: the same engine, spec and machine kind give the
 *     same bits
 * @param java version of the virtual machine
 * @param platform operating system and processor architecture
 * @param blas the BLAS library's version and kernel, such as {@code OpenBLAS 0.3.31 Zen}
 * @param blasThreads threads that BLAS runs with
 * @param host that trained it
 */
public record Provenance(
    String version,
    String engine,
    String java,
    String platform,
    String blas,
    int blasThreads,
    String host) {}
