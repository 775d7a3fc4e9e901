/**
 * What networks are made of. A layer is a value; its passes are written once, in the operations of
 * an {@link org.saddlemap.arithmetic.Arithmetic}.
 */
package org.saddlemap.layer;
