/**
 * Networks: architecture, parameters as one flat vector, initialization, activations, losses,
 * passes.
 */
package org.saddlemap.network;
