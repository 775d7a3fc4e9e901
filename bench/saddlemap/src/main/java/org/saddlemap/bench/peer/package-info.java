/** Saddlemap as one of the peers, and the floor under all of them. */
package org.saddlemap.bench.peer;
