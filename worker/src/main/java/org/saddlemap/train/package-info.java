/** Training in float32, and what is left of it: the trajectory. */
package org.saddlemap.train;
