/** Sweeps as other programs keep them. */
package org.saddlemap.export;
