/** The work that all peers do, and the protocol they speak. */
package org.saddlemap.bench;
