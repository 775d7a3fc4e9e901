/** DL4J, as a peer. */
package org.saddlemap.bench.dl4j;
