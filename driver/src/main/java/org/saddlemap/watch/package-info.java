/** A sweep as it fills, served to a browser; reads tables and heartbeats, and writes nothing. */
package org.saddlemap.watch;
