/** PyTorch through DJL, as a peer. */
package org.saddlemap.bench.djl;
