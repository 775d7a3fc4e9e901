/** JMH benchmarks of the hot parts. */
package org.saddlemap.bench.jmh;
