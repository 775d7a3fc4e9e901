/**
 * The operations that networks are written in, in each precision and kind of memory, and the
 * processor's state that they need.
 */
package org.saddlemap.arithmetic;
