/** Spark ML's own grid search, as a peer for the whole sweep. */
package org.saddlemap.bench.sparkml;
