/** Matrix-free curvature: loss surfaces, Hessian-vector products, Lanczos. */
package org.saddlemap.curvature;
