/**
 * Where a descent ended: the evidence, the thresholds, and the pure rule that decides between them.
 */
package org.saddlemap.verdict;
