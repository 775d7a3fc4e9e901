/**
 * Hyperparameters, the values they take, axes, and the configurations that are points of their
 * product.
 */
package org.saddlemap.space;
